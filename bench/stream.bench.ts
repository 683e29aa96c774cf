import { BallistaSessionContext } from 'ballista';
import { report } from './lib/report.js';

const GIB = 2 ** 30;
const TARGET = 5 * GIB;
/** A row of about 1 KiB. */
const ROWS = Math.ceil(TARGET / 1040);

/** A 5 GiB result read batch by batch: what the process holds must not grow with it. */
export async function stream(): Promise<void> {
  const ctx = await BallistaSessionContext.standalone();
  try {
    // Rows are made from a table of many files, so that no task holds them all.
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
      'A result read with `for await`, in-process cluster included.',
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
