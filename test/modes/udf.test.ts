import { on, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Field, Int64, Schema, TimestampMicrosecond } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col, lit } from '../../src/expr/expr.js';
import * as f from '../../src/functions/index.js';
import type { UdfLogEntry } from '../../src/udf/log.js';
import { udf } from '../../src/udf/udf.js';
import { LOCAL, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, tempFolder } from '../support/data.js';
import { failure, rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

/** A captured variable of functions below. */
declare const factor: number;

function refuse(id: bigint): bigint {
  throw new Error(`no half of ${id}`);
}

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

const double = udf({ name: 'double', args: ['Float64'], returns: 'Float64' }, (x) => (x === null ? null : x * 2));
const shout = udf({ name: 'shout', args: ['Utf8'], returns: 'Utf8', skipNulls: true }, (s) => `${s.toUpperCase()}!`);
const price = udf(
  { name: 'price', args: ['Float64', 'Float64'], returns: 'Float64', skipNulls: true },
  (p, d) => p * (1 - d),
);
const isEven = udf({ name: 'is_even', args: ['Int64'], returns: 'Boolean', skipNulls: true }, (x) => x % 2n === 0n);

let t: DataFrame;

beforeAll(async () => {
  for (const fn of [double, shout, price, isEven]) ctx.registerUdf(fn);
  t = await ctx.fromColumns({ id: [1, 2, 3, 4, 5], v: [1.5, null, -0, 2.25, 1e300], s: ['a', 'ß🌍', null, '', 'x y'] });
  await ctx.registerView('t', t);
  await ctx.registerParquet('flights', FLIGHTS);
});

const sql = async (query: string) => (await ctx.sql(query)).toArray({ int64: 'number' });

describe('a UDF in SQL and in expressions', () => {
  it('takes numbers and nulls', async () => {
    const expected = [3, null, -0, 4.5, 2e300].map((d) => ({ d }));
    expect(await sql('SELECT double(v) AS d FROM t ORDER BY id')).toEqual(expected);
    expect(
      await t
        .sort('id')
        .select(double(col('v')).alias('d'))
        .toArray(),
    ).toEqual(expected);
  });

  it('takes strings and skips nulls', async () => {
    const expected = ['A!', 'SS🌍!', null, '!', 'X Y!'].map((s) => ({ s }));
    expect(
      await t
        .sort('id')
        .select(shout(col('s')).alias('s'))
        .toArray(),
    ).toEqual(expected);
  });

  it('takes constants', async () => {
    expect(await sql("SELECT double(21) AS n, shout('a') AS s")).toEqual([{ n: 42, s: 'A!' }]);
  });

  it('returns the values of a built-in expression for millions of rows', async () => {
    await expect(
      sql('SELECT sum(price(delay, 0.25)) AS a, sum(CAST(delay AS DOUBLE) * 0.75) AS b FROM flights'),
    ).resolves.toSatisfy(([{ a, b }]: [{ a: number; b: number }]) => Math.abs(a - b) < 1e-6 && b > 1e7);
  });

  it.each([
    ['WHERE', 'SELECT id FROM t WHERE is_even(id) ORDER BY id', [{ id: 2 }, { id: 4 }]],
    ['another call', 'SELECT double(double(v)) AS d FROM t WHERE id = 4', [{ d: 9 }]],
    [
      'GROUP BY',
      'SELECT is_even(id) AS e, count(*) AS n FROM t GROUP BY is_even(id) ORDER BY 1',
      [
        { e: false, n: 3 },
        { e: true, n: 2 },
      ],
    ],
    ['ORDER BY', 'SELECT id FROM t ORDER BY is_even(id) DESC, id', [2, 4, 1, 3, 5].map((id) => ({ id }))],
    [
      'the keys of a join',
      'SELECT a.id AS x, b.id AS y FROM t a JOIN t b ON double(a.id) = double(b.id) AND is_even(a.id) ORDER BY 1',
      [
        { x: 2, y: 2 },
        { x: 4, y: 4 },
      ],
    ],
    ['another join condition', 'SELECT count(*) AS n FROM t a JOIN t b ON double(a.id) < b.id', [{ n: 4 }]],
    ['an aggregate', 'SELECT sum(double(v)) AS s FROM t WHERE id < 5', [{ s: 7.5 }]],
    ['the FILTER of an aggregate', 'SELECT count(*) FILTER (WHERE is_even(id)) AS n FROM t', [{ n: 2 }]],
    [
      'a window',
      'SELECT id, sum(double(id)) OVER (PARTITION BY is_even(id) ORDER BY id) AS s FROM t ORDER BY id',
      [2, 4, 8, 12, 18].map((s, i) => ({ id: i + 1, s })),
    ],
    ['HAVING', 'SELECT id % 2 AS k FROM t GROUP BY id % 2 HAVING is_even(count(*))', [{ k: 0 }]],
    [
      'a subquery',
      'SELECT id FROM t WHERE id IN (SELECT CAST(double(id) AS BIGINT) FROM t) ORDER BY id',
      [{ id: 2 }, { id: 4 }],
    ],
    [
      'CASE',
      'SELECT CASE WHEN is_even(id) THEN double(id) ELSE 0 END AS c FROM t ORDER BY id',
      [0, 4, 0, 8, 0].map((c) => ({ c })),
    ],
    ['a query without rows', 'SELECT double(v) AS d FROM t WHERE id > 9', []],
    ['a query with one row', 'SELECT shout(s) AS s FROM t WHERE id = 1', [{ s: 'A!' }]],
    [
      'UNION',
      "SELECT shout('a') AS s UNION ALL SELECT shout(s) FROM t WHERE id = 5 ORDER BY 1",
      [{ s: 'A!' }, { s: 'X Y!' }],
    ],
  ])('works in %s', async (_, query, expected) => {
    expect(await sql(query)).toEqual(expected);
  });

  it('works in views and in writes', async () => {
    await ctx.registerView('doubled', t.select('id', double(col('v')).alias('d')));
    expect(await sql('SELECT d FROM doubled WHERE id = 4')).toEqual([{ d: 4.5 }]);
    expect(await t.select('id', shout(col('s')).alias('s')).writeParquet(temp('shouted.parquet'))).toBe(5);
    expect(await (await ctx.readParquet(temp('shouted.parquet'))).filter("s = 'SS🌍!'").count()).toBe(1);
  });

  it('works in expressions without registration', async () => {
    const add = udf(
      { name: 'not_registered', args: ['Int64', 'Int64'], returns: 'Int64', skipNulls: true },
      (a, b) => a + b,
    );
    expect(await t.aggregate([], f.sum(add(col('id'), lit(1))).alias('s')).toArray()).toEqual([{ s: 20n }]);
    expect((await rejected(ctx.sql('SELECT not_registered(1, 2)'))).code).toBe('PLAN');
  });

  it('works in expressions with the name of a built-in function', async () => {
    for (const name of ['sum', 'row_number', 'upper']) {
      const own = udf({ name, args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => x + 1n);
      expect(
        await t
          .filter('id = 1')
          .select(own(col('id')).alias('n'))
          .toArray(),
        name,
      ).toEqual([{ n: 2n }]);
    }
  });

  it('can be replaced and deregistered', async () => {
    ctx.registerUdf(udf({ name: 'changes', args: [], returns: 'Utf8' }, () => 'one'));
    expect(await sql('SELECT changes() AS s')).toEqual([{ s: 'one' }]);
    ctx.registerUdf(udf({ name: 'changes', args: [], returns: 'Utf8' }, () => 'two'));
    expect(await sql('SELECT changes() AS s')).toEqual([{ s: 'two' }]);
    expect(ctx.udfs()).toContain('changes');
    expect(ctx.deregisterUdf('changes')).toBe(true);
    expect((await rejected(ctx.sql('SELECT changes()'))).code).toBe('PLAN');
  });
});

describe('a batch UDF', () => {
  it('can read numbers as typed arrays', async () => {
    const scaled = udf(
      { name: 'scaled', args: ['Float64'], returns: 'Float64', batch: true, captures: { factor: 3 } },
      (values) => (values.toArray() as Float64Array).map((value) => value * factor),
    );
    const [{ s }] = (await ctx
      .sql('SELECT CAST(value AS DOUBLE) AS x FROM range(0, 20000)')
      .then((df) => df.aggregate([], f.sum(scaled(col('x'))).alias('s')).toArray())) as [{ s: number }];
    expect(s).toBe(3 * (19_999 * 10_000));
  });

  it('takes vectors and returns arrays or vectors', async () => {
    const lengths = udf(
      { name: 'lengths', args: ['Utf8', 'Int64'], returns: 'Int32', batch: true },
      (texts, ids, { rows }) =>
        Array.from({ length: rows }, (_, i) =>
          texts.get(i) === null ? null : Number(ids.get(i)) * 100 + (texts.get(i) as string).length,
        ),
    );
    const same = udf({ name: 'same', args: ['Utf8'], returns: 'Utf8', batch: true }, (texts) => texts as never);
    const rows = await t
      .sort('id')
      .select(lengths(col('s'), col('id')).alias('n'), same(col('s')).alias('s'))
      .toArray();
    expect(rows).toEqual([
      { n: 101, s: 'a' },
      { n: 203, s: 'ß🌍' },
      { n: null, s: null },
      { n: 400, s: '' },
      { n: 503, s: 'x y' },
    ]);
  });

  it('fails with UDF if it returns the wrong number of values', async () => {
    const short = udf({ name: 'short', args: ['Int64'], returns: 'Int64', batch: true }, () => [1n]);
    const error = await rejected(t.select(short(col('id'))).collect());
    expect(error).toMatchObject({ code: 'UDF', message: expect.stringMatching(/1 values for \d rows/u) });
  });
});

describe('an async UDF', () => {
  it('runs for several rows at a time', async () => {
    const slow = udf(
      { name: 'slow', args: ['Int64'], returns: 'Int64', skipNulls: true, concurrency: 4 },
      async (x) => {
        await new Promise((resolve) => setTimeout(resolve, Number(x)));
        return x + 1n;
      },
    );
    expect(
      await t
        .sort('id')
        .select(slow(col('id')).alias('n'))
        .toArray(),
    ).toEqual([2n, 3n, 4n, 5n, 6n].map((n) => ({ n })));
  });

  it('reports the row that failed', async () => {
    const fails = udf({ name: 'fails', args: ['Int64'], returns: 'Int64', showArguments: true }, async (x) => {
      await null;
      if (x === 3n) throw new Error('three');
      return x;
    });
    const error = await rejected(t.select(fails(col('id'))).collect());
    expect(error).toMatchObject({
      code: 'UDF',
      message: expect.stringMatching(/three \(row \d of a batch, called with \("3"\)/u),
    });
  });
});

describe('an async UDF with a signal', () => {
  it('is aborted when another row fails', async () => {
    const aborted = udf({ name: 'aborted', args: ['Int64'], returns: 'Utf8' }, async (id, { signal }) => {
      if (id === 3n) throw new Error('three');
      return await new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => {
          console.log('told', id);
          reject(signal.reason);
        });
      });
    });
    const told = new Promise<string>((resolve) => ctx.onUdfLog(({ text }) => resolve(text)));
    const error = await rejected(t.select(aborted(col('id'))).collect());
    expect(error).toMatchObject({ code: 'UDF', message: expect.stringContaining('three') });
    expect(await told).toMatch(/^told \dn$/u);
  });

  it('receives the signal after its arguments, however it declares its parameters', async () => {
    const options = { args: ['Int64'], returns: 'Boolean' } as const;
    const told = udf({ name: 'told', ...options }, async (_, { signal } = {} as never) => signal?.aborted === false);
    const rest = udf({ name: 'rest', ...options }, async (...all) => all.length === 2 && !all[1].signal.aborted);
    expect(
      await t
        .select(told(col('id')).alias('a'), rest(col('id')).alias('b'))
        .limit(1)
        .toArray(),
    ).toEqual([{ a: true, b: true }]);
  });

  it('ends with its thread if it ignores the signal', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const left = once(server, 'connection').then(([socket]) => once(socket, 'close'));
    const { port } = server.address() as AddressInfo;
    const deaf = udf({ name: 'deaf', args: ['Int64'], returns: 'Int64', captures: { port } }, async (id) => {
      if (id === 2n) throw new Error('no two');
      await fetch(`http://127.0.0.1:${port}`);
      return id;
    });
    expect(await rejected(t.select(deaf(col('id'))).collect())).toMatchObject({
      message: expect.stringContaining('no two'),
    });
    await left;
    server.close();
  });

  it('closes its connection when the query is cancelled', async () => {
    const server = createServer();
    const asked = once(server, 'request') as Promise<[IncomingMessage]>;
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const ask = udf(
      { name: 'ask', args: ['Int64'], returns: 'Utf8', captures: { port } },
      async (id, { signal }) => await (await fetch(`http://127.0.0.1:${port}/${id}`, { signal })).text(),
    );
    const stop = new AbortController();
    const query = failure(
      t
        .limit(1)
        .select(ask(lit(7n)))
        .collect({ signal: stop.signal }),
    );
    const [{ url, socket }] = await asked;
    const left = once(socket, 'close');
    stop.abort();
    expect(await query).toMatchObject({ name: 'AbortError' });
    await left;
    expect(url).toBe('/7');
    server.closeAllConnections();
    server.close();
  });

  it('does not affect the result of the next query after it failed', async () => {
    const slow = udf(
      { name: 'slow', args: ['Int64'], returns: 'Int32', batch: true, batchSize: 1, concurrency: 2 },
      async (ids, { out }) => {
        if (ids.get(0) === 1n) throw new Error('one');
        await new Promise((resolve) => setTimeout(resolve, ids.get(0) === 2n ? 150 : 300));
        return out.fill(Number(ids.get(0)));
      },
    );
    const ids = await ctx.fromColumns({ id: [1, 2] });
    expect((await rejected(ids.select(slow(col('id'))).collect())).message).toContain('one');
    const others = await ctx.fromColumns({ id: [5, 6] });
    const made = await others
      .select(slow(col('id')).alias('n'))
      .sort('n')
      .toArray();
    expect(made).toEqual([{ n: 5 }, { n: 6 }]);
  });

  it('receives at most batchSize rows', async () => {
    const sizes = udf(
      { name: 'sizes', args: ['Int64'], returns: 'Int32', batch: true, batchSize: 100, concurrency: 3 },
      async (ids, { rows, signal, out }) => {
        signal.throwIfAborted();
        await null;
        if (ids.length !== rows) throw new Error(`${ids.length} values, ${rows} rows`);
        return out.fill(rows);
      },
    );
    ctx.registerUdf(sizes);
    expect(await sql('SELECT sizes(value) AS n, count(*) AS c FROM range(0, 1050) GROUP BY 1 ORDER BY 1')).toEqual([
      { n: 50, c: 50 },
      { n: 100, c: 1000 },
    ]);
    expect(thrown(() => udf({ name: 'f', args: ['Int64'], returns: 'Int64', batchSize: 2 }, (x) => x))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('batchSize'),
    });
  });

  it('can return the vectors of a batch in parts', async () => {
    const same = udf(
      { name: 'same', args: ['Timestamp(µs)'], returns: 'Timestamp(µs)', batch: true, batchSize: 2 },
      async (at) => at,
    );
    const at = [1_700_000_000_123_456n, null, 5n, -1n, 0n];
    const df = await ctx.fromRows(
      at.map((value, id) => ({ id, at: value })),
      new Schema([new Field('id', new Int64()), new Field('at', new TimestampMicrosecond(), true)]),
    );
    const rows = df.sort('id').select(same(col('at')).alias('at'));
    expect((await rows.toColumns({ timestamp: 'bigint' }))['at']).toEqual(at);
  });

  it('can have an extra parameter, unlike a synchronous UDF', () => {
    expect(thrown(() => udf({ name: 'f', args: ['Int64'], returns: 'Int64' }, (x, _info) => x))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('2 parameters'),
    });
  });
});

