/**
 * A module of the user with all that it imports, as one.
 *
 * @module
 */

import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { toLocalPath } from '../config/local-path.js';
import { BallistaError, invalid } from '../errors.js';
import type { Origin } from './origin.js';

/** Workers have no file of it; a package that makes a `require` of its own gets one by this. */
const URL_OF_MODULE = 'file:///udf.mjs';

/**
 * The code of a module, bundled; TypeScript too.
 *
 * @throws BallistaError `INVALID_ARGUMENT` where it cannot be bundled
 */
export async function bundle(url: string | URL, what: string): Promise<{ code: string; origin: Origin }> {
  const input = toLocalPath(url, what);
  const { rolldown } = await bundler(what);
  const dir = dirname(input);
  try {
    await using built = await rolldown({
      input,
      cwd: dir,
      // The code, and so its hash, does not depend on where packages are installed.
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
      // Workers have one.
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
    throw new BallistaError('INVALID_ARGUMENT', `${what} needs a bundler: npm install rolldown`, { cause });
  }
}
