/**
 * Merge (upsert): applies a batch of changes to a table of Parquet files. A change inserts, updates or deletes a row.
 *
 *     node scripts/run.mjs examples/merge.ts [folder]
 */

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaSessionContext, col, type DataFrame, f } from 'ballista';

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'merge-')));
const version = (n: number) => join(folder, `products-v${n}/`);
await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number' } });

const products = await ctx.fromRows([
  { id: 1, name: 'Pen', price: 1.5 },
  { id: 2, name: 'Paper', price: 4 },
  { id: 3, name: 'Ink', price: 9.5 },
]);
await products.writeParquet(version(1));

// Changes in the order in which they were made. A product may change several times.
const changes = await ctx.fromRows([
  { seq: 1, op: 'upsert', id: 2, name: 'Paper', price: 4.5 },
  { seq: 2, op: 'upsert', id: 4, name: 'Ruler', price: 2 },
  { seq: 3, op: 'delete', id: 3, name: null, price: null },
  { seq: 4, op: 'upsert', id: 2, name: 'Paper A4', price: 4.75 },
]);

/** The rows of `table` after the `changes`: the last change of each key wins. */
function merge(table: DataFrame, changes: DataFrame, key: string): DataFrame {
  const columns = table.schema().fields.map(({ name }) => name);
  const last = changes.distinctOn(key, ['op', ...columns], [key, col('seq').desc()]);
  const unchanged = table.join(last, key, 'anti');
  return unchanged.union(last.filter("op <> 'delete'").select(...columns));
}

// Readers see either the old version or the new one, because a write appears only when it is complete.
const merged = merge(await ctx.readParquet(version(1)), changes, 'id');
console.log(`${await merged.sort('id').writeParquet(version(2))} products`);

const [before, after] = await Promise.all([ctx.readParquet(version(1)), ctx.readParquet(version(2))]);
await after.sort('id').show();

// What has changed? A full join has the rows of both versions side by side.
const [old, now] = [before.alias('old'), after.alias('now')];
const difference = old
  .joinOn(now, [old.column('id').eq(now.column('id'))], 'full')
  .select(
    f.coalesce(old.column('id'), now.column('id')).alias('id'),
    old.column('price').alias('before'),
    now.column('price').alias('after'),
  )
  .filter('before IS DISTINCT FROM after')
  .sort('id');
console.log(await difference.toArray());
