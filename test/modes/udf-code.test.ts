import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import { udf } from '../../src/udf/udf.js';
import { withCluster, withContext } from '../support/cluster.js';
import { rejected } from '../support/rejected.js';

const ctx = withContext(await withCluster());

let t: DataFrame;

beforeAll(async () => {
  t = await ctx.fromColumns({ id: [1, 2, 3, 4, 5], s: ['a', 'ß🌍', null, '', 'x y'] });
});

describe('the code of a UDF', () => {
  it('can be larger than a message and is sent once to each executor', async () => {
    const weights = new Float64Array(2_500_000).fill(2);
    const heavy = udf(
      { name: 'heavy', args: ['Int64'], returns: 'Float64', skipNulls: true, captures: { weights } },
      (id) => Number(id) * (weights[Number(id)] as number),
    );
    ctx.registerUdf(heavy);
    await ctx.registerView('t', t);
    for (let i = 0; i < 3; i++)
      expect(await (await ctx.sql('SELECT sum(heavy(id)) AS s FROM t')).toArray()).toEqual([{ s: 30 }]);
  });
});

describe('a UDF from a module', () => {
  const module = new URL('../support/udf/width.ts', import.meta.url);

  it('can use TypeScript and npm packages', async () => {
    const width = await udf.fromModule(module, 'width', {
      name: 'width',
      args: ['Utf8'],
      returns: 'Int32',
      skipNulls: true,
    });
    const later = await udf.fromModule(module, 'later', {
      name: 'later',
      args: ['Utf8'],
      returns: 'Utf8',
      skipNulls: true,
    });
    expect(
      await t
        .sort('id')
        .select(width(col('s')).alias('w'), later(col('s')).alias('l'))
        .toArray(),
    ).toEqual([
      { w: 1, l: 'a?' },
      { w: 3, l: 'ß🌍?' },
      { w: null, l: null },
      { w: 0, l: '?' },
      { w: 3, l: 'x y?' },
    ]);
  });

  it('can use CommonJS that requires Node modules, and its errors have the file and line', async () => {
    const last = await udf.fromModule(module, 'last', {
      name: 'last',
      args: ['Utf8'],
      returns: 'Utf8',
      skipNulls: true,
    });
    const df = await ctx.fromColumns({ s: ['/a/b', 'c'] });
    expect(await df.select(last(col('s')).alias('l')).toArray()).toEqual([{ l: 'b' }, { l: 'c' }]);
    const { cause } = await rejected(t.select(last(col('s'))).collect());
    const [first, inner, outer, ...more] = String((cause as Error).stack).split('\n');
    expect(first).toBe('RangeError: no x y');
    expect(inner).toContain(`${new URL('../support/udf/builtin.cjs', import.meta.url).href}:10:`);
    expect(outer).toMatch(/width\.ts:\d+:/u);
    expect(more).toEqual([]);
  });

  it('fails with UDF if the export is not a function', async () => {
    const none = await udf.fromModule(module, 'value', { name: 'none', args: [], returns: 'Int32' });
    expect(await rejected(t.select(none()).collect())).toMatchObject({
      code: 'UDF',
      message: expect.stringContaining('"value"'),
    });
  });

  it('fails with INVALID_ARGUMENT if the module is missing', async () => {
    const missing = new URL('./nowhere.ts', import.meta.url);
    expect(await rejected(udf.fromModule(missing, 'x', { name: 'x', args: [], returns: 'Int32' }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('nowhere'),
    });
  });
});
