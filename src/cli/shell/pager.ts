/**
 * Shows long output with a pager.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { WriteStream } from 'node:tty';

import { type Pieces, writeTo } from '../output/target.js';

/** The reason of an abort because the user left the pager. */
export class PagerClosed extends Error {}

/** What the shell does before and after the pager, which takes the keys. */
export interface Terminal {
  readonly output: WriteStream;
  /** Leaves the keys to another program. */
  release(): void;
  takeBack(): void;
}

/** The command of the pager: `$PAGER`, or `less -S`, which does not wrap rows. Empty: no pager. */
export function pagerCommand(env: NodeJS.ProcessEnv = process.env): string {
  return env['PAGER'] ?? 'less -S';
}

/**
 * Writes pieces to a terminal, or to the pager as soon as they are taller than the terminal.
 *
 * @param controller - is aborted when the user leaves the pager early
 */
export async function writePaged(
  terminal: Terminal,
  pieces: Pieces,
  controller: AbortController,
  command = pagerCommand(),
): Promise<void> {
  if (command === '') return writeTo(terminal.output, pieces, controller.signal);
  const iterator = pieces[Symbol.asyncIterator]();
  const height = terminal.output.rows - 1;
  const start: string[] = [];
  let lines = 0;
  while (lines <= height) {
    const { done, value } = await iterator.next();
    if (done) return writeTo(terminal.output, [start.join('')], controller.signal);
    const text = typeof value === 'string' ? value : Buffer.from(value).toString();
    start.push(text);
    lines += text.split('\n').length - 1;
  }
  await page(terminal, start, iterator, controller, command);
}

async function page(
  terminal: Terminal,
  start: readonly string[],
  rest: AsyncIterator<string | Uint8Array>,
  controller: AbortController,
  command: string,
): Promise<void> {
  terminal.release();
  try {
    const pager = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'] });
    const closed = once(pager, 'close');
    // The pager may end before it has read everything.
    pager.stdin.on('error', () => undefined);
    const leave = (): void => controller.abort(new PagerClosed());
    closed.then(leave, leave);
    async function* all(): Pieces {
      yield* start;
      yield* { [Symbol.asyncIterator]: () => rest };
    }
    try {
      await writeTo(pager.stdin, all(), controller.signal);
      pager.stdin.end();
    } catch (error) {
      pager.stdin.destroy();
      if (!(error instanceof PagerClosed)) throw error;
    } finally {
      await closed.catch(() => undefined);
    }
  } finally {
    terminal.takeBack();
  }
}
