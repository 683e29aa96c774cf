/**
 * Dedupe: two systems export the same contacts, with other spelling. Keeps the newest version of each.
 *
 *     node scripts/run.mjs examples/dedupe.ts
 */

import { BallistaSessionContext, col, f } from 'ballista';

await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number', date: 'string' } });

const crm = await ctx.fromRows([
  { email: 'ada@example.com', name: 'Ada Lovelace', phone: '+44 1', updated: new Date('2026-01-10') },
  { email: ' Alan@Example.com', name: 'Alan Turing', phone: null, updated: new Date('2026-03-01') },
  { email: 'grace@example.com', name: 'Grace Hopper', phone: '+1 7', updated: new Date('2026-02-02') },
  { email: 'grace@example.com', name: 'Grace Hopper', phone: '+1 7', updated: new Date('2026-02-02') },
]);
const shop = await ctx.fromRows([
  { email: 'ADA@example.com', name: 'Ada King', phone: null, updated: new Date('2026-05-05') },
  { email: 'alan@example.com', name: 'A. Turing', phone: '+44 2', updated: new Date('2025-12-31') },
  { email: 'edsger@example.com', name: 'Edsger Dijkstra', phone: '+31 9', updated: new Date('2026-04-04') },
]);

// The key decides which rows are the same contact, so spelling must not matter in it.
const contacts = crm
  .withColumn('source', "'crm'")
  .union(shop.withColumn('source', "'shop'"))
  .withColumn('key', f.lower(f.btrim(col('email'))));

const counts = contacts.aggregate(
  [],
  [f.count().alias('rows'), f.count(col('key'), { distinct: true }).alias('contacts')],
);
console.log(await counts.toArray()); // [ { rows: 7, contacts: 4 } ]

// Which contacts occur more than once, and where?
const repeated = contacts
  .groupBy('key')
  .agg(f.count().alias('rows'), "string_agg(DISTINCT source, ', ' ORDER BY source) AS sources")
  .filter('rows > 1')
  .sort('key');
await repeated.show();

// The newest row of each contact. To have the same winner in every run, the sort order must have no ties.
const newest = contacts.distinctOn('key', ['key', 'name', 'phone', 'source'], ['key', col('updated').desc(), 'source']);
await newest.show();

// The newest known value of each field: a newer row without a phone does not erase an older phone.
const newestFirst = { orderBy: [col('updated').desc(), col('source')], nullTreatment: 'ignore' } as const;
const golden = contacts
  .groupBy('key')
  .agg(f.firstValue(col('name'), newestFirst).alias('name'), f.firstValue(col('phone'), newestFirst).alias('phone'))
  .sort('key');
await golden.show();
