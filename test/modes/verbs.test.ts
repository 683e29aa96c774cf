import { inspect } from 'node:util';
import type { RecordBatch } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { FrameBase } from '../../src/dataframe/frame-base.js';
import { GroupedData } from '../../src/dataframe/grouped.js';
import { Verbs } from '../../src/dataframe/verbs.js';
import { withCluster, withContext } from '../support/cluster.js';
import { valuesOf } from '../support/columns.js';
import type { Case } from './verbs/case.js';
import { COLUMNS } from './verbs/columns.js';
import { GROUPED, GROUPS } from './verbs/groups.js';
import { JOINS } from './verbs/joins.js';
import { ROWS } from './verbs/rows.js';
import { SETS } from './verbs/sets.js';
import { inFiles, inMemory } from './verbs/tables.js';

const CASES: Readonly<Record<string, Readonly<Record<string, readonly Case[]>>>> = {
  columns: COLUMNS,
  groups: GROUPS,
  'grouped rows': GROUPED,
  rows: ROWS,
  joins: JOINS,
  sets: SETS,
};

// An executor is replaced only before each group, because there are about fifty verbs.
const cluster = await withCluster(false);
const [memory, files, empty] = [withContext(cluster), withContext(cluster), withContext(cluster)];
const sources = [
  { where: 'in memory', ctx: memory, frames: await inMemory(memory) },
  { where: 'in files', ctx: files, frames: await inFiles(files, memory) },
  { where: 'without rows', ctx: empty, frames: await inMemory(empty, false) },
];

/** The columns with their types, and the rows. They must be equal for two queries. */
interface Result {
  columns: string[];
  rows: string[];
}

async function resultOf(df: DataFrame, ordered: boolean): Promise<Result> {
  const table = await df.toArrow();
  const rows = table.batches.flatMap(rowsOf);
  return { columns: table.schema.fields.map(String), rows: ordered ? rows : rows.sort() };
}

/** Reads columns by position, because two columns can have the same name. */
function rowsOf(batch: RecordBatch): string[] {
  const columns = batch.schema.fields.map((_, i) => valuesOf(batch.selectAt([i])));
  const row = (i: number) => columns.map((column) => column[i]).map(round);
  return Array.from({ length: batch.numRows }, (_, i) =>
    inspect(row(i), { depth: null, breakLength: Infinity, compact: true }),
  );
}

/** Rounds numbers, because floating-point sums depend on the order of the rows. */
function round(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(12)) : value;
}

/** Uses soft assertions, which report all cases that differ, not only the first one. */
async function expectSame({ sql, by, ordered = false, empty = false }: Case): Promise<void> {
  for (const { where, ctx, frames } of sources) {
    try {
      const query = await ctx.sql(sql);
      const df = by(frames);
      const [expected, result] = await Promise.all([resultOf(query, ordered), resultOf(df, ordered)]);
      expect.soft(result, `${where}: ${sql}`).toEqual(expected);
      expect.soft(df.schema().fields.map(String), `${where}, schema: ${sql}`).toEqual(result.columns);
      if (where === 'in memory') expect.soft(result.rows.length > 0, `rows: ${sql}`).toBe(!empty);
    } catch (error) {
      expect.soft(error, `${where}: ${sql}`).toBeUndefined();
    }
  }
}

describe.each(Object.entries(CASES))('verbs return the same rows as SQL: %s', (_, verbs) => {
  beforeAll(() => cluster.betweenQueries());

  it.each(Object.entries(verbs))('%s', async (_verb, cases) => {
    await Promise.all(cases.map(expectSame));
  });
});

it('sample returns a share of the rows from any source', async () => {
  const rows = await memory.sql('SELECT value, value / 2 AS half FROM range(0, 20000)');
  // The limits are six standard deviations of 20 000 and of 10 000 draws at 0.25.
  expect(Math.abs((await rows.sample(0.25).count()) - 5_000)).toBeLessThan(368);
  const groups = rows.aggregate('half', 'count(*) AS n').sample(0.25);
  const [found] = await groups.aggregate([], ['count(*) AS c', 'min(n) AS n']).toArray({ int64: 'number' });
  expect(found).toEqual({ c: expect.any(Number), n: 2 });
  expect(Math.abs(Number(found?.['c']) - 2_500)).toBeLessThan(260);
});

describe('every verb has a case', () => {
  const methods = (prototype: object): string[] =>
    Object.getOwnPropertyNames(prototype).filter(
      (name) => name !== 'constructor' && Object.getOwnPropertyDescriptor(prototype, name)?.value,
    );

  it('for DataFrame', () => {
    const verbs = [COLUMNS, GROUPS, ROWS, JOINS, SETS].flatMap((group) => Object.keys(group));
    const families: object[] = [];
    for (let family = Verbs.prototype; family !== FrameBase.prototype; family = Object.getPrototypeOf(family))
      families.push(family);
    expect(verbs.sort()).toEqual(families.flatMap(methods).sort());
    expect(verbs.length).toBeGreaterThanOrEqual(44);
  });

  it('for GroupedData', () => {
    expect(Object.keys(GROUPED).sort()).toEqual(methods(GroupedData.prototype).sort());
  });
});
