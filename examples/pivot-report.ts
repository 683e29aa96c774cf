/**
 * A pivot report: the revenue of each region by quarter, with totals, as a table and as a CSV file for a spreadsheet.
 *
 *     node scripts/run.mjs examples/pivot-report.ts [folder]
 */

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaSessionContext, col, f, lit } from 'ballista';

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'report-')));
await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number' } });

const regions = ['North', 'South', 'West'];
const rows = Array.from({ length: 120 }, (_, i) => ({
  region: regions[i % 3],
  sold: new Date(Date.UTC(2026, i % 10, 1 + (i % 28))),
  amount: 100 + i,
}));
const sales = (await ctx.fromRows(rows)).select(
  'region',
  f.concat('Q', f.datePart('quarter', col('sold'))).alias('quarter'),
  'amount',
);

// The values become columns, so they must be known before the query runs.
const distinct = sales.select('quarter').distinct().sort('quarter').as<{ quarter: string }>();
const { quarter: quarters } = await distinct.toColumns();
console.log('Quarters:', quarters.join(', '));

// A rollup adds a row for all regions. There, `region` is null and its `grouping` is 1.
const revenue = sales
  .rollup('region')
  .agg(
    ...quarters.map((quarter) => f.sum(col('amount'), { filter: col('quarter').eq(quarter) }).alias(quarter)),
    f.sum(col('amount')).alias('total'),
    f.grouping(col('region')).alias('all'),
  )
  .sort('all', 'region')
  .select(f.coalesce(col('region'), lit('All regions')).alias('region'), ...quarters, 'total');
await revenue.show();
await revenue.writeCsv(join(folder, 'report.csv'), { delimiter: ';' });

// Without totals, `pivot` is shorter. It can compute several aggregates for each value.
const pivoted = sales
  .groupBy('region')
  .pivot('quarter', quarters.slice(0, 2))
  .agg(f.count().alias('sales'), f.max(col('amount')).alias('best'));
await pivoted.sort('region').show();
