/**
 * User-defined scalar functions in TypeScript, run on the executors.
 *
 * @module
 */

import { isAsyncFunction } from 'node:util/types';

import type { TypeLike } from '../arrow/type-name.js';
import { invalid } from '../errors.js';
import type { Operand } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { resolve, type SettingTable } from '../input/settings.js';
import { callerOf } from './code/origin.js';
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
   * Whether equal arguments give equal results. `'immutable'`: always, so one call may serve several rows and filters may be
   * moved; `'stable'`: within a query; `'volatile'`: never. Default `'immutable'`.
   */
  volatility?: Volatility;
  /** Whether a call takes a batch of rows: columns as apache-arrow vectors, and returns a column. Default `false`. */
  batch?: B;
  /** Whether rows with a null give null without a call. Default `false`: nulls are passed as `null`. Not with `batch`. */
  skipNulls?: S;
  /** For `async` functions: how many calls of a batch run at once, each with a row or `batchSize` rows. Default 16. */
  concurrency?: number;
  /** For batch functions: the maximum rows per call, for example if a service limits them. Default: the whole batch. */
  batchSize?: number;
  /** Whether an error shows the arguments of the row that failed. Default `false`. */
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
  batch: { type: 'boolean', default: false },
  skipNulls: { type: 'boolean', default: false },
  concurrency: {
    type: 'integer',
    default: 16,
    min: 1,
    max: 65_536,
  },
  batchSize: { type: 'integer', min: 1, max: 2 ** 31 - 1 },
  showArguments: { type: 'boolean', default: false },
};

/** A TypeScript scalar UDF. Called with expressions, it returns the expression of the call. */
export interface ScalarUdf extends DefinedFunction {
  (...args: Operand[]): Expr;
}

/**
 * Defines a scalar function (UDF) in TypeScript. It runs on the executors, next to the data, in worker threads.
 *
 * Its source code is sent to each executor once. List the outer variables that it uses in `captures`; a missing one is an
 * error here, not on the executor. If an executor or the thread of the function is lost, its task runs again, so side effects
 * of the function may happen twice. From DataFusion's `ScalarUDF`.
 *
 * @param fn - called with the values of a row, or with columns if `batch` is set; may be `async`
 * @throws BallistaError `INVALID_ARGUMENT`. Queries that call it fail with `UDF`
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
      `udf ${given.name}: the function has ${fn.length} parameters, but the number of types in args is ${given.args.length}.`,
    );
  return made;
}

/**
 * Like {@link udf}, with a function that a module exports. The module is bundled with its imports, including npm packages,
 * and may be TypeScript. Needs the package `rolldown`.
 *
 * @param url - the module, such as `new URL('./score.ts', import.meta.url)`
 * @param name - the name of the export
 * @throws BallistaError `INVALID_ARGUMENT`
 */
udf.fromModule = async (url: string | URL, name: string, options: UdfModuleOptions): Promise<ScalarUdf> => {
  const given = resolve<UdfModuleOptions>('udf.fromModule', SETTINGS, options);
  return scalar(given, await moduleOf('udf', given.name, url, name), false);
};

function scalar(given: UdfModuleOptions, code: Code, gathers: boolean): ScalarUdf {
  if (given.batch && given.skipNulls)
    throw invalid(
      `udf ${given.name}: skipNulls cannot be combined with batch, because a batch function receives the nulls.`,
    );
  if (given.batchSize !== undefined && !given.batch)
    throw invalid(`udf ${given.name}: batchSize works only with batch: true. Without it, use concurrency.`);
  return define('udf', given, { kind: 'scalar', gathers, ...code });
}
