/**
 * Runs `ballista top`.
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';
import type { BallistaSessionContext } from 'ballista';

import { BallistaError } from '../../errors.js';
import type { CommandContext } from '../base/command.js';
import { sentence } from '../base/report.js';
import { Screen } from '../output/screen.js';
import { terminalWidth } from '../output/terminal-width.js';
import { onCluster, printReport } from './print-report.js';
import type { ReportOptions } from './report-options.js';
import { type Snapshot, snapshotText, takeSnapshot } from './snapshot.js';

const REDRAW_MS = 1000;
/** While keys are read one by one, Ctrl-C is a key, not a signal. */
const CTRL_C = '\u0003';

/** Draws snapshots on a terminal, or prints one. */
export async function runTop(options: ReportOptions, context: CommandContext): Promise<undefined> {
  const { signal } = context;
  await onCluster(options, signal, async (cluster) => {
    if (process.stdout.isTTY && !options.json) return watch(cluster, context);
    await printReport(await takeSnapshot(cluster, signal), options, (snapshot) => snapshotText(snapshot));
  });
}

/** Draws until `q`, Ctrl-C or a signal. */
async function watch(cluster: BallistaSessionContext, { signal, onInterrupt }: CommandContext): Promise<void> {
  const quit = new AbortController();
  const ended = AbortSignal.any([signal, quit.signal]);
  const forget = onInterrupt(() => quit.abort());
  const release = onKeys(() => quit.abort());
  let screen: Screen | undefined;
  let latest: Snapshot | undefined;
  try {
    while (!ended.aborted) {
      let problem = '';
      try {
        latest = await takeSnapshot(cluster, ended);
      } catch (error) {
        if (ended.aborted) break;
        // A scheduler that starts again comes back. What was seen last stays until then.
        if (latest === undefined || !BallistaError.is(error) || error.code !== 'CONNECTION') throw error;
        problem = `${sentence(error)}\n`;
      }
      screen ??= new Screen(process.stdout);
      const size = { columns: terminalWidth(process.stdout), rows: (process.stdout.rows || 24) - 2 };
      screen.draw(
        `${cluster.address} · ${new Date().toTimeString().slice(0, 8)} · q quits\n${problem}${await snapshotText(latest, size)}`,
      );
      await setTimeout(REDRAW_MS, undefined, { signal: ended }).catch(() => undefined);
    }
  } finally {
    screen?.close();
    release();
    forget();
  }
  signal.throwIfAborted();
}

/** Calls the listener at `q` and Ctrl-C, if keys can be read. Returns a function that leaves the keys to the terminal again. */
function onKeys(listener: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => undefined;
  const read = (keys: string): void => {
    if (keys.includes('q') || keys.includes(CTRL_C)) listener();
  };
  stdin.setRawMode(true).setEncoding('utf8').on('data', read);
  return () => {
    stdin.off('data', read).setRawMode(false).pause();
  };
}
