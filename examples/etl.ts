/**
 * ETL: cleans a raw CSV export of orders, and writes it as Parquet with one folder for each month.
 *
 *     node scripts/run.mjs examples/etl.ts [folder]
 */

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaSessionContext, col, f } from 'ballista';

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'etl-')));
const raw = join(folder, 'orders.csv');
const lake = join(folder, 'orders/');
await writeFile(raw, exported());

await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number' } });

// Extract. Types that are given, and not inferred, do not depend on the first rows of the file.
const orders = await ctx.readCsv(raw, {
  schema: { id: 'Int64', ordered: 'Timestamp(s)', customer: 'Utf8', amount: 'Decimal128(10, 2)', status: 'Utf8' },
});

// Transform.
const clean = orders
  .filter("status <> 'test'", col('amount').gt(0))
  .withColumns({ customer: f.lower(f.btrim(col('customer'))), month: f.toChar(col('ordered'), '%Y-%m') })
  .drop('status');

// Load. Sorted files have narrow statistics, so a query for a few days skips most of a file. If the program runs again, the new
// files replace the old ones.
const rows = await clean.writeParquet(lake, { partitionBy: 'month', sortBy: 'ordered', mode: 'overwrite' });
console.log(`${rows} of ${await orders.count()} orders are in the lake.`);

// The names of the folders are a column. A query for a month reads only the folder of this month.
await ctx.registerParquet('orders', lake);
const report = await ctx.sql(`
  SELECT month, count(*) AS orders, count(DISTINCT customer) AS customers, sum(amount) AS revenue
  FROM orders WHERE month >= '2026-02' GROUP BY month ORDER BY month`);
await report.show();

/** A thousand orders of four months. Some are tests, some were cancelled. */
function exported(): string {
  const lines = Array.from({ length: 1000 }, (_, i) => {
    const ordered = new Date(Date.UTC(2026, i % 4, 1 + (i % 28), i % 24)).toISOString().slice(0, 19);
    const customer = i % 3 === 0 ? ` Customer${i % 50} ` : `customer${i % 50}`;
    return [i, ordered, customer, i % 20 === 0 ? '0.00' : `${i}.50`, i % 50 === 7 ? 'test' : 'paid'].join(',');
  });
  return ['id,ordered,customer,amount,status', ...lines, ''].join('\n');
}
