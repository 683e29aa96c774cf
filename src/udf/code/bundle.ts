/**
 * Bundles a user's module with its imports.
 *
 * @module
 */

import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { BallistaError, invalid } from '../../errors.js';
import { toLocalPath } from '../../input/local-path.js';
import type { Origin } from './origin.js';

/** The URL of the module in workers, where it has no file. Packages that call `createRequire` use it. */
const URL_OF_MODULE = 'file:///udf.mjs';

/**
 * Bundles a module, which may be TypeScript.
 *
 * @throws BallistaError `INVALID_ARGUMENT` if it cannot be bundled
 */
export async function bundle(url: string | URL, what: string): Promise<{ code: string; origin: Origin }> {
  const input = toLocalPath(url, what);
  const { rolldown } = await bundler(what);
  const dir = dirname(input);
  try {
    await using built = await rolldown({
      input,
      cwd: dir,
      // Makes the code, and so its hash, independent of where packages are installed.
      experimental: { attachDebugInfo: 'none' },
      platform: 'node',
      treeshake: true,
      logLevel: 'silent',
      transform: { define: { 'import.meta.url': JSON.stringify(URL_OF_MODULE) } },
    });
    const { output } = await built.generate({
      dir,
      format: 'esm',
      codeSplitting: false,
      exports: 'named',
      sourcemap: 'hidden',
      // Workers provide `require`.
      polyfillRequire: false,
    });
    const [{ code, map }] = output;
    const sources = map?.sources.map((source) => pathToFileURL(resolve(dir, source)).href);
    return { code, origin: map ? { map: { ...map, sources, sourcesContent: undefined } as never } : {} };
  } catch (cause) {
    throw invalid(`${what} cannot be bundled: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

async function bundler(what: string): Promise<typeof import('rolldown')> {
  try {
    return await import('rolldown');
  } catch (cause) {
    throw new BallistaError('INVALID_ARGUMENT', `${what} needs a bundler. Run "npm install rolldown".`, { cause });
  }
}
