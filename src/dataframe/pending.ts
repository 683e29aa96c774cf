/**
 * DataFrames that a session is still making. Their methods can be called at once, so one `await` is enough.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { invalid } from '../errors.js';
import type { ExprLike, Several } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { describe } from '../input/describe.js';
import type { DataFrame } from './dataframe.js';
import type { PivotOptions } from './group-verbs.js';
import type { GroupedData, PivotValues } from './grouped.js';
import type { ColumnName, ColumnOf } from './row-types.js';

/**
 * A promise of a {@link DataFrame} that also has its methods. A verb returns the next such promise, an action its result. They
 * run when the DataFrame is there: in `await ctx.table('flights').limit(3).toArray()` there is only one `await`. An error of a
 * verb rejects the promise. A DataFrame itself is never a promise, so an `await` never runs its query.
 *
 * Methods that return streams (`stream`, `rows`, …) need the DataFrame: `for await (const row of (await ctx.table('t')).rows())`.
 *
 * @typeParam T - the type of a row
 *
 * @example
 * ```ts
 * await ctx.table('flights').filter(col('delay').gt(600)).groupBy('origin').count().show(3);
 * console.log(await ctx.sql('select 1 as one').toArray()); // [ { one: 1n } ]
 * ```
 */
export interface PendingDataFrame<out T extends object = Row> extends Promise<DataFrame<T>>, Forwarded<DataFrame<T>> {
  /** As {@link DataFrame.select}. */
  select<K extends ColumnOf<T>>(...columns: Several<K>): PendingDataFrame<Pick<T, K>>;
  /** As {@link DataFrame.select}. */
  select<S extends string = string>(...columns: Several<ColumnName<T, S> | '*' | Expr>): PendingDataFrame;
  /** As {@link DataFrame.drop}. */
  drop<S extends string = string>(...columns: Several<ColumnName<T, S>>): PendingDataFrame;
  /** As {@link DataFrame.groupBy}. */
  groupBy<S extends string = string>(...groups: Several<ColumnName<T, S> | Expr>): PendingGroupedData;
  /** As {@link DataFrame.pivot}. */
  pivot<U extends object = Row>(options: PivotOptions): PendingDataFrame<U>;
  /** As {@link DataFrame.as}. */
  as<U extends object>(): PendingDataFrame<U>;
}

/** A promise of {@link GroupedData} that also has its methods; see {@link PendingDataFrame}. */
export interface PendingGroupedData extends Promise<GroupedData>, Forwarded<GroupedData> {
  /** As {@link GroupedData.pivot}. */
  pivot(on: ExprLike, values?: PivotValues): PendingGroupedData;
}

/** The methods that a promise of an object can forward. */
type Forwarded<C> = {
  [K in keyof C as K extends NotForwarded ? never : C[K] extends (...args: never) => unknown ? K : never]: Later<C[K]>;
};

/** They return streams, or need their own types and are declared above. */
type NotForwarded =
  | 'as'
  | 'drop'
  | 'groupBy'
  | 'pivot'
  | 'select'
  | 'rows'
  | 'stream'
  | 'toReadableStream'
  | 'toString'
  | 'transform'
  | symbol;

/** A method that returns a promise keeps its signature. The type arguments of other methods are lost. */
type Later<F> = F extends (...args: infer A) => infer R
  ? R extends PromiseLike<unknown>
    ? F
    : R extends DataFrame<infer U>
      ? (...args: A) => PendingDataFrame<object extends U ? Row : U>
      : R extends GroupedData
        ? (...args: A) => PendingGroupedData
        : (...args: A) => Promise<R>
  : never;

// `await` follows a promise without a detour only if its constructor is Promise, and only then a stack shows the caller.
const prototype: Record<PropertyKey, unknown> = Object.create(Promise.prototype);

/** Adds the methods of a class to pending objects. The classes call this, because this file cannot import them. */
export function forwardMethods(of: { readonly prototype: object }): void {
  for (let level = of.prototype; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value !== 'function' || name in Object.prototype || name in prototype) continue;
      Object.defineProperty(prototype, name, {
        value(this: Promise<Methods>, ...args: unknown[]) {
          return asPending(forward(this, name, args));
        },
      });
    }
  }
}

type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;

async function forward(made: Promise<Methods>, name: string, args: unknown[]): Promise<unknown> {
  const object: Methods | undefined = await made;
  // The promise has the methods of all classes, because it does not know yet which object it will have.
  const method = object?.[name];
  if (typeof method !== 'function') throw invalid(`${name} cannot be called on ${describe(object)}.`);
  return method.apply(object, args);
}

/** Gives a promise the methods of its object. */
function asPending<P>(promise: Promise<unknown>): P {
  return Object.setPrototypeOf(promise, prototype) as P;
}

/** Starts to make a DataFrame. Never throws: an error rejects the promise. */
export function pending<T extends object>(make: () => Promise<DataFrame<T>>): PendingDataFrame<T> {
  return asPending((async () => make())());
}

/** As {@link pending}, for grouped rows. */
export function pendingGroups(make: () => Promise<GroupedData>): PendingGroupedData {
  return asPending((async () => make())());
}
