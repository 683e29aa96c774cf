import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col, lit } from '../../src/expr/expr.js';
import * as f from '../../src/functions/index.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

let flights: DataFrame;
let people: DataFrame;
let visits: DataFrame;

beforeAll(async () => {
  flights = await ctx.readParquet(FLIGHTS);
  people = await ctx.fromRows([
    { id: 1, name: 'Ada', age: 36 },
    { id: 2, name: 'Bob', age: null },
    { id: 3, name: 'Cleo', age: 51 },
  ]);
  visits = await ctx.fromRows([
    { person: 1, day: 'Mon' },
    { person: 1, day: 'Tue' },
    { person: 4, day: 'Wed' },
  ]);
});

async function rows(df: DataFrame) {
  return df.toArray({ int64: 'number' });
}

describe('select', () => {
  it('takes columns, expressions and *', async () => {
    const df = people.select('name', col('id').mul(2).alias('twice'), lit('x').alias('x'));
    expect(await rows(df.sort('name').limit(1))).toEqual([{ name: 'Ada', twice: 2, x: 'x' }]);
    expect(
      people
        .select('*')
        .schema()
        .fields.map((field) => field.name),
    ).toEqual(['id', 'name', 'age']);
  });

  it('throws SCHEMA for an unknown column', () => {
    expect(thrown(() => people.select('nome'))).toMatchObject({
      code: 'SCHEMA',
      message: expect.stringContaining('name'),
    });
  });
});

describe('filter', () => {
  it('takes expressions and SQL together', async () => {
    expect(await rows(people.filter(col('age').gt(20), "name LIKE 'A%'"))).toEqual([{ id: 1, name: 'Ada', age: 36 }]);
  });

  it.each([
    ['isNull', () => col('age').isNull(), [2]],
    ['inList', () => col('id').inList([1, 3]), [1, 3]],
    ['between', () => col('age').between(40, 60), [3]],
    ['not', () => col('id').eq(1).not(), [2, 3]],
    ['or', () => col('id').eq(1).or(col('name').ilike('c%')), [1, 3]],
  ])('supports %s', async (_, predicate, ids) => {
    expect((await rows(people.filter(predicate()).sort('id'))).map((row) => row['id'])).toEqual(ids);
  });

  it('finds matching rows among three million', async () => {
    expect(await flights.filter(col('origin').eq('SEA')).count()).toBe(50_231);
  });
});

describe('withColumn', () => {
  it('adds and replaces columns', async () => {
    const df = people.withColumn('older', col('age').add(1)).withColumn('name', 'upper(name)');
    expect(await rows(df.filter('id = 1'))).toEqual([{ id: 1, name: 'ADA', age: 36, older: 37 }]);
  });
});

describe('aggregate', () => {
  it('aggregates by group', async () => {
    const df = flights.filter(col('origin').inList(['SEA', 'JFK']));
    const sums = df.aggregate('origin', [f.count().alias('n'), f.sum(col('delay')).alias('delay')]);
    expect(await rows(sums.sort(col('n').desc()))).toEqual([
      { origin: 'SEA', n: 50_231, delay: 485_208 },
      { origin: 'JFK', n: 31_270, delay: 384_807 },
    ]);
  });

  it('aggregates all rows without a group', async () => {
    const all = people.aggregate(
      [],
      [f.count(col('age')).alias('n'), f.avg(col('age')).alias('avg'), f.max(col('name')).alias('last')],
    );
    expect(await rows(all)).toEqual([{ n: 2, avg: 43.5, last: 'Cleo' }]);
    await cluster.betweenQueries();
    const distinct = flights.aggregate([], f.count(col('origin'), { distinct: true }).alias('n'));
    expect(await rows(distinct)).toEqual([{ n: 229 }]);
  });
});

