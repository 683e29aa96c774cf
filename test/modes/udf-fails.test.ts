import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col } from '../../src/expr/expr.js';
import { udf } from '../../src/udf/udf.js';
import { withCluster, withContext } from '../support/cluster.js';
import { rejected } from '../support/rejected.js';

function refuse(id: bigint): bigint {
  throw new Error(`no half of ${id}`);
}

const ctx = withContext(await withCluster());

const double = udf({ name: 'double', args: ['Float64'], returns: 'Float64' }, (x) => (x === null ? null : x * 2));

let t: DataFrame;

beforeAll(async () => {
  ctx.registerUdf(double);
  t = await ctx.fromColumns({ id: [1, 2, 3, 4, 5] });
});

const sql = async (query: string) => (await ctx.sql(query)).toArray({ int64: 'number' });

describe('a failing UDF', () => {
  it('rejects with UDF for a thrown value without a string form', async () => {
    const odd = udf({ name: 'odd', args: [], returns: 'Int64' }, () => {
      throw Object.create(null);
    });
    expect(await rejected(t.select(odd()).collect())).toMatchObject({
      code: 'UDF',
      message: expect.stringContaining('cannot be converted to a string'),
    });
  });

  it('rejects with its name, the message and the stack', async () => {
    const fails = udf({ name: 'fails', args: ['Int64'], returns: 'Int64', showArguments: true }, (x) => {
      if (x === 3n) throw new RangeError('three is too many');
      return x;
    });
    const error = await rejected(t.select(fails(col('id'))).collect());
    expect(error).toMatchObject({ code: 'UDF', cause: { name: 'RangeError', message: 'three is too many' } });
    expect(error.message).toMatch(/fails.*RangeError: three is too many \(row \d of a batch, called with \("3"\)\)/u);
    expect((error.cause as Error).stack).toContain('udf:fails');
  });

  it.each<[string, () => unknown, RegExp]>([
    ['a result of another type', () => 'text', /string/u],
    ['an object as result', () => ({}), /object/u],
    [
      'a thrown string',
      () => {
        throw 'words';
      },
      /words/u,
    ],
    ['a thrown syntax error', () => JSON.parse('{'), /JSON/u],
  ])('rejects with UDF for %s', async (_, fn, text) => {
    const bad = udf({ name: 'bad', args: [], returns: 'Float64' }, fn as never);
    expect(await rejected(t.select(bad()).collect())).toMatchObject({
      code: 'UDF',
      message: expect.stringMatching(text),
    });
  });

  it('with an endless loop ends after timeoutMs, and other UDFs run', async () => {
    const endless = udf({ name: 'endless', args: ['Int64'], returns: 'Int64', timeoutMs: 300 }, (x) => {
      while (true) if (x === 0n) return x;
    });
    const error = await rejected(t.select(endless(col('id'))).collect());
    expect(error).toMatchObject({ code: 'UDF', message: expect.stringContaining('300 ms') });
    expect(await sql('SELECT double(1) AS n')).toEqual([{ n: 2 }]);
  });

  it('with an endless loop ends with its query', async () => {
    const endless = udf({ name: 'endless', args: ['Int64'], returns: 'Int64' }, (x) => {
      while (true) if (x === 0n) return x;
    });
    const pending = t.select(endless(col('id'))).collect({ signal: AbortSignal.timeout(500) });
    await expect(pending).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await sql('SELECT double(1) AS n')).toEqual([{ n: 2 }]);
  });

  it('rejects with UDF if its worker exits', async () => {
    const leaves = udf({ name: 'leaves', args: [], returns: 'Int64' }, () => process.exit(7));
    expect(await rejected(t.select(leaves()).collect())).toMatchObject({
      code: 'UDF',
      message: expect.stringContaining('7'),
    });
    expect(await sql('SELECT double(1) AS n')).toEqual([{ n: 2 }]);
  });

  it('rejects with its source file in the stack', async () => {
    const half = udf(
      { name: 'half', args: ['Int64'], returns: 'Int64', skipNulls: true, captures: { refuse } },
      (id) => (id % 2n === 0n ? id / 2n : refuse(id)),
    );
    const { cause } = await rejected(t.select(half(col('id'))).collect());
    const file = new URL(import.meta.url).href;
    expect((cause as Error).stack).toContain(file);
  });
});
