import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { case_, when } from '../../../src/expr/builders/case.js';
import { GroupingSet } from '../../../src/expr/builders/grouping.js';
import { lambda, lambdaVar } from '../../../src/expr/builders/lambda.js';
import { placeholder } from '../../../src/expr/builders/placeholder.js';
import { exists, outerRef, scalarSubquery } from '../../../src/expr/builders/subquery.js';
import { col, Expr, lit, litWithMetadata } from '../../../src/expr/expr.js';
import { Window } from '../../../src/expr/window.js';
import { callFunction } from '../../../src/functions/call/call.js';
import { expr } from '../../../src/sql/expr-tag.js';

const [a, b, c] = [col('a'), col('b'), col('c')];
const sum = callFunction('sum', a);
const frame = { toSql: () => 'SELECT x FROM t' };
const encoded = new Expr({ kind: 'encoded', bytes: '', text: 'a AND b' });

describe('precedence', () => {
  it.each<[Expr, string]>([
    [a.add(b).add(c), 'a + b + c'],
    [a.add(b.add(c)), 'a + (b + c)'],
    [a.sub(b.sub(c)), 'a - (b - c)'],
    [a.sub(b).sub(c), 'a - b - c'],
    [a.add(b).mul(c), '(a + b) * c'],
    [a.mul(b).add(c), 'a * b + c'],
    [a.div(b.mul(c)), 'a / (b * c)'],
    [a.mod(b).div(c), 'a % b / c'],
    [a.bitAnd(b).bitOr(c), 'a & b | c'],
    [a.bitOr(b).bitAnd(c), '(a | b) & c'],
    [a.bitXor(b.bitAnd(c)), 'a ^ b & c'],
    [a.bitXor(b).shiftLeft(c), 'a ^ b << c'],
    [a.shiftRight(b.bitXor(c)), 'a >> (b ^ c)'],
    [a.add(b).bitAnd(c), 'a + b & c'],
    [a.bitAnd(b).add(c), '(a & b) + c'],
    [a.add(1).eq(b.mul(2)), 'a + 1 = b * 2'],
    [a.eq(b).eq(c), '(a = b) = c'],
    [a.lt(b).isNull(), '(a < b) IS NULL'],
    [a.isNull().eq(b), '(a IS NULL) = b'],
    [a.like('x').eq(b), "(a LIKE 'x') = b"],
    [a.like(b.eq(c)), 'a LIKE (b = c)'],
    [a.matches('x').isTrue(), "(a ~ 'x') IS TRUE"],
    [a.between(b.eq(c), 1), 'a BETWEEN (b = c) AND 1'],
    [a.between(1, b.and(c)), 'a BETWEEN 1 AND (b AND c)'],
    [a.inList([b.or(c)]), 'a IN (b OR c)'],
    [a.eq(1).inList([true]), '(a = 1) IN (true)'],
    [a.and(b).or(c), 'a AND b OR c'],
    [a.or(b).and(c), '(a OR b) AND c'],
    [a.and(b.and(c)), 'a AND (b AND c)'],
    [a.or(b).not(), 'NOT (a OR b)'],
    [a.not().or(b), 'NOT a OR b'],
    [a.and(b.not()), 'a AND NOT b'],
    [a.not().eq(b), '(NOT a) = b'],
    [a.not().isNull(), '(NOT a) IS NULL'],
    [a.isNull().not(), 'NOT a IS NULL'],
    [a.not().not(), 'NOT NOT a'],
    [a.isDistinctFrom(b).and(c), '(a IS DISTINCT FROM b) AND c'],
    [a.isDistinctFrom(b.and(c)), 'a IS DISTINCT FROM (b AND c)'],
    [a.isNotDistinctFrom(b).not(), 'NOT (a IS NOT DISTINCT FROM b)'],
    [a.add(b).neg(), '-(a + b)'],
    [a.neg().add(b), '-a + b'],
    [a.neg().neg(), '-(-a)'],
    [lit(-1).neg(), '-(-1)'],
    [lit(-0.5).neg(), '-(-0.5)'],
    [a.sub(-1), 'a - -1'],
    [a.mul(-1), 'a * -1'],
    [a.neg().mul(b), '-a * b'],
    [a.add(b).cast('Int32').mul(2), 'CAST(a + b AS INT) * 2'],
    [encoded.or(c), '(a AND b) OR c'],
    [expr`a or b`.and(c), '(a or b) AND c'],
    [when(a, b).end().add(1), 'CASE WHEN a THEN b END + 1'],
    [exists(frame, true).eq(true), '(NOT EXISTS (SELECT x FROM t)) = true'],
    [exists(frame).and(a), 'EXISTS (SELECT x FROM t) AND a'],
    [scalarSubquery(frame).add(1), '(SELECT x FROM t) + 1'],
    [a.add(1).inSubquery(frame, true).not(), 'NOT a + 1 NOT IN (SELECT x FROM t)'],
  ])('%s', (it, text) => {
    expect(String(it)).toBe(text);
  });

  it('drops aliases inside expressions', () => {
    expect(String(a.add(1).alias('n').mul(b.alias('m')).alias('p'))).toBe('(a + 1) * b AS p');
    expect(String(callFunction('f', a.alias('n')))).toBe('f(a)');
    expect(String(a.alias('n').asc())).toBe('a ASC NULLS LAST');
  });
});