describe('an error of a UDF', () => {
  it('has its source file in the stack', async () => {
    const half = udf(
      { name: 'half', args: ['Int64'], returns: 'Int64', skipNulls: true, captures: { refuse } },
      (id) => (id % 2n === 0n ? id / 2n : refuse(id)),
    );
    const { cause } = await rejected(t.select(half(col('id'))).collect());
    const file = new URL(import.meta.url).href;
    expect((cause as Error).stack).toContain(file);
  });
});

describe('the output of a UDF', () => {
  const talks = udf({ name: 'talks', args: ['Int64'], returns: 'Int64' }, (id) => {
    if (id === 2n) console.error('two\nlines');
    else console.log('row', id);
    return id;
  });

  it('reaches listeners with its job, stage and task', async () => {
    const heard = new Map<string, UdfLogEntry>();
    const all = new Promise<() => void>((resolve) => {
      const end = ctx.onUdfLog((entry) => {
        if (entry.udf === 'talks' && heard.set(entry.text, entry).size === 5) resolve(end);
      });
    });
    await t.select(talks(col('id'))).collect();
    const end = await all;
    expect([...heard.keys()].sort()).toEqual(['row 1n', 'row 3n', 'row 4n', 'row 5n', 'two\nlines']);
    expect(heard.get('two\nlines')).toMatchObject({ udf: 'talks', stream: 'stderr' });
    const { jobId, stageId, taskId, stream } = heard.get('row 1n') as UdfLogEntry;
    expect(stream).toBe('stdout');
    expect([typeof jobId, typeof stageId, typeof taskId]).toEqual(
      LOCAL ? ['undefined', 'undefined', 'undefined'] : ['string', 'number', 'number'],
    );
    end();
    heard.clear();
    const other = new Promise((resolve) => ctx.onUdfLog(resolve));
    await t
      .limit(1)
      .select(talks(col('id')))
      .collect();
    await other;
    expect(heard.size).toBe(0);
  });

  it('causes a warning when a listener throws', async () => {
    const warnings = on(process, 'warning');
    const end = ctx.onUdfLog(() => {
      throw new Error('a listener threw');
    });
    await t
      .limit(1)
      .select(talks(col('id')))
      .collect();
    for await (const [{ message }] of warnings) if (message === 'a listener threw') break;
    end();
    expect(thrown(() => ctx.onUdfLog(1 as never))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('the code of a UDF', () => {
  it('can be larger than a message and is sent once to each executor', async () => {
    const weights = new Float64Array(2_500_000).fill(2);
    const heavy = udf(
      { name: 'heavy', args: ['Int64'], returns: 'Float64', skipNulls: true, captures: { weights } },
      (id) => Number(id) * (weights[Number(id)] as number),
    );
    ctx.registerUdf(heavy);
    for (let i = 0; i < 3; i++) expect(await sql('SELECT sum(heavy(id)) AS s FROM t')).toEqual([{ s: 30 }]);
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

describe('argument and result types', () => {
  const VALUES: [type: string, sql: string][] = [
    ['Boolean', 'true'],
    ['Int8', '-128'],
    ['Int16', '-32768'],
    ['Int32', '-2147483648'],
    ['Int64', '9223372036854775807'],
    ['UInt8', '255'],
    ['UInt16', '65535'],
    ['UInt32', '4294967295'],
    ['UInt64', '18446744073709551615'],
    ['Float32', '1.5'],
    ['Float64', "'NaN'"],
    ['Utf8', "'Größe 🌍'"],
    ['LargeUtf8', "'x'"],
    ['Binary', "X'00ff'"],
    ['Decimal128(20, 3)', "'-12345678901234567.891'"],
    ['Date32', "'2024-02-29'"],
    ['Timestamp(ms)', "'2024-02-29T12:34:56.789'"],
    ['Timestamp(ms, "UTC")', "'1969-12-31T23:59:59.999Z'"],
    ['Time32(s)', "'23:59:59'"],
    ['Time64(µs)', "'23:59:59.123456'"],
    ['Time64(ns)', "'00:00:00.000000001'"],
    ['Interval(MonthDayNano)', "'1 month 2 days 3 seconds'"],
    ['Duration(ms)', '5'],
    ['Dictionary(Int32, Utf8)', "'x'"],
    ['FixedSizeBinary(2)', "X'00ff'"],
    ['LargeBinary', "X'00ff'"],
    ['Date64', "'2024-02-29'"],
  ];

  it.each(VALUES)('include %s', async (type, value) => {
    const same = udf({ name: 'same', args: [type], returns: type }, (x: unknown) => x);
    const given = await ctx.sql(
      `SELECT arrow_cast(${value}, '${type.replaceAll("'", "''")}') AS x UNION ALL SELECT NULL`,
    );
    const [plain, through] = await Promise.all([given.toArray(), given.select(same(col('x')).alias('x')).toArray()]);
    expect(new Set(through.map(String))).toEqual(new Set(plain.map(String)));
    expect(through).toEqual(expect.arrayContaining(plain));
  });

  const COLUMNS: [type: string, sql: string][] = [
    ['Float16', 'v'],
    ['Float32', 'v'],
    ['Decimal32(9, 2)', 'id'],
    ['Decimal64(18, 2)', 'id'],
    ['Decimal256(60, 2)', 'id'],
    ['Utf8View', 's'],
    ['BinaryView', "arrow_cast(s, 'Binary')"],
    ['Timestamp(s)', 'id'],
    ['Timestamp(ns)', 'id'],
    ['Timestamp(µs, "Europe/Berlin")', 'id'],
    ['Time32(ms)', "arrow_cast('12:00:01.5', 'Time32(ms)')"],
    ['Duration(ns)', 'id'],
    ['Dictionary(UInt8, LargeUtf8)', 's'],
    ['RunEndEncoded("run_ends": non-null Int32, "values": Utf8)', 's'],
    ['LargeList(Int64)', '[id, NULL]'],
    ['FixedSizeList(2 x Int64)', '[id, NULL]'],
    ['ListView(Int64)', '[id, NULL]'],
    ['List(Utf8View)', '[s, NULL]'],
    ['Null', 'NULL'],
  ];

  it.each(COLUMNS)('include %s in a column', async (type, value) => {
    const same = udf({ name: 'same', args: [type], returns: type }, (x: unknown) => x);
    const given = await ctx.sql(
      `SELECT id, arrow_cast(${value}, '${type.replaceAll("'", "''")}') AS x FROM t WHERE id < 4 ORDER BY id`,
    );
    expect(
      await given
        .select('id', same(col('x')).alias('x'))
        .sort('id')
        .toArray(),
    ).toEqual(await given.toArray());
  });

  it.each([
    ['List', '[1, NULL, 3]'],
    ['Struct', "named_struct('a', 1, 'b', ['x', NULL])"],
    ['Map', "map(['k'], [1])"],
  ])('include %s', async (_, value) => {
    const given = await ctx.sql(`SELECT ${value} AS x UNION ALL SELECT NULL`);
    const type = given.schema().fields[0]?.type as never;
    const same = udf({ name: 'same', args: [type], returns: type }, (x) => x as never);
    const through = await given.select(same(col('x')).alias('x')).toArray();
    expect(through).toEqual(expect.arrayContaining(await given.toArray()));
  });
});

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
});
