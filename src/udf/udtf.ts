/**
 * Table functions of TypeScript that run on an executor.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
import type { ConvertOptions } from '../arrow/values.js';
import { resolve, type SettingTable } from '../config/settings.js';
import { invalid } from '../errors.js';
import { describe } from '../params.js';
import { codeOf, type DefinedFunction, describeFunction, FUNCTION_SETTINGS, moduleOf } from './define.js';
import { hashOf } from './hash.js';
import type { Captures } from './source.js';
import type { Int64As, TableGenerator } from './types.js';

/** Options of {@link udtf} and {@link udtf.fromModule}. */
export interface UdtfModuleOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends Readonly<Record<string, TypeLike>> = Readonly<Record<string, TypeLike>>,
  I extends Int64As = Int64As,
> extends Pick<ConvertOptions, 'decimal' | 'timestamp' | 'date'> {
  /** Its name in SQL. Names without quotes are lower case there. */
  name: string;
  /** The Arrow types of its arguments; what fits them is cast. */
  args: A;
  /** The columns of its rows: Arrow types by name. */
  returns: R;
  /** How 64-bit integers come. Default `'bigint'`. */
  int64?: I;
  /** How long all of its rows may take, in milliseconds; then its thread is ended. Default none. */
  timeoutMs?: number;
}

/** Options of {@link udtf}. */
export interface UdtfOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends Readonly<Record<string, TypeLike>> = Readonly<Record<string, TypeLike>>,
  I extends Int64As = Int64As,
> extends UdtfModuleOptions<A, R, I> {
  /** Values from around the function that it uses, by their names. Default none. */
  captures?: Captures;
}

const { volatility: _volatile, ...SETTINGS }: SettingTable = FUNCTION_SETTINGS;

/** A table function of TypeScript, for {@link SessionContext.registerUdtf}. */
export interface TableUdf extends DefinedFunction {}

/**
 * Makes a generator of TypeScript a table function of the engine: SQL calls it in FROM, and it runs on an executor.
 *
 * Its arguments are constants. It is ended as soon as it has given the rows that a LIMIT wants, and the columns that a query
 * does not want are not kept. Its rows are sent on when it has ended, so they have to fit the memory of its thread. From
 * DataFusion's `TableFunction`.
 *
 * @param fn - called with the arguments; gives rows as objects, by `yield` or in an array. It may be `async`
 * @throws BallistaError `INVALID_ARGUMENT`; queries that call it, `UDF`
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
export function udtf<
  const A extends readonly TypeLike[],
  const R extends Readonly<Record<string, TypeLike>>,
  const I extends Int64As = 'bigint',
>(options: UdtfOptions<A, R, I>, fn: TableGenerator<A, R, I>): TableUdf {
  const { captures, ...given } = resolve<UdtfOptions>('udtf', SETTINGS, options as UdtfOptions);
  return table(given, codeOf('udtf', given.name, fn, captures), 'default');
}

/**
 * As {@link udtf}, of a generator that a module exports: see {@link udf.fromModule}.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
udtf.fromModule = async (url: string | URL, name: string, options: UdtfModuleOptions): Promise<TableUdf> => {
  const { captures: _, ...settings } = SETTINGS;
  const given = resolve<UdtfModuleOptions>('udtf.fromModule', settings, options);
  return table(given, await moduleOf('udtf', given.name, url, name), name);
};

function table({ returns, ...given }: UdtfModuleOptions, code: string, from: string): TableUdf {
  const where = `udtf ${given.name}: returns`;
  const columns = typeof returns === 'object' && returns !== null ? Object.entries(returns) : [];
  if (columns.length === 0)
    throw invalid(`${where} must be the types of columns by their names, not ${describe(returns)}`);
  const fields = columns.map(([name, type]) => {
    // Names of types have no way to write these.
    if (/["\\]/u.test(name)) throw invalid(`${where}: the column ${name} has a quote or a backslash in its name`);
    return `"${name}": ${toTypeName(type, `${where}.${name}`)}`;
  });
  const definition = describeFunction(
    'udtf',
    { ...given, returns: `Struct(${fields.join(', ')})`, volatility: 'volatile' },
    { kind: 'table', gathers: false, code, from },
  );
  return Object.freeze({ name: given.name, codeHash: hashOf(code), definition });
}