describe('names', () => {
  it.each([
    ['a', 'a'],
    ['_a1', '_a1'],
    ['date', 'date'],
    ['A', '"A"'],
    ['1a', '"1a"'],
    ['a b', '"a b"'],
    ['a.b', '"a.b"'],
    ['a"b', '"a""b"'],
    ["it's", `"it's"`],
    ['é', '"é"'],
    ['*', '"*"'],
    ['count(*)', '"count(*)"'],
    ['order', '"order"'],
    ['null', '"null"'],
    ['current_date', '"current_date"'],
  ])('%s', (name, text) => {
    expect(String(col(name))).toBe(text);
    expect(String(col('x').alias(name))).toBe(`x AS ${text}`);
    expect(String(col('x', name.replace('.', '')))).toBe(`${text.replace('.', '')}.x`.replace('"ab"', 'ab'));
    expect(String(outerRef(name, 'Int32'))).toBe(text);
    expect(String(lambdaVar(name))).toBe(text);
  });

  it.each([
    ['abs', 'abs(a)'],
    ['myFn', '"myFn"(a)'],
    ['struct', '"struct"(a)'],
    ['substring', '"substring"(a)'],
    ['spark.abs', 'spark.abs(a)'],
    ['spark.Abs', '"spark.Abs"(a)'],
    ['spark.case', '"spark.case"(a)'],
    ['substr', 'substr(a)'],
    ['spark.substr', '"spark.substr"(a)'],
    ['spark.ceil', '"spark.ceil"(a)'],
  ])('function name: %s', (name, text) => {
    expect(String(callFunction(name, a))).toBe(text);
  });

  it('relation names are split at dots', () => {
    expect(String(col('x', 'cat.My Schema.t'))).toBe('cat."My Schema".t.x');
    expect(String(outerRef('x', 'Int32', 'order'))).toBe('"order".x');
  });
});

