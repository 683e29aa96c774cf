import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col, type Expr } from '../../src/expr/expr.js';
import * as functions from '../../src/functions/index.js';
import * as spark from '../../src/functions/spark.js';
import { newContext, WHOLE, withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, MIXED_AVRO } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { AGGREGATE, WINDOW } from './functions/aggregate.js';
import { type Calls, TABLE } from './functions/calls.js';
import { ARRAY, NESTED } from './functions/nested.js';
import { JSON_CALLS, MATH, OTHER, STRING, TIME } from './functions/scalar.js';
import { SPARK, SPARK_AGGREGATE } from './functions/spark.js';

const { arrowMetadata, fileRowIndex, getField, inputFileName, lead, max, min, unionExtract, unionTag, withMetadata } =
  functions;

/** Makes a query whose columns are calls, as expressions and as SQL. */
type Query = (columns: Record<string, Expr | string>) => DataFrame;

const cluster = await withCluster();
// This dialect has lambdas.
const ctx = withContext(cluster, { clusterConfig: { 'datafusion.sql_parser.dialect': 'duckdb' } });

let table: DataFrame;
let namedTable: DataFrame;

beforeAll(async () => {
  // The table is cached. If it were made of literals, the client would compute the calls, not the executors.
  table = await (await ctx.sql(TABLE)).cache();
  // The table has a name. Without one, the engine takes the parameter x of a SQL lambda for the column x.
  await ctx.registerView('calls', table);
  namedTable = await ctx.table('calls');
});

const named = (columns: Record<string, Expr | string>): (Expr | string)[] =>
  Object.entries(columns).map(([name, call]) => (typeof call === 'string' ? `${call} AS "${name}"` : call.alias(name)));

const perRow: Query = (columns) => table.withColumns(columns).sort('id');
const perNamedRow: Query = (columns) => namedTable.withColumns(columns).sort('id');
const perGroup: Query = (columns) => table.aggregate('g', named(columns) as Expr[]).sort('g');

/**
 * Compares each call as an expression, as SQL and as printed SQL. If the query fails, runs each call again in its own query
 * to name the calls that fail.
 */
async function compare(calls: Calls, query: Query): Promise<void> {
  const columns = ([name, [expr, text]]: [string, readonly [Expr, string]]) => ({
    [`${name} in TypeScript`]: expr,
    [`${name} in SQL`]: text,
    [`${name} printed`]: String(expr),
  });
  const entries = Object.entries(calls);
  const answer = async (some: typeof entries) =>
    query(Object.assign({}, ...some.map(columns)) as Record<string, Expr>).toArray();
  const rows = await answer(entries).catch(async (error: unknown) => {
    const failures: string[] = [];
    for (const entry of entries) {
      await answer([entry]).catch((reason: Error) => failures.push(`${entry[0]}: ${reason.message}`));
    }
    throw failures.length > 0 ? new Error(failures.join('\n')) : error;
  });
  const values = (name: string) => rows.map((row) => row[name]);
  for (const [name] of entries) {
    const typescript = values(`${name} in TypeScript`);
    expect({ [name]: typescript }).toEqual({ [name]: values(`${name} in SQL`) });
    expect({ [name]: typescript }).toEqual({ [name]: values(`${name} printed`) });
    expect({ [name]: typescript.some((value) => value !== null) }).toEqual({ [name]: true });
  }
}

/** All tables of calls, each with the query that runs its calls. */
const TABLES: [string, Calls, Query][] = [
  ['math', MATH, perRow],
  ['string', STRING, perRow],
  ['time', TIME, perRow],
  ['json', JSON_CALLS, perNamedRow],
  ['other', OTHER, perRow],
  ['array', ARRAY, perNamedRow],
  ['map and struct', NESTED, perRow],
  ['aggregate', AGGREGATE, perGroup],
  ['window', WINDOW, perRow],
  ['spark', SPARK, perRow],
  ['spark aggregate', SPARK_AGGREGATE, perGroup],
];

