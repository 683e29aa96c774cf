/**
 * Aggregates of TypeScript that run where the data is.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
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
import type { Int64As, ResultOf, RowArguments } from './types.js';

/** Options of {@link udaf.fromModule}, and of {@link udaf} besides its functions. */
export interface UdafModuleOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends TypeLike = TypeLike,
  S extends boolean = boolean,
  I extends Int64As = Int64As,
> extends FunctionOptions<A, R, I> {
  /** The Arrow type of the state. Default none: any value that `structuredClone` copies. Numbers and texts are faster. */
  state?: TypeLike;
  /** See {@link UdfModuleOptions.volatility}. Default `'immutable'`. */
  volatility?: Volatility;
  /** Whether rows with a null are passed over. Default `false`: nulls come as `null`. */
  skipNulls?: S;
  /** Whether an error tells the arguments of the row that failed. Default `false`. */
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
  /** Gives the state of a group without rows. */
  init: () => State;
  /** Takes a row into a state: gives the new one, or nothing where it has changed the one that it got. */
  // biome-ignore lint/suspicious/noConfusingVoidType: what a function without return gives
  update: (state: State, ...args: RowArguments<A, S, I>) => State | void;
  /** Takes the state of other rows into a state, as `update` does a row. */
  // biome-ignore lint/suspicious/noConfusingVoidType: what a function without return gives
  merge: (state: State, other: State) => State | void;
  /** The result of a state, which it does not change. Default: the state. */
  finish?: (state: State) => ResultOf<R>;
  /** Takes the first row out of a state again. With it, frames of a window that move are computed from one another. Default none. */
  // biome-ignore lint/suspicious/noConfusingVoidType: what a function without return gives
  retract?: (state: State, ...args: RowArguments<A, S, I>) => State | void;
}

/** Options of {@link udaf}, its functions among them. */
export interface UdafOptions<
  A extends readonly TypeLike[] = readonly TypeLike[],
  R extends TypeLike = TypeLike,
  // biome-ignore lint/suspicious/noExplicitAny: whatever the functions make of it
  State = any,
  S extends boolean = boolean,
  I extends Int64As = Int64As,
> extends UdafModuleOptions<A, R, S, I>,
    UdafFunctions<A, R, State, S, I>,
    CaptureOptions {}

const MODULE_SETTINGS: SettingTable = {
  ...FUNCTION_SETTINGS,
  state: { type: 'any', doc: 'The type of the state.' },
  skipNulls: { type: 'boolean', default: false, doc: 'Whether rows with a null are passed over.' },
  showArguments: { type: 'boolean', default: false, doc: 'Whether an error tells the arguments.' },
};
const SETTINGS: SettingTable = {
  ...MODULE_SETTINGS,
  ...CAPTURE_SETTINGS,
  init: { type: 'any', doc: 'Gives the first state.' },
  update: { type: 'any', doc: 'Takes a row into a state.' },
  merge: { type: 'any', doc: 'Takes a state into a state.' },
  finish: { type: 'any', doc: 'The result of a state.' },
  retract: { type: 'any', doc: 'Takes a row out of a state.' },
};

/** An aggregate of TypeScript: called with expressions it gives the expression of its call. */
export interface AggregateUdf extends DefinedFunction {
  (...args: Operand[]): Expr;
}

/**
 * Makes functions of TypeScript an aggregate of the engine: it runs on the executors, rows of many groups in one call.
 *
 * Each task folds its rows to a state for each group; states are merged where groups come together, in no order that could be
 * known. Over windows it is called with all frames of a partition at once. It has one argument at least. From DataFusion's
 * `AggregateUDF` and `GroupsAccumulator`.
 *
 * @throws BallistaError `INVALID_ARGUMENT`; queries that call it, `UDF`; with ORDER BY, with DISTINCT beside other aggregates,
 * and with FILTER or DISTINCT over a window, `NOT_IMPLEMENTED`
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
 * As {@link udaf}, of an object of functions that a module exports: {@link UdafFunctions}. It is bundled with all that it
 * imports, npm packages too, and may be TypeScript. Needs the package `rolldown`.
 *
 * @param url - the module, as `new URL('./sketch.ts', import.meta.url)`
 * @param name - the name of its export
 * @throws BallistaError `INVALID_ARGUMENT`
 */
udaf.fromModule = async (url: string | URL, name: string, options: UdafModuleOptions): Promise<AggregateUdf> => {
  const given = resolve<UdafModuleOptions>('udaf.fromModule', MODULE_SETTINGS, options);
  return aggregate(given, await moduleOf('udaf', given.name, url, name));
};

function aggregate({ state, ...given }: UdafModuleOptions, code: Code): AggregateUdf {
  if (Array.isArray(given.args) && given.args.length === 0)
    throw invalid(`udaf ${given.name}: args must have one type at least`);
  const typed = state !== undefined;
  const stateType = typed ? toTypeName(state, `udaf ${given.name}: state`) : 'Binary';
  return define('udaf', { ...given, typed }, { kind: 'aggregate', gathers: true, ...code, state: stateType });
}
