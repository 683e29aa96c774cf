/**
 * DataFrames that a session is still making. Their methods can be called at once, so one `await` is enough.
 *
 * @module
 */

import type { RecordBatch } from 'apache-arrow';

import type { Converted } from '../arrow/values/converted.js';
import type { Row } from '../arrow/values/values.js';
import type { ActionOptions } from '../config/action-options.js';
import { invalid } from '../errors.js';
import type { ExprLike, Several } from '../expr/coerce.js';
import type { Expr } from '../expr/expr.js';
import { describe } from '../input/describe.js';
import type { RowOptions } from './actions.js';
import type { DataFrame } from './dataframe.js';
import type { PivotOptions } from './group-verbs.js';
import type { GroupedData, PivotValues } from './grouped.js';
import type { ColumnName, ColumnOf } from './row-types.js';
import type { BatchStreamOptions, IpcStreamOptions, NdjsonStreamOptions } from './stream/readable-stream-options.js';
import type { RecordBatchStream } from './stream/record-batch-stream.js';
import type { RowStream } from './stream/row-stream.js';

/**
 * A promise of a {@link DataFrame} that also has its methods. A verb returns the next such promise, an action its result. They
 * run when the DataFrame is there: in `await ctx.table('flights').limit(3).toArray()` there is only one `await`. An error of a
 * verb rejects the promise. A DataFrame itself is never a promise, so an `await` never runs its query.
 *
 * @typeParam T - the type of a row
 *
 * @example
 * ```ts
 * await ctx.table('flights').filter(col('delay').gt(600)).groupBy('origin').count().show(3);
 * console.log(await ctx.sql('select 1 as one').toArray()); // [ { one: 1n } ]
 * for await (const row of ctx.sql('select 1 as one').rows()) console.log(row); // { one: 1n }
 * ```
 */
export interface PendingDataFrame<out T extends object = Row>
  extends Promise<DataFrame<T>>,
    AsyncIterable<RecordBatch>,
    Forwarded<DataFrame<T>> {
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
  /** As {@link DataFrame.stream}. */
  stream(options?: ActionOptions): PendingStream<RecordBatch, RecordBatchStream>;
  /** As {@link DataFrame.rows}. */
  rows<const O extends RowOptions = RowOptions>(
    options?: O,
  ): PendingStream<Converted<T, O>, RowStream<Converted<T, O>>>;
  /** As {@link DataFrame.toReadableStream}. */
  toReadableStream(options?: ActionOptions & BatchStreamOptions): Promise<ReadableStream<RecordBatch>>;
  /** As {@link DataFrame.toReadableStream}. */
  toReadableStream(
    options: ActionOptions & (IpcStreamOptions | NdjsonStreamOptions),
  ): Promise<ReadableStream<Uint8Array>>;
}

/** A promise of a stream that `for await` also accepts; see {@link PendingDataFrame}. */
export interface PendingStream<out T, out S extends AsyncIterable<T>> extends Promise<S>, AsyncIterable<T> {}

/** A promise of {@link GroupedData} that also has its methods; see {@link PendingDataFrame}. */
export interface PendingGroupedData extends Promise<GroupedData>, Forwarded<GroupedData> {
  /** As {@link GroupedData.pivot}. */
  pivot(on: ExprLike, values?: PivotValues): PendingGroupedData;
}

/** The methods that a promise of an object can forward. */
type Forwarded<C> = {
  [K in keyof C as K extends NotForwarded ? never : C[K] extends (...args: never) => unknown ? K : never]: Later<C[K]>;
};

/** They need their own types and are declared above, or are for DataFrames only. */
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
const prototype: Record<PropertyKey, unknown> = Object.create(Promise.prototype, {
  [Symbol.asyncIterator]: { value: iterate },
});

/** Iterates over the object: batches of a DataFrame, or what a stream holds. */
function iterate(this: Promise<Methods>): AsyncIterator<unknown> {
  let iterator: AsyncIterator<unknown> | undefined;
  const begin = async (): Promise<AsyncIterator<unknown>> => {
    iterator = (await forward(this, Symbol.asyncIterator, [])) as AsyncIterator<unknown>;
    return iterator;
  };
  const begun = begin();
  return {
    // A promise around each promise would cost as much as the rows.
    next: () => iterator?.next() ?? begun.then((made) => made.next()),
    return: async (value) => (await begun).return?.(value) ?? { done: true, value },
  };
}

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

type Methods = Readonly<Record<PropertyKey, (...args: unknown[]) => unknown>>;

async function forward(made: Promise<Methods>, name: string | symbol, args: unknown[]): Promise<unknown> {
  const object: Methods | undefined = await made;
  // The promise has the methods of all classes, because it does not know yet which object it will have.
  const method = object?.[name];
  if (typeof method !== 'function') {
    const called = typeof name === 'symbol' ? name.description : name;
    throw invalid(`${called} cannot be called on ${describe(object)}.`);
  }
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
