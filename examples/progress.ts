/**
 * A long query with a progress bar. Ctrl-C cancels the query.
 *
 *     node scripts/run.mjs examples/progress.ts
 */

import { BallistaSessionContext, type QueryProgress } from 'ballista';

// The only executor would run the whole query as one task, which has no parts to count. In stages, it has many.
await using ctx = await BallistaSessionContext.standalone({
  convert: { int64: 'number' },
  clusterConfig: { 'cluster.whole_query': 'never', 'datafusion.execution.target_partitions': 16 },
});

const hashes = await ctx.sql(`
  SELECT value % 2 AS odd, count(*) AS numbers, min(sha512(CAST(value AS VARCHAR))) IS NOT NULL AS hashed
  FROM range(0, 4000000) GROUP BY odd ORDER BY odd`);

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
try {
  await hashes.show(20, { signal: stop.signal, onProgress });
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.stderr.write('\nThe query was cancelled.\n');
  process.exitCode = 130;
}

/** Draws the bar on a terminal. In a file or for another program, it would only be noise: there it prints the end. */
function onProgress({ state, tasks, fraction = 0, remainingMs, elapsedMs }: QueryProgress): void {
  const ended = state === 'succeeded';
  const counted = `${state}, ${tasks?.done} of ${tasks?.total} tasks`;
  if (!process.stderr.isTTY) {
    if (ended) console.log(counted);
    return;
  }
  const bar = '━'.repeat(Math.round(fraction * 30)).padEnd(30, '─');
  const time = remainingMs === undefined ? `${seconds(elapsedMs)} s` : `${seconds(remainingMs)} s left`;
  process.stderr.write(`\r\x1b[K${bar} ${Math.round(fraction * 100)} %, ${counted}, ${time}${ended ? '\n' : ''}`);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
