/**
 * Runs one statement, and returns its result in a format.
 *
 * @module
 */

import type { ActionOptions, QueryProgress } from 'ballista';

import { encode, type OutputOptions } from '../output/encode.js';
import { ProgressLine } from './progress.js';
import type { SqlSession } from './session.js';

/** What a statement did. */
export interface Outcome {
  /** Whether it returned rows. CREATE, DROP and SET do not. */
  readonly hasRows: boolean;
  /** How many rows were written. */
  readonly rows: number;
  readonly elapsedMs: number;
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
  const elapsed = (): number => performance.now() - started;
  let latest: QueryProgress | undefined;
  const line = terminal?.isTTY ? new ProgressLine(terminal, () => ({ ...latest, elapsedMs: elapsed() })) : undefined;
  const action: ActionOptions = line
    ? {
        signal,
        onProgress: (progress) => {
          latest = progress;
        },
      }
    : { signal };
  let rows = 0;
  const onRows = (count: number): void => {
    rows += count;
  };
  try {
    const frame = await session.plan(statement, signal);
    const hasRows = frame.schema().fields.length > 0;
    if (!hasRows) await frame.collect(action);
    else {
      for await (const piece of encode({ frame, local: session.local, action, onRows }, output)) {
        if (sharesTerminal) line?.clear();
        yield piece;
      }
    }
    return { hasRows, rows, elapsedMs: elapsed() };
  } finally {
    line?.stop();
  }
}
