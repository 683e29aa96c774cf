/**
 * Joins a CSV file, nested JSON and Parquet: what did each customer buy, at today's prices?
 *
 *     node scripts/run.mjs examples/join-formats.ts [folder]
 */

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaSessionContext, col, f } from 'ballista';

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'join-')));
const file = (name: string) => join(folder, name);
await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number' } });
await makeFiles();

const prices = await ctx.readCsv(file('prices.csv'), { schema: { sku: 'Utf8', price: 'Decimal128(8, 2)' } });
const baskets = await ctx.readJson(file('baskets.ndjson'));
const customers = await ctx.readParquet(file('customers.parquet'));

// One row for each item of a basket. Then the fields of the item become columns.
const items = baskets
  .unnestColumns('items')
  .select('customer', col('items').get('sku').alias('sku'), col('items').get('quantity').alias('quantity'));

const sales = items
  .join(prices, 'sku', 'left')
  .join(customers, { left: 'customer', right: 'id' })
  .groupBy('name', 'country')
  .agg(
    f.sum(col('quantity')).alias('items'),
    f.sum(col('quantity').mul(col('price'))).alias('total'),
    f.count().filter('price IS NULL').alias('unpriced'),
  )
  .sort('name');
await sales.show();

// An anti join finds what has no match: customers without a basket.
const idle = customers.join(baskets, { left: 'id', right: 'customer' }, 'anti').select('name');
console.log('No basket:', await idle.toArray());

async function makeFiles(): Promise<void> {
  await writeFile(file('prices.csv'), 'sku,price\n007,2.50\n008,0.99\n009,12.00\n');
  await writeFile(
    file('baskets.ndjson'),
    `{"customer": 1, "items": [{"sku": "007", "quantity": 4}, {"sku": "009", "quantity": 1}]}
{"customer": 2, "items": [{"sku": "008", "quantity": 10}, {"sku": "999", "quantity": 1}]}
{"customer": 1, "items": [{"sku": "008", "quantity": 1}]}
`,
  );
  const people = await ctx.fromColumns({ id: [1, 2, 3], name: ['Ada', 'Blaise', 'Carl'], country: ['GB', 'FR', 'DE'] });
  await people.writeParquet(file('customers.parquet'));
}