/** Functions that have their own tests, and why. */
const SEPARATE: Readonly<Record<string, string>> = {
  arrowMetadata: 'executors do not see the metadata that the client sees',
  fileRowIndex: 'works only for files',
  inputFileName: 'works only for files',
  unionExtract: 'SQL cannot make a union',
  unionTag: 'SQL cannot make a union',
};

describe('functions', () => {
  it.each(TABLES)('return the same values as in SQL: %s', (_, calls, query) => compare(calls, query));

  it('read unions', async () => {
    const mixed = await ctx.readAvro(MIXED_AVRO);
    const columns = [unionTag(col('value')).alias('tag'), unionExtract(col('value'), 'long').alias('long')];
    expect(
      await mixed
        .select('id', ...columns)
        .sort('id')
        .toArray(),
    ).toEqual([
      { id: 1n, tag: 'long', long: 7n },
      { id: 2n, tag: 'string', long: null },
    ]);
  });

  it('read the name and row numbers of a file', async () => {
    // Only this optimizer rule moves the function into the scan.
    await using own = newContext(cluster, {
      clusterConfig: { 'datafusion.optimizer.enable_leaf_expression_pushdown': true },
    });
    const files = await own.readParquet(FLIGHTS);
    expect(await files.select(inputFileName().alias('name')).limit(1).toArray()).toEqual([
      { name: expect.stringMatching(/flights-3m\.parquet$/) },
    ]);
    const rows = files
      .select(fileRowIndex().alias('row'))
      .aggregate([], [min(col('row')).alias('first'), max(col('row')).alias('last')]);
    // In a plan with stages, executors cannot make a scan with this function.
    if (WHOLE) expect(await rows.toArray()).toEqual([{ first: 0n, last: 2_999_999n }]);
    else expect(await rejected(rows.collect())).toMatchObject({ code: 'JOB_FAILED' });
  });

  it('set and read metadata', async () => {
    const metres = withMetadata(col('i'), { unit: 'm' });
    expect(table.select(metres.alias('i')).schema().fields[0]?.metadata).toEqual(new Map([['unit', 'm']]));
    // Expressions lose their metadata between stages.
    const unit = await table.select(arrowMetadata(metres, 'unit').alias('unit')).limit(1).toArray();
    expect(unit).toEqual([{ unit: WHOLE ? 'm' : null }]);
  });

  it('ignore nulls in windows, if one executor runs the query', async () => {
    const next = lead(col('n'), 1, 0, { orderBy: col('id').desc(), nullTreatment: 'ignore' });
    const rows = table.select('id', next.alias('next')).sort('id');
    if (WHOLE) expect((await rows.toColumns())['next']).toEqual([0n, 1n, 2n, 3n]);
    else expect(await rejected(rows.collect())).toMatchObject({ code: 'NOT_IMPLEMENTED' });
  });

  it('read nested fields with getField', async () => {
    const fields = table.select(getField(col('st'), 'b', 'c').alias('c'), col('st').get('a').alias('a')).limit(1);
    expect(await fields.toArray()).toEqual([{ c: 'Ada Lovelace', a: -3n }]);
  });
});

it('every function has a case', () => {
  const names = (tables: readonly Calls[]) => tables.flatMap(Object.keys).map((name) => name.split(' ')[0]);
  const own = TABLES.map(([, calls]) => calls).filter((calls) => calls !== SPARK && calls !== SPARK_AGGREGATE);
  // Aliases refer to the same function.
  const missing = (all: object, called: readonly unknown[]) => {
    const done = new Set(Object.entries(all).flatMap(([name, value]) => (called.includes(name) ? [value] : [])));
    return Object.entries(all).flatMap(([name, value]) => (done.has(value) ? [] : [name]));
  };
  expect(missing(functions, [...names(own), ...Object.keys(SEPARATE)])).toEqual([]);
  expect(missing(spark, names([SPARK, SPARK_AGGREGATE]))).toEqual([]);
  expect(new Set([...Object.values(functions), ...Object.values(spark)]).size).toBeGreaterThanOrEqual(300);
});
