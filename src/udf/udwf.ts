/**
 * User-defined window functions in TypeScript, run on the executors.
 *
 * @module
 */

import type { TypeLike } from '../arrow/type-name.js';
import type { Operand } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { resolve, type SettingTable } from '../input/settings.js';
import { callerOf } from './code/origin.js';
import {
  CAPTURE_SETTINGS,
  type CaptureOptions,
  codeOf,
  type DefinedFunction,
  define,
  FUNCTION_SETTINGS,
  type FunctionOptions,
  moduleOf,
} from './define.js';
import type { Volatility } from './definition.js';
import type { BatchFunction, Int64As, PartitionFunction } from './types.js';

/** Options of {@link udwf} and {@link udwf.fromModule}. */
export interface UdwfModuleOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends TypeLike = TypeLike,
  I extends Int64As = Int64As,
  B extends boolean = boolean,
> extends FunctionOptions<A, R, I> {
  /** See {@link UdfModuleOptions.volatility}. Default `'immutable'`. */
  volatility?: Volatility;
  /** Whether columns are passed as apache-arrow vectors instead of arrays. Default `false`. */
  batch?: B;
}

/** Options of {@link udwf}. */
export interface UdwfOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends TypeLike = TypeLike,
  I extends Int64As = Int64As,
  B extends boolean = boolean,
> extends UdwfModuleOptions<A, R, I, B>,
    CaptureOptions {}

const SETTINGS: SettingTable = {
  ...FUNCTION_SETTINGS,
  batch: { type: 'boolean', default: false },
};

/** A TypeScript window UDF. Called with expressions, it returns an expression that needs `over()`. */
export interface WindowUdf extends DefinedFunction {
  (...args: Operand[]): Expr;
}

/**
 * Defines a window function (UDWF) in TypeScript. It runs on the executors.
 *
 * It is called once per partition, with the columns of the sorted rows. It returns the values of all rows, as an array or
 * another iterable, such as a generator. It ignores the frame of the window; use an aggregate made by {@link udaf} to compute
 * over frames. From DataFusion's `WindowUDF` and `PartitionEvaluator.evaluate_all`.
 *
 * @param fn - called with an array for each argument, then `{ rows }`
 * @throws BallistaError `INVALID_ARGUMENT`. Queries that call it fail with `UDF`
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, col, udwf, Window } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const session = udwf({ name: 'session', args: ['Float64'], returns: 'Int32' }, function* (times) {
 *   let [last, id] = [-Infinity, 0];
 *   for (const time of times) {
 *     if (Number(time) - last > 30) id++;
 *     last = Number(time);
 *     yield id;
 *   }
 * });
 * const clicks = await ctx.fromColumns({ at: [1, 12, 50, 61] });
 * const sessions = clicks.select('at', session(col('at')).over(Window.orderBy('at')).alias('session'));
 * console.log((await sessions.sort('at').toArray()).map((row) => row.session)); // [ 1, 1, 2, 2 ]
 * await ctx.close();
 * ```
 */
export function udwf<
  const A extends readonly TypeLike[],
  const R extends TypeLike,
  const I extends Int64As = 'bigint',
  const B extends boolean = false,
>(options: UdwfOptions<A, R, I, B>, fn: B extends true ? BatchFunction<A, R> : PartitionFunction<A, R, I>): WindowUdf {
  const { captures, ...given } = resolve<UdwfOptions>(
    'udwf',
    { ...SETTINGS, ...CAPTURE_SETTINGS },
    options as UdwfOptions,
  );
  const code = codeOf('udwf', given.name, fn, captures, callerOf(udwf));
  return define('udwf', given, { kind: 'window', gathers: true, ...code });
}

/**
 * Like {@link udwf}, with a function that a module exports; see {@link udf.fromModule}.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
udwf.fromModule = async (url: string | URL, name: string, options: UdwfModuleOptions): Promise<WindowUdf> => {
  const given = resolve<UdwfModuleOptions>('udwf.fromModule', SETTINGS, options);
  const code = await moduleOf('udwf', given.name, url, name);
  return define('udwf', given, { kind: 'window', gathers: true, ...code });
};
