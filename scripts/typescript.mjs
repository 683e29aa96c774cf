/**
 * Builds `src/` into `dist/` (ESM, CommonJS and the types of both) and the programs of `bench/` and `test/` into `build/`, as
 * tsdown.config.mjs configures.
 *
 * @module
 */

import { root } from './lib/shell.mjs';
import { unlessFresh } from './lib/stamp.mjs';

export async function buildTypeScript() {
  await unlessFresh(
    {
      name: 'typescript',
      inputs: [
        'src',
        'bench',
        ...['fuzz', 'inputs', 'faults', 'load', 'leaks', 'support'].map((name) => `test/${name}`),
        'scripts/lib/write-between.mjs',
        'package.json',
        'package-lock.json',
        'tsconfig.json',
        'tsdown.config.mjs',
      ],
      outputs: [
        'dist/cli.mjs',
        ...['index', 'functions', 'spark'].flatMap((entry) =>
          ['mjs', 'cjs', 'd.mts', 'd.cts'].map((kind) => `dist/${entry}.${kind}`),
        ),
      ],
    },
    async () => {
      console.error('Building the TypeScript');
      // Imported without types: tsdown's declarations name packages that are not installed, which `npm run check` would report.
      const { build } = await import(/** @type {string} */ ('tsdown'));
      await build({ cwd: root, config: 'tsdown.config.mjs', logLevel: 'warn' });
    },
  );
}
