/**
 * Builds the documentation site as static files in `build/site`, which browsers can open from disk. Warnings are errors.
 *
 * The API comes from the doc comments of `src/`, the pages from the Markdown files of `docs/`, and the start page from
 * README.md.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application, ReflectionKind } from 'typedoc';
import tsdown from '../../tsdown.config.mjs';
import { Failure, root } from '../lib/shell.mjs';
import { arrange } from './arrange.mjs';
import { linkNames } from './link-names.mjs';

const OUT = join(root, 'build', 'site');

/** If there are fewer items than this, the search for them is broken. */
const AT_LEAST = 500;

export async function buildSite() {
  const app = await Application.bootstrap({
    name: 'ballista',
    logLevel: 'Warn',
    includeVersion: true,
    entryPoints: Object.values(entryPoints()),
    alwaysCreateEntryPointModule: true,
    tsconfig: join(root, 'tsconfig.json'),
    // `npm run check -- types` checks the types.
    skipErrorChecking: true,
    readme: join(root, 'README.md'),
    projectDocuments: [
      'docs/guides/*.md',
      'docs/*.md',
      'docs/reference/*.md',
      'docs/design/*.md',
      'CONTRIBUTING.md',
    ].map((path) => join(root, path)),

    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    disableSources: true,

    out: OUT,
    cleanOutputDir: true,
    customCss: join(root, 'scripts', 'docs', 'site.css'),
    disableGit: true,
    sort: ['kind', 'alphabetical'],
    // Values come before types.
    kindSortOrder: ['Document', 'Module', 'Namespace', 'Class', 'Function', 'Variable', 'Interface', 'TypeAlias'],
    categorizeByGroup: false,
    includeHierarchySummary: false,
    navigation: { includeCategories: true, includeGroups: false, includeFolders: false },
    headings: { readme: false, document: false },
    searchInDocuments: true,
    searchInComments: true,
    highlightLanguages: ['ts', 'js', 'sh', 'sql', 'json', 'python', 'toml', 'mermaid', 'text'],

    treatWarningsAsErrors: true,
    // They only shorten other types.
    intentionallyNotExported: ['HasOption', 'Other', 'StoredValue', 'TimeUnitName', 'Value', 'Word'],
    validation: {
      notExported: true,
      invalidLink: true,
      invalidPath: true,
      rewrittenLink: true,
      notDocumented: true,
      unusedMergeModuleWith: true,
    },
  });
  arrange(app, entryPoints());
  linkNames(app);

  const project = await app.convert();
  if (!project) throw new Failure('the site could not be built');
  app.options.setValue('intentionallyNotDocumented', namedEnough(project));
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Failure('the site has the errors and warnings above');
  const documented = project.children?.flatMap(({ children = [] }) => children).length ?? 0;
  if (documented < AT_LEAST)
    throw new Failure(`only ${documented} items are documented, expected at least ${AT_LEAST}`);
  console.error(`  ${documented} documented items in ${join(OUT, 'index.html')}`);
}

/**
 * Items whose names need no documentation: members of type literals and of nodes, which are data, and the methods that pending
 * objects forward.
 *
 * @param {import('typedoc').ProjectReflection} project
 */
function namedEnough(project) {
  const names = Object.values(project.reflections)
    .filter(({ kind, parent, comment }) => {
      if (kind === ReflectionKind.CallSignature) return !comment && parent?.parent?.name.startsWith('Pending');
      if (kind !== ReflectionKind.Property || comment) return false;
      return (parent?.kind === ReflectionKind.TypeLiteral && !isArgument(parent)) || parent?.name.endsWith('Node');
    })
    .map((property) => property.getFriendlyFullName());
  return [...new Set(names)];
}

/**
 * Whether an item belongs to a parameter, for which TypeDoc requires no documentation.
 *
 * @param {import('typedoc').Reflection | undefined} reflection
 * @returns {boolean}
 */
function isArgument(reflection) {
  return reflection !== undefined && (reflection.isParameter() || isArgument(reflection.parent));
}

/**
 * The source files by the name that imports use.
 *
 * @returns {Record<string, string>}
 */
function entryPoints() {
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entry = tsdown.find((config) => config.name === 'package')?.entry ?? [];
  /** @type {[string, string][]} */
  const entries = Array.isArray(entry) ? entry.map((path) => ['index', path]) : Object.entries(entry);
  return Object.fromEntries(
    entries.map(([output, path]) => [output === 'index' ? name : `${name}/${output}`, join(root, path)]),
  );
}
