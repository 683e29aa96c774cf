/** TPC-H at scale factor 0.1. The cluster must return exactly the rows of single-node DataFusion. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Row } from '../../src/arrow/values/values.js';
import { SessionContext } from '../../src/session/session-context.js';
import { LOCAL, withCluster, withContext } from '../support/cluster.js';
import { registerTpch, tpchQuery, tpchTables } from '../support/tpch.js';
import { VERBS } from '../tpch/verbs.js';

const cluster = await withCluster();
const distributed = (settings: Record<string, unknown>) =>
  withContext(cluster, LOCAL ? {} : { clusterConfig: { 'cluster.whole_query': 'never', ...settings } });
const contexts = {
  'with default settings': withContext(cluster),
  'with broadcast joins': distributed({}),
  'with partitioned joins': distributed({ 'cluster.broadcast_max_bytes': 0 }),
  'with merge joins': distributed({ 'datafusion.optimizer.prefer_hash_join': false }),
};
const local = SessionContext.local();
afterAll(() => local.close());

// The first run generates the data.
beforeAll(() => registerTpch(local, ...Object.values(contexts)), 3_600_000);

/**
 * The number of rows of each query at this scale. Every query returns rows. Of the queries that depend on the scale, 18
 * returns the fewest: 5 orders.
 */
const ROWS = [4, 44, 10, 5, 5, 1, 4, 2, 175, 20, 2541, 2, 37, 1, 1, 2762, 1, 5, 1, 9, 47, 7];

/** The sort keys of queries whose ORDER BY allows ties. This data has no ties. */
const KEYS: Readonly<Record<number, readonly string[]>> = {
  3: ['revenue', 'o_orderdate'],
  5: ['revenue'],
  10: ['revenue'],
  11: ['value'],
  18: ['o_totalprice', 'o_orderdate'],
};

const answers = new Map<number, Promise<Row[]>>();

/** The rows of a query on a single node, without shuffles and executors, which could cause errors. */
function answer(number: number): Promise<Row[]> {
  const found = answers.get(number) ?? local.sql(tpchQuery(number)).then((df) => df.toArray());
  answers.set(number, found);
  return found;
}

it('the expected results have the right number of rows and no ties', async () => {
  for (const [i, count] of ROWS.entries()) {
    const rows = await answer(i + 1);
    expect(rows, `query ${i + 1}`).toHaveLength(count);
    expect(rows.flatMap(Object.values)).not.toContain(null);
    const keys = rows.map((row) => KEYS[i + 1]?.map((key) => row[key]).join() ?? row);
    expect(new Set(keys).size, `query ${i + 1}: no ties`).toBe(count);
  }
});

// Sums are decimals, so they do not depend on the order of addition. Rows are exactly equal even where a sum is divided as
// a float (queries 14 and 17).
describe.each(Object.entries(contexts))('%s', (_, ctx) => {
  it.each(ROWS.map((_, i) => i + 1))('query %i returns the right rows', async (number) => {
    const df = await ctx.sql(tpchQuery(number));
    expect(await df.toArray()).toEqual(await answer(number));
  });

  it.each(Object.entries(VERBS))('query %s returns the right rows with verbs', async (number, query) => {
    const df = query(await tpchTables(ctx));
    expect(await df.toArray()).toEqual(await answer(Number(number)));
  });
});

it.skipIf(LOCAL)('a query runs as many tasks', async () => {
  const df = await contexts['with partitioned joins'].sql(tpchQuery(3));
  const stages = (await df.explainString({ analyze: true })).match(/Stage \d+ \((?!1 )\d+ partitions\)/g);
  expect(stages?.length).toBeGreaterThan(3);
});

it('six queries are also written with verbs', () => {
  expect(Object.keys(VERBS)).toEqual(['1', '3', '5', '10', '13', '18']);
});
