/**
 * A module of the user with all that it imports, as one.
 *
 * @module
 */

import { toLocalPath } from '../config/local-path.js';
import { BallistaError, invalid } from '../errors.js';

/**
 * The code of a module, bundled; TypeScript too.
 *
 * @throws BallistaError `INVALID_ARGUMENT` where it cannot be bundled
 */
export async function bundle(url: string | URL, what: string): Promise<string> {
  const input = toLocalPath(url, what);
  const { rolldown } = await bundler(what);
  try {
    await using built = await rolldown({ input, platform: 'node', treeshake: true, logLevel: 'silent' });
    const { output } = await built.generate({ format: 'esm', codeSplitting: false, exports: 'named' });
    return output[0].code;
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
