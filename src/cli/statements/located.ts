/**
 * Says where a statement of a script is that fails.
 *
 * @module
 */

import { BallistaError } from '../../errors.js';
import type { Pieces } from '../output/target.js';
import type { Statement } from './split.js';

/** The same pieces. Their error names the line on which the statement begins, unless it is the first line of its `source`. */
export async function* located(pieces: Pieces, { line }: Statement, source: string): Pieces {
  try {
    yield* pieces;
  } catch (error) {
    if (!BallistaError.is(error) || line === 1) throw error;
    const { code, message, jobId } = error;
    const text = `${message}\nThe statement begins on line ${line} of ${source}.`;
    throw new BallistaError(code, text, { cause: error, jobId });
  }
}
