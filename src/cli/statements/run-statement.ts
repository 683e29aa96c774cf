/**
 * Runs one statement, and returns its result in a format.
 *
 * @module
 */

import { encode, type OutputOptions } from '../output/encode.js';
import { type Progress, ProgressLine } from './progress.js';
import type { SqlSession } from './session.js';

/** What a statement did. */
export interface Outcome {
  /** Whether it returned rows. CREATE, DROP and SET do not. */
  readonly hasRows: boolean;
  readonly progress: Progress;
}

/** Options of {@link runStatement}. */
export interface StatementOptions {
  readonly output: OutputOptions;
  readonly signal: AbortSignal;
  /** Where progress is drawn. Default: nowhere. */
  readonly terminal?: NodeJS.WriteStream | undefined;
  /** Whether the output goes to the same terminal, so that the line must go before it. */
  readonly sharesTerminal?: boolean;
}

/**
 * Runs a statement. The bytes are its result; a statement without rows has none.
 *
 * @returns what it did
 */
export async function* runStatement(
  session: SqlSession,
  statement: string,
  { output, signal, terminal, sharesTerminal = false }: StatementOptions,
): AsyncGenerator<string | Uint8Array, Outcome> {
  const started = performance.now();
  let rows = 0;
  const progress = (): Progress => ({ elapsedMs: performance.now() - started, rows });
  const line = terminal?.isTTY ? new ProgressLine(terminal, progress) : undefined;
  try {
    const frame = await session.plan(statement, signal);
    const hasRows = frame.schema().fields.length > 0;
    if (!hasRows) await frame.collect({ signal });
    else {
      const onRows = (count: number): void => {
        rows += count;
      };
      for await (const piece of encode({ frame, local: session.local, signal, onRows }, output)) {
        if (sharesTerminal) line?.clear();
        yield piece;
      }
    }
    return { hasRows, progress: progress() };
  } finally {
    line?.stop();
  }
}