describe('sort and limit', () => {
  it('sort puts nulls last by default and first on request', async () => {
    const names = async (df: DataFrame) => (await rows(df)).map((row) => row['name']);
    expect(await names(people.sort('age'))).toEqual(['Ada', 'Cleo', 'Bob']);
    await cluster.betweenQueries();
    expect(await names(people.sort(col('age').sort(false, true)))).toEqual(['Bob', 'Cleo', 'Ada']);
  });

  it('limit skips rows', async () => {
    expect(await rows(people.select('id').sort('id').limit(1, 1))).toEqual([{ id: 2 }]);
    expect(await people.limit(0).count()).toBe(0);
  });

  it('limit takes at most 2^32 - 1 rows, including the offset', async () => {
    expect(await people.limit(2 ** 32 - 1).count()).toBe(3);
    expect(
      await rows(
        people
          .select('id')
          .sort('id')
          .limit(2 ** 32 - 3, 2),
      ),
    ).toEqual([{ id: 3 }]);
    const beyond = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('4294967295') };
    for (const [count, offset] of [[2 ** 32], [5, 2 ** 32], [2 ** 32 - 1, 1]] as const)
      expect(thrown(() => people.limit(count, offset))).toMatchObject(beyond);
  });

  it('toDisplayString shows all rows for a huge limit', async () => {
    const all = await people.toDisplayString(Infinity);
    for (const count of [2 ** 31, 2 ** 32 - 1, 2 ** 40]) expect(await people.toDisplayString(count)).toBe(all);
  });
});

describe('distinct and union', () => {
  it('distinct drops repeated rows', async () => {
    expect(await rows(visits.select('person').distinct().sort('person'))).toEqual([{ person: 1 }, { person: 4 }]);
    await cluster.betweenQueries();
    expect(await flights.select('origin').distinct().count()).toBe(229);
  });

  it('union appends rows and drops repeated ones on request', async () => {
    expect(await visits.union(visits).count()).toBe(6);
    await cluster.betweenQueries();
    expect(await visits.union(visits, true).count()).toBe(3);
  });
});

describe('join', () => {
  it.each([
    ['inner', 2],
    ['left', 4],
    ['right', 3],
    ['full', 5],
    ['semi', 1],
    ['anti', 2],
  ] as const)('supports how = %s', async (how, n) => {
    const joined = people.join(visits, { left: 'id', right: 'person' }, how);
    expect(await joined.count()).toBe(n);
    const names = joined.schema().fields.map((field) => field.name);
    expect(names.includes('day')).toBe(how !== 'semi' && how !== 'anti');
  });

  it('joins a file on several columns', async () => {
    const routes = await ctx.fromRows([{ from: 'JFK', to: 'LAX' }]);
    const joined = flights.join(routes, { left: ['origin', 'destination'], right: ['from', 'to'] });
    expect(await joined.filter(col('distance').gt(2000)).count()).toBe(4_359);
  });

  it('joins on a column that both sides have', async () => {
    const ages = await ctx.fromRows([{ id: 1, height: 170 }]);
    const joined = people.join(ages, 'id').select('name', 'height');
    expect(await rows(joined)).toEqual([{ name: 'Ada', height: 170 }]);
  });
});

describe('a DataFrame', () => {
  it('is immutable and not a promise', async () => {
    const sorted = people.sort('id');
    sorted.filter('id = 1');
    expect(await sorted.count()).toBe(3);
    expect('then' in people).toBe(false);
  });

  it('prints its columns, not its data', async () => {
    expect(String(people)).toBe('DataFrame { id: Int64, name: Utf8, age: Int64 }');
    expect(String(people.logicalPlan())).toContain('TableScan');
    expect(String(await people.filter('1 = 1').optimizedLogicalPlan())).not.toContain('Filter');
  });

  it('rejects operands that are not DataFrames or have other columns', async () => {
    expect(thrown(() => people.join({} as DataFrame, 'id')).code).toBe('INVALID_ARGUMENT');
    expect(thrown(() => people.union(visits.select('day'))).code).toBe('PLAN');
    expect((await rejected(ctx.registerView('v', 'people' as never))).code).toBe('INVALID_ARGUMENT');
  });
});
