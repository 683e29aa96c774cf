/**
 * Functions of TypeScript that run where the data is.
 *
 * @module
 */

import { isAsyncFunction } from 'node:util/types';

import type { TypeLike } from '../arrow/type-name.js';
import { resolve, type SettingTable } from '../config/settings.js';
import { invalid } from '../errors.js';
import type { Operand } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import {
  CAPTURE_SETTINGS,
  type CaptureOptions,
  type Code,
  codeOf,
  type DefinedFunction,
  define,
  FUNCTION_SETTINGS,
  type FunctionOptions,
  moduleOf,
} from './define.js';
import type { Volatility } from './definition.js';
import { callerOf } from './origin.js';
import type { BatchFunction, Int64As, RowFunction } from './types.js';

/** Options of {@link udf} and {@link udf.fromModule}. */
export interface UdfModuleOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends TypeLike = TypeLike,
  S extends boolean = boolean,
  I extends Int64As = Int64As,
  B extends boolean = boolean,
> extends FunctionOptions<A, R, I> {
  /**
   * Whether equal arguments give equal results: `'immutable'` always, so that it may be called once for several rows, and
   * where a filter is moved to; `'stable'` within a query; `'volatile'` never. Default `'immutable'`.
   */
  volatility?: Volatility;
  /** Whether it takes a batch of rows: columns as vectors of apache-arrow, and gives a column. Default `false`. */
  batch?: B;
  /** Whether a row with a null is null without a call. Default `false`: nulls come as `null`. Not with `batch`. */
  skipNulls?: S;
  /** Of an `async` function: how many calls of a batch run at a time, each with a row or `batchSize` rows. Default 16. */
  concurrency?: number;
  /** Of a function of batches: the most rows of a call, where a service takes no more at a time. Default all of a batch. */
  batchSize?: number;
  /** Whether an error tells the arguments of the row that failed. Default `false`. */
  showArguments?: boolean;
}

/** Options of {@link udf}. */
export interface UdfOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends TypeLike = TypeLike,
  S extends boolean = boolean,
  I extends Int64As = Int64As,
  B extends boolean = boolean,
> extends UdfModuleOptions<A, R, S, I, B>,
    CaptureOptions {}

const SETTINGS: SettingTable = {
  ...FUNCTION_SETTINGS,
  batch: { type: 'boolean', default: false, doc: 'Whether it takes a batch of rows.' },
  skipNulls: { type: 'boolean', default: false, doc: 'Whether a row with a null is null without a call.' },
  concurrency: {
    type: 'integer',
    default: 16,
    min: 1,
    max: 65_536,
    doc: 'How many rows an async function has at a time.',
  },
  batchSize: { type: 'integer', min: 1, max: 2 ** 31 - 1, doc: 'The most rows of a call.' },
  showArguments: { type: 'boolean', default: false, doc: 'Whether an error tells the arguments.' },
};

/** A function of TypeScript: called with expressions it gives the expression of its call. */
export interface ScalarUdf extends DefinedFunction {
  (...args: Operand[]): Expr;
}

/**
 * Makes a function of TypeScript one of the engine: it runs on the executors, in threads of its own, next to the data.
 *
 * Its source goes to each executor once. What it uses from around it is named in `captures`; a variable that is not is an
 * error here, not there. A task runs again when its executor is lost, or the thread of the function: what it does besides
 * its result it may do twice. From DataFusion's `ScalarUDF`.
 *
 * @param fn - called with the values of a row, or with columns where `batch` is set; it may be `async`
 * @throws BallistaError `INVALID_ARGUMENT`; queries that call it, `UDF`
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, col, udf } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const initials = udf({ name: 'initials', args: ['Utf8'], returns: 'Utf8', skipNulls: true }, (name) =>
 *   name.split(' ').map((word) => word[0]).join(''),
 * );
 * ctx.registerUdf(initials);
 * console.log(await (await ctx.sql(`SELECT initials('Ada Lovelace') AS i`)).toArray()); // [ { i: 'AL' } ]
 * const people = await ctx.fromColumns({ name: ['Grace Hopper', null] });
 * console.log(await people.select(initials(col('name')).alias('i')).toArray()); // [ { i: 'GH' }, { i: null } ]
 * await ctx.close();
 * ```
 */
export function udf<
  const A extends readonly TypeLike[],
  const R extends TypeLike,
  const S extends boolean = false,
  const I extends Int64As = 'bigint',
  const B extends boolean = false,
>(options: UdfOptions<A, R, S, I, B>, fn: B extends true ? BatchFunction<A, R> : RowFunction<A, R, S, I>): ScalarUdf {
  const { captures, ...given } = resolve<UdfOptions>(
    'udf',
    { ...SETTINGS, ...CAPTURE_SETTINGS },
    options as UdfOptions,
  );
  const code = codeOf('udf', given.name, fn, captures, callerOf(udf));
  const made = scalar(given, code, !isAsyncFunction(fn));
  if (!given.batch && !isAsyncFunction(fn) && fn.length > given.args.length)
    throw invalid(
      `udf ${given.name}: its function has ${fn.length} parameters, and args has ${given.args.length} types`,
    );
  return made;
}

/**
 * As {@link udf}, of a function that a module exports: it is bundled with all that it imports, npm packages too, and may be
 * TypeScript. Needs the package `rolldown`.
 *
 * @param url - the module, as `new URL('./score.ts', import.meta.url)`
 * @param name - the name of its export
 * @throws BallistaError `INVALID_ARGUMENT`
 */
udf.fromModule = async (url: string | URL, name: string, options: UdfModuleOptions): Promise<ScalarUdf> => {
  const given = resolve<UdfModuleOptions>('udf.fromModule', SETTINGS, options);
  return scalar(given, await moduleOf('udf', given.name, url, name), false);
};

function scalar(given: UdfModuleOptions, code: Code, gathers: boolean): ScalarUdf {
  if (given.batch && given.skipNulls)
    throw invalid(`udf ${given.name}: skipNulls is for rows; a function of batches sees nulls`);
  if (given.batchSize !== undefined && !given.batch)
    throw invalid(`udf ${given.name}: batchSize is for functions of batches; rows have concurrency`);
  return define('udf', given, { kind: 'scalar', gathers, ...code });
}
