import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** The modes of test/modes/. BALLISTA_TEST_MODE chooses one of them. */
const modes = ['in-process', 'processes', 'replaced', 'local'];
const chosen = process.env.BALLISTA_TEST_MODE;
if (chosen && !modes.includes(chosen)) throw new Error(`BALLISTA_TEST_MODE=${chosen} is none of ${modes.join(', ')}`);

/**
 * In these files, no query uses a table, function, plan or result that an earlier query left on the cluster, or other files use
 * the same kind. A new executor for each test would only repeat what the mode `processes` tests.
 */
const ALONE = [
  'bad-lines',
  'csv',
  'damaged-files',
  'depth',
  'distributed',
  'errors',
  'explain',
  'expression-text',
  'expressions',
  'functions',
  'limits',
  'object-store',
  'partitions',
  'peer-functions',
  'plan-objects',
  'plans',
  'progress',
  'series',
  'several-files',
  'sql',
  'statements',
  'subqueries',
  'tpch',
  'urls',
  'verbs',
  'visual',
  'writes',
  'writes-fail',
  'writes-mode',
  'writes-options',
  'writes-partitions',
  'wrong-rows',
].map((name) => `test/modes/${name}.test.ts`);

/** What differs between projects. */
interface Project {
  include: string[];
  exclude?: string[];
  env?: Record<string, string>;
  types?: string[];
}

function project(name: string, { include, exclude = [], env = {}, types }: Project) {
  return {
    extends: true,
    test: {
      name,
      include,
      exclude,
      env,
      // A worker loads the sources once for all of its files.
      isolate: false,
      // `npm run check -- types` reports the sources' own errors.
      typecheck: { enabled: types !== undefined, include: types ?? [], ignoreSourceErrors: true },
    },
  } satisfies TestProjectInlineConfiguration;
}

/** The source file of an import of the package. */
function source(name: string) {
  return fileURLToPath(new URL(`./src/${name}.ts`, import.meta.url));
}

export default defineConfig({
  resolve: {
    alias: [
      { find: /^ballista$/, replacement: source('index') },
      { find: 'ballista/functions', replacement: source('functions/index') },
      { find: 'ballista/spark', replacement: source('functions/spark') },
    ],
  },
  test: {
    // Processes instead of threads, so that a crash of native code ends one file and not the run.
    pool: 'forks',
    // Many tests wait for other processes. All projects run side by side, so that a long file holds up no other.
    maxWorkers: 4,
    // These only end tests that hang. A busy machine takes many times as long as a free one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { interval: 5, timeout: 60_000 } },
    projects: [
      project('unit', {
        include: ['test/**/*.test.ts'],
        exclude: ['test/process/**', 'test/modes/**'],
        types: ['test/types/**/*.test-d.ts'],
      }),
      // These start processes, count their threads, descriptors and folders, or kill them.
      project('process', { include: ['test/process/**/*.test.ts'] }),
      ...modes
        .filter((mode) => !chosen || mode === chosen)
        .map((mode) =>
          project(mode, {
            include: ['test/modes/**/*.test.ts'],
            exclude: mode === 'replaced' ? ALONE : [],
            env: { BALLISTA_TEST_MODE: mode },
          }),
        ),
    ],
  },
});
