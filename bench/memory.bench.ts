import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaSessionContext } from 'ballista';
import { measure, median, ms, report } from './lib/report.js';

const RUNS = 7;
const ROWS = 8_000_000;
const AGGREGATE = 'SELECT k, count(*) AS n, sum(a) AS a, sum(b) AS b FROM t GROUP BY k';

/** Compares an in-memory table of about 200 MB with the same rows in Parquet. Only the first query transfers the table. */
export async function memory(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ballista-bench-'));
  const ctx = await BallistaSessionContext.standalone();
  try {
    const source = `SELECT value % 100 AS k, value AS a, value * 3 AS b FROM range(0, ${ROWS})`;
    await ctx.sql(`COPY (${source}) TO '${folder}/t/' STORED AS PARQUET`);
    const parquet = await ctx.readParquet(join(folder, 't'));
    const batches = await parquet.collect();
    const bytes = batches.reduce((sum, batch) => sum + batch.data.byteLength, 0);

    const load = performance.now();
    await ctx.registerRecordBatches('memory', batches);
    const loaded = performance.now() - load;
    await ctx.registerParquet('parquet', join(folder, 't'));
    const time = async (table: string) =>
      median(await measure(RUNS, async () => (await ctx.sql(AGGREGATE.replace('FROM t', `FROM ${table}`))).collect()));
    const fromParquet = await time('parquet');
    const fromMemory = await time('memory');
    report('memory', [
      `A GROUP BY over ${ROWS.toLocaleString('en')} rows, ${(bytes / 2 ** 20).toFixed(0)} MiB in memory: median of ${RUNS} runs after a warm-up run.`,
      [
        { table: 'Parquet', 'GROUP BY': ms(fromParquet), 'ratio to Parquet': '1.00' },
        { table: 'in memory', 'GROUP BY': ms(fromMemory), 'ratio to Parquet': (fromMemory / fromParquet).toFixed(2) },
        {
          table: 'registering the batches, once',
          'GROUP BY': ms(loaded),
          'ratio to Parquet': (loaded / fromParquet).toFixed(2),
        },
      ],
    ]);
  } finally {
    await ctx.close();
    rmSync(folder, { recursive: true });
  }
}
