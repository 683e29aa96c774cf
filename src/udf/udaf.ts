/**
 * User-defined aggregate functions in TypeScript, run on the executors.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
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
import type { Int64As, ResultOf, RowArguments } from './types.js';

/** Options of {@link udaf.fromModule}, and of {@link udaf} in addition to its functions. */
export interface UdafModuleOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends TypeLike = TypeLike,
  S extends boolean = boolean,
  I extends Int64As = Int64As,
> extends FunctionOptions<A, R, I> {
  /** The Arrow type of the state. Default: any value that `structuredClone` copies. Numbers and strings are faster. */
  state?: TypeLike;
  /** See {@link UdfModuleOptions.volatility}. Default `'immutable'`. */
  volatility?: Volatility;
  /** Whether rows with a null are skipped. Default `false`: nulls are passed as `null`. */
  skipNulls?: S;
  /** Whether an error shows the arguments of the row that failed. Default `false`. */
  showArguments?: boolean;
}

/** The functions of an aggregate. */
export interface UdafFunctions<
  A extends readonly TypeLike[],
  R extends TypeLike,
  State,
  S extends boolean = false,
  I extends Int64As = 'bigint',
> {
  /** Returns the state of a group without rows. */
  init: () => State;
  /** Adds a row to a state. Returns the new state, or nothing if it changed the given state in place. */
  // biome-ignore lint/suspicious/noConfusingVoidType: the result of a function without return
  update: (state: State, ...args: RowArguments<A, S, I>) => State | void;
  /** Adds another state to a state. Returns a value as `update` does. */
  // biome-ignore lint/suspicious/noConfusingVoidType: the result of a function without return
  merge: (state: State, other: State) => State | void;
  /** Returns the result of a state, without changing the state. Default: the state itself. */
  finish?: (state: State) => ResultOf<R>;
  /** Removes the first row from a state. It lets sliding window frames be computed from the previous frame. Default: none. */
  // biome-ignore lint/suspicious/noConfusingVoidType: the result of a function without return
  retract?: (state: State, ...args: RowArguments<A, S, I>) => State | void;
}

/** Options of {@link udaf}, including its functions. */
export interface UdafOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends TypeLike = TypeLike,
  // biome-ignore lint/suspicious/noExplicitAny: the user's functions determine the type
  State = any,
  S extends boolean = boolean,
  I extends Int64As = Int64As,
> extends UdafModuleOptions<A, R, S, I>,
    UdafFunctions<A, R, State, S, I>,
    CaptureOptions {}

const MODULE_SETTINGS: SettingTable = {
  ...FUNCTION_SETTINGS,
  state: { type: 'any' },
  skipNulls: { type: 'boolean', default: false },
  showArguments: { type: 'boolean', default: false },
};
const SETTINGS: SettingTable = {
  ...MODULE_SETTINGS,
  ...CAPTURE_SETTINGS,
  init: { type: 'any' },
  update: { type: 'any' },
  merge: { type: 'any' },
  finish: { type: 'any' },
  retract: { type: 'any' },
};

/** A TypeScript aggregate UDF. Called with expressions, it returns the expression of the call. */
export interface AggregateUdf extends DefinedFunction {
  (...args: Operand[]): Expr;
}

/**
 * Defines an aggregate function (UDAF) in TypeScript. It runs on the executors; one call handles rows of many groups.
 *
 * Each task computes a state per group from its rows. States of the same group are then merged, in an unspecified order. Over
 * windows, one call handles all frames of a partition. It needs at least one argument. From DataFusion's `AggregateUDF` and
 * `GroupsAccumulator`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`. Queries that call it fail with `UDF`; with `NOT_IMPLEMENTED` for ORDER BY, for
 * DISTINCT next to other aggregates, and for FILTER or DISTINCT over a window
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, col, udaf } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const geomean = udaf({
 *   name: 'geomean',
 *   args: ['Float64'],
 *   returns: 'Float64',
 *   skipNulls: true,
 *   init: () => ({ logs: 0, n: 0 }),
 *   update: (state, x) => {
 *     state.logs += Math.log(x);
 *     state.n++;
 *   },
 *   merge: (a, b) => ({ logs: a.logs + b.logs, n: a.n + b.n }),
 *   finish: ({ logs, n }) => (n === 0 ? null : Number(Math.exp(logs / n).toFixed(6))),
 * });
 * const df = await ctx.fromColumns({ x: [1, 10, 100] });
 * console.log(await df.aggregate([], [geomean(col('x')).alias('g')]).toArray()); // [ { g: 10 } ]
 * await ctx.close();
 * ```
 */
export function udaf<
  const A extends readonly TypeLike[],
  const R extends TypeLike,
  State,
  const S extends boolean = false,
  const I extends Int64As = 'bigint',
>(options: UdafOptions<A, R, State, S, I>): AggregateUdf {
  const { captures, init, update, merge, finish, retract, ...given } = resolve<UdafOptions>(
    'udaf',
    SETTINGS,
    options as unknown as UdafOptions,
  );
  const parts = { init, update, merge, ...(finish && { finish }), ...(retract && { retract }) };
  return aggregate(given, codeOf('udaf', given.name, parts, captures, callerOf(udaf)));
}

/**
 * Like {@link udaf}, with an object of {@link UdafFunctions} that a module exports. The module is bundled with its imports,
 * including npm packages, and may be TypeScript. Needs the package `rolldown`.
 *
 * @param url - the module, such as `new URL('./sketch.ts', import.meta.url)`
 * @param name - the name of the export
 * @throws BallistaError `INVALID_ARGUMENT`
 */
udaf.fromModule = async (url: string | URL, name: string, options: UdafModuleOptions): Promise<AggregateUdf> => {
  const given = resolve<UdafModuleOptions>('udaf.fromModule', MODULE_SETTINGS, options);
  return aggregate(given, await moduleOf('udaf', given.name, url, name));
};

function aggregate({ state, ...given }: UdafModuleOptions, code: Code): AggregateUdf {
  if (Array.isArray(given.args) && given.args.length === 0)
    throw invalid(`udaf ${given.name}: args must contain at least one type.`);
  const typed = state !== undefined;
  const stateType = typed ? toTypeName(state, `udaf ${given.name}: state`) : 'Binary';
  return define('udaf', { ...given, typed }, { kind: 'aggregate', gathers: true, ...code, state: stateType });
}
