import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The types of the CommonJS build import and export a helper of the bundler that they do not declare. */
function withoutHelper() {
  for (const name of readdirSync('dist').filter((file) => file.endsWith('.d.cts'))) {
    const file = join('dist', name);
    const text = readFileSync(file, 'utf8');
    const clean = text.replaceAll(/(?:\w+ as )?__exportAll(?: as \w+)?(?:, )?/gu, '');
    if (clean !== text) writeFileSync(file, clean);
  }
}

const shared = { platform: 'node', target: 'node20', sourcemap: false };

export default [
  {
    ...shared,
    name: 'package',
    // Shared code goes into separate files, so all entries have the same class Expr.
    entry: {
      index: 'src/index.ts',
      functions: 'src/functions/index.ts',
      spark: 'src/functions/spark.ts',
      'udf-worker': 'src/udf/worker/main.ts',
    },
    outDir: 'dist',
    format: ['esm', 'cjs'],
    // Provides `import.meta.url` in the CommonJS build.
    shims: true,
    dts: true,
    hooks: { 'build:done': withoutHelper },
  },
  {
    ...shared,
    name: 'command',
    entry: { cli: 'src/cli/bin.ts' },
    outDir: 'dist',
    format: 'esm',
    outputOptions: { chunkFileNames: 'cli-[name]-[hash].mjs' },
    clean: false,
    dts: false,
    // The argument parser would be three times as large as written by its authors.
    minify: true,
    // The command imports the package by its name, so the package's own files stay as they are.
    deps: { neverBundle: ['ballista', 'apache-arrow'] },
  },
  {
    ...shared,
    name: 'programs',
    entry: [
      'bench/**/*.ts',
      'test/{fuzz,inputs,faults,load,leaks}/main.ts',
      // The processes that they start.
      'test/{faults,leaks}/client.ts',
      'test/load/clients.ts',
      'test/inputs/{victim,peer}.ts',
      'test/support/member.ts',
    ],
    outDir: 'build',
    root: '.',
    format: 'esm',
    // Each source becomes one file, next to the other files in build/.
    unbundle: true,
    clean: false,
    dts: false,
    // A program imports the package as a user does: by its name, from dist/. The compiler's helpers, for example for
    // `await using`, are not an installed package.
    deps: { neverBundle: [/^(?!@oxc-project\/runtime)[^./](?!:)/] },
  },
];
