/**
 * User-defined table functions in TypeScript, run on an executor.
 *
 * @module
 */

import { type TypeLike, type TypeName, toTypeName } from '../arrow/type-name.js';
import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { resolve, type SettingTable } from '../input/settings.js';
import { hashOf } from './code/hash.js';
import { callerOf } from './code/origin.js';
import {
  CAPTURE_SETTINGS,
  type CaptureOptions,
  type Code,
  codeOf,
  type DefinedFunction,
  describeFunction,
  FUNCTION_SETTINGS,
  type FunctionOptions,
  moduleOf,
} from './define.js';
import type { Columns, Int64As, TableGenerator } from './types.js';

/** Options of {@link udtf} and {@link udtf.fromModule}. */
export interface UdtfModuleOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends Columns = Columns,
  I extends Int64As = Int64As,
> extends FunctionOptions<A, R, I> {}

/** Options of {@link udtf}. */
export interface UdtfOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends Columns = Columns,
  I extends Int64As = Int64As,
> extends UdtfModuleOptions<A, R, I>,
    CaptureOptions {}

const { volatility: _volatile, ...SETTINGS }: SettingTable = FUNCTION_SETTINGS;

/** A TypeScript table function, for {@link SessionContext.registerUdtf}. */
export interface TableUdf extends DefinedFunction {}

/**
 * Defines a table function (UDTF) in TypeScript. SQL calls it in FROM, and it runs on an executor.
 *
 * Its arguments are constants. It is ended as soon as a LIMIT has enough rows. Columns that a query does not use are dropped.
 * Rows are sent in batches of some thousands; rows that are not yet consumed count against the memory of the executor. From
 * DataFusion's `TableFunction`.
 *
 * @param fn - called with the arguments. Yields, or returns an array of, row objects or batches (apache-arrow tables and
 * record batches); may be `async`
 * @throws BallistaError `INVALID_ARGUMENT`. Queries that call it fail with `UDF`
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, udtf } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const days = udtf({ name: 'days', args: ['Utf8', 'Int32'], returns: { day: 'Date32', weekend: 'Boolean' } }, function* (from, n) {
 *   for (let i = 0; i < (n ?? 0); i++) {
 *     const day = new Date(Date.parse(from ?? '') + i * 86_400_000);
 *     yield { day, weekend: day.getUTCDay() % 6 === 0 };
 *   }
 * });
 * ctx.registerUdtf(days);
 * console.log(await (await ctx.sql(`SELECT count(*) AS n FROM days('2026-11-01', 30) WHERE weekend`)).toArray()); // [ { n: 9n } ]
 * await ctx.close();
 * ```
 */
export function udtf<const A extends readonly TypeLike[], const R extends Columns, const I extends Int64As = 'bigint'>(
  options: UdtfOptions<A, R, I>,
  fn: TableGenerator<A, R, I>,
): TableUdf {
  const { captures, ...given } = resolve<UdtfOptions>(
    'udtf',
    { ...SETTINGS, ...CAPTURE_SETTINGS },
    options as UdtfOptions,
  );
  return table(given, codeOf('udtf', given.name, fn, captures, callerOf(udtf)));
}

/**
 * Like {@link udtf}, with a generator that a module exports; see {@link udf.fromModule}.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
udtf.fromModule = async (url: string | URL, name: string, options: UdtfModuleOptions): Promise<TableUdf> => {
  const given = resolve<UdtfModuleOptions>('udtf.fromModule', SETTINGS, options);
  return table(given, await moduleOf('udtf', given.name, url, name));
};

function table({ returns, ...given }: UdtfModuleOptions, code: Code): TableUdf {
  const where = `udtf ${given.name}: returns`;
  const columns = typeof returns === 'object' && returns !== null ? Object.entries(returns) : [];
  if (columns.length === 0)
    throw invalid(`${where} must be an object with the type of each column by its name, not ${describe(returns)}.`);
  const fields = columns.map(([name, type]) => {
    // The syntax of type names cannot express these.
    if (/["\\]/u.test(name))
      throw invalid(`${where}: the name of the column ${name} contains a quote or a backslash. Rename the column.`);
    return `"${name}": ${toTypeName(type, `${where}.${name}`)}`;
  });
  const definition = describeFunction(
    'udtf',
    { ...given, returns: `Struct(${fields.join(', ')})` as TypeName, volatility: 'volatile' },
    { kind: 'table', gathers: false, ...code },
  );
  return Object.freeze({ name: given.name, codeHash: hashOf(code.code), definition });
}
