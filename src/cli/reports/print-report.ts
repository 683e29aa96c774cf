/**
 * Asks a scheduler, and prints its answer.
 *
 * @module
 */

import type { BallistaSessionContext } from 'ballista';

import { openCluster } from '../options/connection.js';
import { writeTo } from '../output/target.js';
import { terminalWidth } from '../output/terminal-width.js';
import type { ReportOptions } from './report-options.js';

/** Runs something on a cluster, and disconnects. */
export async function onCluster<T>(
  options: ReportOptions,
  signal: AbortSignal,
  run: (cluster: BallistaSessionContext) => Promise<T>,
): Promise<T> {
  const cluster = await openCluster(options, signal);
  try {
    return await run(cluster);
  } finally {
    await cluster.close();
  }
}

/** Prints an answer as JSON or as text. `text` gets the width of the terminal, if there is one. */
export async function printReport<T>(
  answer: T,
  { json }: Pick<ReportOptions, 'json'>,
  text: (answer: T, maxWidth: number | undefined) => Promise<string>,
): Promise<void> {
  const { stdout } = process;
  const printed = json
    ? `${JSON.stringify(answer)}\n`
    : await text(answer, stdout.isTTY ? terminalWidth(stdout) : undefined);
  await writeTo(stdout, [printed]);
}
