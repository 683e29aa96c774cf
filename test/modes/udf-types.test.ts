import { beforeAll, describe, expect, it } from 'vitest';

import type { TypeName } from '../../src/arrow/type-name.js';
import { col } from '../../src/expr/expr.js';
import { udf } from '../../src/udf/udf.js';
import { withCluster, withContext } from '../support/cluster.js';

const ctx = withContext(await withCluster());

beforeAll(async () => {
  const t = await ctx.fromColumns({ id: [1, 2, 3], v: [1.5, null, -0], s: ['a', 'ß🌍', null] });
  await ctx.registerView('t', t);
});

describe('argument and result types', () => {
  const VALUES: [type: TypeName, sql: string][] = [
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

  const COLUMNS: [type: TypeName, sql: string][] = [
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