describe('literals', () => {
  it.each<[Expr, string]>([
    [lit(null), 'NULL'],
    [lit(true), 'true'],
    [lit(-5), '-5'],
    [lit(2n ** 64n - 1n), '18446744073709551615'],
    [lit(0.1), '0.1'],
    [lit(1e21), '1e+21'],
    [lit(1e-7), '1e-7'],
    [lit(2 ** 53), '9007199254740992.0'],
    [lit(-(2 ** 53)), '-9007199254740992.0'],
    [lit(1e20), '100000000000000000000.0'],
    [lit(-0), '-0.0'],
    [lit(Number.NaN), "CAST('NaN' AS DOUBLE)"],
    [lit(-Infinity), "CAST('-Infinity' AS DOUBLE)"],
    [lit(''), "''"],
    [lit("'; drop table t --"), "'''; drop table t --'"],
    [lit('a\\n\n'), "'a\\n\n'"],
    [lit(new Uint8Array()), "X''"],
    [lit(Uint8Array.of(0, 255)), "X'00ff'"],
    [lit(new Date(0)), `arrow_cast('1970-01-01T00:00:00.000Z', 'Timestamp(ms, "UTC")')`],
    [lit(new Date(Date.UTC(10_000, 0))), `arrow_cast(253402300800000, 'Timestamp(ms, "UTC")')`],
    [lit(new Date(8.64e15)), `arrow_cast(8640000000000000, 'Timestamp(ms, "UTC")')`],
    [lit(1, 'Int32'), 'CAST(1 AS INT)'],
    [lit(1, 'UInt8'), 'CAST(1 AS TINYINT UNSIGNED)'],
    [lit('x', 'Utf8'), "arrow_cast('x', 'Utf8')"],
    [lit('1 day', 'Interval(MonthDayNano)'), "arrow_cast('1 day', 'Interval(MonthDayNano)')"],
    [lit(2n ** 100n, 'Decimal128(38, 0)'), "CAST('1267650600228229401496703205376' AS DECIMAL(38, 0))"],
    [lit(1, 'Decimal128(3, -2)'), "arrow_cast(1, 'Decimal128(3, -2)')"],
    [litWithMetadata(-1, { unit: "m'" }), "with_metadata(-1, 'unit', 'm''')"],
    [litWithMetadata(-1, {}), '-1'],
    [a.tryCast('Int8'), 'TRY_CAST(a AS TINYINT)'],
    [a.tryCast('Struct("it\'s": Int8)'), `arrow_try_cast(a, 'Struct("it''s": Int8)')`],
  ])('%s', (it, text) => {
    expect(String(it)).toBe(text);
  });
});

describe('other expressions', () => {
  it.each<[Expr, string]>([
    [callFunction('count'), 'count(*)'],
    [callFunction('now'), 'now()'],
    [sum.distinct(), 'sum(DISTINCT a)'],
    [sum.filter('b > 1').orderBy('c'), 'sum(a ORDER BY c ASC NULLS LAST) FILTER (WHERE b > 1)'],
    [sum.nullTreatment('ignore').over({}), 'sum(a) IGNORE NULLS OVER ()'],
    [sum.over(Window.partitionBy('b', c)), 'sum(a) OVER (PARTITION BY b, c)'],
    [
      sum.over(Window.partitionBy('b').orderBy(c.desc()).rowsBetween(-1, Infinity)),
      'sum(a) OVER (PARTITION BY b ORDER BY c DESC NULLS FIRST ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)',
    ],
    [
      case_(a.add(1)).when(1, 'x').when(b, 'y').otherwise(null),
      "CASE a + 1 WHEN 1 THEN 'x' WHEN b THEN 'y' ELSE NULL END",
    ],
    [a.inList([]), 'false'],
    [a.inList([], true).not(), 'NOT true'],
    [GroupingSet.rollup('a', b.add(1)), 'ROLLUP (a, b + 1)'],
    [GroupingSet.cube('a', 'B'), 'CUBE (a, "B")'],
    [GroupingSet.groupingSets(['a', 'b'], ['a'], []), 'GROUPING SETS ((a, b), (a), ())'],
    [placeholder('$1').add(placeholder('$n')), '$1 + $n'],
    [lambda((x) => x.mul(2)), 'x -> x * 2'],
    [lambda(['k', 'v'], lambdaVar('v').gt(lambdaVar('k'))), '(k, v) -> v > k'],
    [a.get('f').get(0).get(-1), "array_element(array_element(get_field(a, 'f'), 1), -1)"],
  ])('%s', (it, text) => {
    expect(String(it)).toBe(text);
  });
});

describe('inspect', () => {
  it('shows the class and the SQL', () => {
    expect(inspect(a.add(1))).toBe('Expr(a + 1)');
    expect(inspect({ key: a.desc() })).toBe('{ key: SortExpr(a DESC NULLS FIRST) }');
    expect(inspect(GroupingSet.rollup('a'))).toBe('Expr(ROLLUP (a))');
  });

  it('shows the error of a subquery that has no SQL', () => {
    const broken = exists({
      toSql: () => {
        throw new Error('no SQL for it');
      },
    });
    expect(inspect(broken)).toBe('Expr(<no SQL for it>)');
    expect(() => String(broken)).toThrow('no SQL for it');
  });
});
