import { BallistaSessionContext } from 'ballista';
import { report } from './lib/report.js';

const GIB = 2 ** 30;
const TARGET = 5 * GIB;
/** A row has about 1 KiB. */
const ROWS = Math.ceil(TARGET / 1040);

/** Reads a 5 GiB result batch by batch. The memory of the process must not grow with the result. */
export async function stream(): Promise<void> {
  const ctx = await BallistaSessionContext.standalone();
  try {
    // A cross join generates the rows, so that no task holds all of them.
    const wide = await ctx.sql(
      `SELECT a.value * 1000 + b.value AS id, repeat(chr(97 + CAST(b.value % 26 AS INT)), 1024) AS text
       FROM range(0, ${Math.ceil(ROWS / 1000)}) a CROSS JOIN range(0, 1000) b`,
    );
    const before = process.memoryUsage().rss;
    let [bytes, peak] = [0, before];
    const started = performance.now();
    for await (const batch of wide) {
      bytes += batch.data.byteLength;
      peak = Math.max(peak, process.memoryUsage().rss);
    }
    const seconds = (performance.now() - started) / 1000;
    const mib = (value: number): string => `${(value / 2 ** 20).toFixed(0)} MiB`;
    report('stream', [
      'Reads a result with `for await`. The memory includes the in-process cluster.',
      [
        {
          result: `${(bytes / GIB).toFixed(2)} GiB`,
          'memory before': mib(before),
          'peak memory': mib(peak),
          'growth / result': `${((100 * (peak - before)) / bytes).toFixed(1)} %`,
          rate: `${(bytes / GIB / seconds).toFixed(2)} GiB/s`,
        },
      ],
    ]);
  } finally {
    await ctx.close();
  }
}
