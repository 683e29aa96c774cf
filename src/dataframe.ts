/**
 * A lazy query: verbs build it, actions run it on the cluster.
 *
 * @module
 */

import type { ReadableStream } from 'node:stream/web';

import { type RecordBatch, type Schema, Table } from 'apache-arrow';
import { hasDictionaries, shareDictionaries } from './arrow/dictionaries.js';
import { concatBytes } from './arrow/ipc.js';
import { readSchema } from './arrow/read.js';
import { schemaText } from './arrow/type-name.js';
import {
  CONVERT_SETTINGS,
  type Converter,
  type ConvertOptions,
  converter,
  type Row,
  toConversion,
} from './arrow/values.js';
import { encode } from './arrow/write.js';
import type { NativeDataFrame } from './binding.cjs';
import { ACTION_SETTINGS } from './config/options.js';
import { resolve } from './config/settings.js';
import { drawTable } from './display/table.js';
import { BallistaError, invalid } from './errors.js';
import { type ExprLike, type SortKey, toColumnNode, toList, toSortNode, toSqlNode } from './expr/coerce.js';
import type { ExprNode } from './expr/node.js';
import { call, callSync, callTask } from './native.js';
import { describe } from './params.js';
import { RowStream } from './rows.js';
import type { ActionOptions, Session } from './session.js';
import {
  type BatchStreamOptions,
  type IpcStreamOptions,
  type NdjsonStreamOptions,
  READABLE_STREAM_SETTINGS,
  type ReadableStreamOptions,
  RecordBatchStream,
} from './stream.js';

/** How two DataFrames are joined: `semi` and `anti` keep the left rows that have, or have not, a match. */
export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';

/** The columns of a join: names on both sides, or the names of each side. */
export type JoinOn =
  | string
  | readonly string[]
  | { left: string | readonly string[]; right: string | readonly string[] };

/** Options of `explain`. */
export interface ExplainOptions extends ActionOptions {
  /** All plans of the way, with every optimiser rule. Default `false`. */
  verbose?: boolean;
  /** Runs the query and adds its metrics. Default `false`. */
  analyze?: boolean;
  /** Default `'indent'`. */
  format?: 'indent' | 'tree' | 'pgjson' | 'graphviz';
}

/** Options of actions that give rows. */
export type RowOptions = ActionOptions & ConvertOptions;

/** How far `limit` reaches. */
const MOST_ROWS = 2 ** 32 - 1;

const JOIN_TYPES: readonly JoinType[] = ['inner', 'left', 'right', 'full', 'semi', 'anti'];

/** The native handles, out of reach for users and in reach for `join`, `union` and `registerView`. */
const natives = new WeakMap<object, NativeDataFrame>();

/** @internal The native handle of a DataFrame. */
export function nativeOf(df: unknown, where: string): NativeDataFrame {
  const handle = typeof df === 'object' && df !== null ? natives.get(df) : undefined;
  if (!handle) throw invalid(`${where} must be a DataFrame, not ${describe(df)}`);
  return handle;
}

/**
 * A query that has not run: verbs (`select`, `filter`, …) give a new DataFrame at once and check against the schema;
 * actions (`collect`, `show`, `toArray`, …) run it on the cluster. Immutable, and never a promise by itself. From
 * DataFusion's `DataFrame`.
 *
 * @typeParam T - the type of a row, for row actions; a claim of the caller, not checked
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, col } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const df = await ctx.fromColumns({ a: [1, 2, 3], b: [4, 5, 6] });
 * await df.select(col('a').add(col('b')).alias('sum')).show();
 * await ctx.close();
 * ```
 */
export class DataFrame<T extends object = Row> implements AsyncIterable<RecordBatch> {
  readonly #native: NativeDataFrame;
  readonly #session: Session;
  #schema: Schema | undefined;

  /** @internal Made by a context. */
  constructor(native: NativeDataFrame, session: Session) {
    this.#native = native;
    this.#session = session;
    natives.set(this, native);
  }

  // ---------------------------------------------------------------- verbs

  /**
   * Keeps the given columns and expressions; a string is the exact name of a column, `'*'` is all columns.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `PLAN` for types that do not fit and for two results of one name,
   * `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, col } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.fromColumns({ a: [1, 2, 3], b: [4, 5, 6] });
   * console.log(await df.select('a', col('b').mul(2).alias('twice')).toArray({ int64: 'number' }));
   * await ctx.close();
   * ```
   */
  select<U extends object = Row>(...columns: ExprLike[]): DataFrame<U> {
    return this.#derive((df) =>
      df.select(json(columns.map((column, i) => toColumnNode(column, `argument ${i + 1} of select`)))),
    );
  }

  /**
   * Keeps the rows for which all predicates are true; a string is SQL.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, col } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.fromColumns({ a: [1, 2, 3] });
   * console.log(await df.filter(col('a').gt(1), 'a % 2 = 1').toArray()); // [ { a: 3n } ]
   * await ctx.close();
   * ```
   */
  filter(...predicates: ExprLike[]): DataFrame<T> {
    const [first, ...others] = predicates.map((predicate, i) => toSqlNode(predicate, `argument ${i + 1} of filter`));
    if (!first) return this;
    const all = others.reduce<ExprNode>((left, right) => ({ kind: 'binary', op: 'AND', left, right }), first);
    return this.#derive((df) => df.filter(json(all)));
  }

  /**
   * Adds a column, or replaces the one of that name; a string is SQL.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const hours = df.withColumn('hours', col('delay').div(lit(60, 'Float64'))).select('delay', 'hours');
   * await hours.show(3);
   * ```
   */
  withColumn<U extends object = Row>(name: string, expr: ExprLike): DataFrame<U> {
    if (typeof name !== 'string' || name === '')
      throw invalid(`withColumn: the name must be a string, not ${describe(name)}`);
    return this.#derive((df) => df.withColumn(name, json(toSqlNode(expr, 'the expression of withColumn'))));
  }

  /**
   * Groups and aggregates.
   *
   * @param groupBy - columns by name, or expressions; `[]` for one row over all
   * @param aggregates - aggregate expressions; a string is SQL, such as `'sum(a) as total'`
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, col, f } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.fromColumns({ g: ['x', 'y', 'x'], a: [1, 2, 3] });
   * const sums = df.aggregate('g', f.sum(col('a')).alias('s')).sort('g');
   * console.log(await sums.toArray()); // [ { g: 'x', s: 4n }, { g: 'y', s: 2n } ]
   * await ctx.close();
   * ```
   */
  aggregate<U extends object = Row>(
    groupBy: ExprLike | readonly ExprLike[],
    aggregates: ExprLike | readonly ExprLike[],
  ): DataFrame<U> {
    const groups = toList(groupBy).map((group) => toColumnNode(group, 'a group of aggregate'));
    const values = toList(aggregates).map((value) => toSqlNode(value, 'an aggregate'));
    return this.#derive((df) => df.aggregate(json(groups), json(values)));
  }

  /**
   * Sorts; a bare column sorts smallest first and nulls last, as SQL does.
   *
   * @throws BallistaError `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await df.sort(col('delay').desc(), 'origin').show(3);
   * ```
   */
  sort(...keys: SortKey[]): DataFrame<T> {
    return this.#derive((df) => df.sort(json(keys.map((key, i) => toSortNode(key, `argument ${i + 1} of sort`)))));
  }

  /**
   * Keeps `count` rows after skipping `offset`. Executors hold both together in 32 bits: they are at most 2^32 - 1.
   *
   * @param count - how many rows at most
   * @param offset - default 0
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(await df.limit(10, 5).count()); // 10
   * ```
   */
  limit(count: number, offset = 0): DataFrame<T> {
    checkCount(count, 'limit: count');
    checkCount(offset, 'limit: offset');
    // Past that an executor drops the upper bits, so rows would be lost without a word.
    if (offset + count > MOST_ROWS)
      throw invalid(`limit: count and offset are together at most ${MOST_ROWS} (2^32 - 1)`);
    return this.#derive((df) => df.limit(offset, count));
  }

  /**
   * Keeps one of each set of equal rows.
   *
   * @throws BallistaError `CLOSED`
   *
   * @example
   * ```ts
   * console.log(await df.select('origin').distinct().count());
   * ```
   */
  distinct(): DataFrame<T> {
    return this.#derive((df) => df.distinct());
  }

  /**
   * Joins with another DataFrame of the same context where columns are equal.
   *
   * @param on - names that both sides have, or `{ left, right }`
   * @param how - default `'inner'`
   * @throws BallistaError `SCHEMA` for unknown columns, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const people = await ctx.fromColumns({ id: [1, 2], name: ['Ada', 'Bob'] });
   * const visits = await ctx.fromColumns({ person: [1, 1], day: ['Mon', 'Tue'] });
   * const joined = people.join(visits, { left: 'id', right: 'person' }).select('name', 'day').sort('day');
   * console.log(await joined.toArray()); // [ { name: 'Ada', day: 'Mon' }, { name: 'Ada', day: 'Tue' } ]
   * await ctx.close();
   * ```
   */
  // biome-ignore lint/suspicious/noExplicitAny: the row type of the other side does not matter (js-conventions, deep generics)
  join<U extends object = Row>(right: DataFrame<any>, on: JoinOn, how: JoinType = 'inner'): DataFrame<U> {
    if (!JOIN_TYPES.includes(how)) throw invalid(`join: how must be one of ${JOIN_TYPES.join(', ')}`);
    const { left: leftOn, right: rightOn } = toJoinColumns(on);
    return this.#derive((df) => df.join(nativeOf(right, 'the other side of join'), how, leftOn, rightOn));
  }

  /**
   * The rows of both, which must have the same columns; `distinct` drops repeated rows.
   *
   * @throws BallistaError `PLAN` where the columns differ, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const early = df.filter('delay < -60');
   * const late = df.filter('delay > 600');
   * console.log(await early.union(late).count());
   * ```
   */
  // biome-ignore lint/suspicious/noExplicitAny: as in join
  union(other: DataFrame<any>, distinct = false): DataFrame<T> {
    return this.#derive((df) => df.union(nativeOf(other, 'the other side of union'), distinct));
  }

  /**
   * The same DataFrame with another row type, for the compiler only.
   *
   * @example
   * ```ts
   * const delays = df.select('origin', 'delay').limit(1).as<{ origin: string; delay: bigint }>();
   * for (const { origin, delay } of await delays.toArray()) console.log(origin, delay);
   * ```
   */
  as<U extends object>(): DataFrame<U> {
    return this as unknown as DataFrame<U>;
  }

  /**
   * Runs the query and gives a DataFrame over its result, which is kept in memory.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * const late = await df.filter('delay > 600').cache();
   * console.log(await late.count(), await late.select('origin').distinct().count()); // the filter ran once
   * ```
   */
  async cache(options: ActionOptions = {}): Promise<DataFrame<T>> {
    const { signal } = resolve<ActionOptions>('cache', ACTION_SETTINGS, options);
    this.#session.assertOpen();
    const { abandon } = this.#session;
    return new DataFrame<T>(await callTask(abandon, (task) => this.#native.cache(task), signal), this.#session);
  }

  // ---------------------------------------------------------------- what it is

  /**
   * The schema of the result; known without running, also after the context is closed.
   *
   * @example
   * ```ts
   * console.log(df.schema().fields.map(({ name }) => name)); // [ 'date', 'delay', 'distance', 'origin', 'destination' ]
   * ```
   */
  schema(): Schema {
    this.#schema ??= readSchema(callSync(() => this.#native.schema()));
    return this.#schema;
  }

  /**
   * The logical plan as it was built, as text; also after the context is closed.
   *
   * @example
   * ```ts
   * console.log(df.limit(1).logicalPlan());
   * ```
   */
  logicalPlan(): string {
    return callSync(() => this.#native.logicalPlan());
  }

  /**
   * The logical plan after the optimiser, as text.
   *
   * @throws BallistaError `PLAN` where the optimiser finds what building did not, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(await df.select('origin').limit(1).optimizedLogicalPlan());
   * ```
   */
  async optimizedLogicalPlan(): Promise<string> {
    this.#session.assertOpen();
    return call(() => this.#native.optimizedLogicalPlan());
  }

  /**
   * Prints the plans of the query as a table, `plan_type | plan`.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.sql('select 1 + 1 as two');
   * await df.explain();
   * await ctx.close();
   * ```
   */
  async explain(options: ExplainOptions = {}): Promise<void> {
    print(await this.explainString(options));
  }

  /**
   * What {@link explain} prints.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   */
  async explainString(options: ExplainOptions = {}): Promise<string> {
    const { verbose, analyze, format, ...action } = resolve<ExplainOptions & { verbose: boolean; analyze: boolean }>(
      'explain',
      EXPLAIN_SETTINGS,
      options,
    );
    const plans = this.#derive((df) =>
      df.explain(format === undefined ? { verbose, analyze } : { verbose, analyze, format }),
    );
    const stream = plans.stream(action);
    return drawTable(await toBatches(stream), stream.schema).text;
  }

  // ---------------------------------------------------------------- actions

  /**
   * Prints the first rows as a table; on a terminal it is fitted to its width.
   *
   * @param rows - how many, `Infinity` for all; default 20
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.sql('select 1 as a');
   * await df.show();
   * // +---+
   * // | a |
   * // +---+
   * // | 1 |
   * // +---+
   * await ctx.close();
   * ```
   */
  async show(rows = 20, options: ActionOptions = {}): Promise<void> {
    print(await this.#table(rows, options, process.stdout.isTTY ? process.stdout.columns : undefined));
  }

  /**
   * What {@link show} prints, at full width.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * console.log(await df.select('origin').limit(1).toDisplayString());
   * ```
   */
  async toDisplayString(rows = 20, options: ActionOptions = {}): Promise<string> {
    return this.#table(rows, options, undefined);
  }

  /**
   * How many rows the result has.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.sql('select * from (values (1), (2)) as t(a)');
   * console.log(await df.count()); // 2
   * await ctx.close();
   * ```
   */
  async count(options: ActionOptions = {}): Promise<number> {
    if (this.#native.isAbout) return countRows(await this.collect(options));
    const stream = this.#derive((df) => df.count()).stream(options);
    const [batch] = await toBatches(stream);
    const value: unknown = batch?.getChildAt(0)?.get(0);
    if (typeof value !== 'bigint' && typeof value !== 'number')
      throw new BallistaError('INTERNAL', 'count gave no number');
    return Number(value);
  }

  /**
   * The result as record batches.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.sql('select 1 as a');
   * const [batch] = await df.collect();
   * console.log(batch?.getChild('a')?.get(0)); // 1n
   * await ctx.close();
   * ```
   */
  async collect(options: ActionOptions = {}): Promise<RecordBatch[]> {
    return toBatches(this.stream(options));
  }

  /**
   * The result as an apache-arrow `Table`, which has the schema even without rows, and one dictionary for each column that
   * has dictionaries.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * const table = await df.limit(3).toArrow();
   * console.log(table.numRows, table.schema.fields.length); // 3 5
   * ```
   */
  async toArrow(options: ActionOptions = {}): Promise<Table> {
    const stream = this.stream(options);
    const { schema, batches } = shareDictionaries(await toBatches(stream), stream.schema);
    return new Table(schema, batches);
  }

  /**
   * The result as plain objects; {@link ConvertOptions} says what the values become.
   *
   * @throws BallistaError `UNSAFE_INTEGER` for a value that does not fit the type asked for, `SCHEMA` where two columns
   * share a name, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal after
   * an abort
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.sql<{ a: bigint }>('select 1 as a');
   * console.log(await df.toArray()); // [ { a: 1n } ]
   * console.log(await df.toArray({ int64: 'number' })); // [ { a: 1 } ]
   * await ctx.close();
   * ```
   */
  async toArray(options: RowOptions = {}): Promise<T[]> {
    const { stream, convert } = this.#convert(options);
    const rows: T[][] = [];
    for await (const batch of stream) rows.push(convert().rows(batch));
    return rows.flat();
  }

  /**
   * The result column by column; see {@link toArray}.
   *
   * @throws BallistaError `UNSAFE_INTEGER` for a value that does not fit the type asked for, `SCHEMA` where two columns
   * share a name, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal after
   * an abort
   *
   * @example
   * ```ts
   * const { origin, delay } = await df.limit(3).as<{ origin: string; delay: bigint }>().toColumns();
   * console.log(origin.length, delay.length); // 3 3
   * ```
   */
  async toColumns(options: RowOptions = {}): Promise<{ [K in keyof T]: T[K][] }> {
    const { stream, convert } = this.#convert(options);
    const parts: unknown[][][] = [];
    for await (const batch of stream) parts.push(convert().columns(batch));
    const columns = convert().names.map((name, i) => [name, parts.flatMap((part) => part[i] ?? [])]);
    return Object.fromEntries(columns) as { [K in keyof T]: T[K][] };
  }

  /**
   * The result as the bytes of an Arrow IPC stream, or file, with one dictionary for each column that has dictionaries. A
   * stream without any is not decoded on the way.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   * import { tableFromIPC } from 'apache-arrow';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.sql('select 1 as a');
   * console.log(tableFromIPC(await df.toIPC()).numRows); // 1
   * await ctx.close();
   * ```
   */
  async toIPC(options: ActionOptions & { format?: 'stream' | 'file' } = {}): Promise<Uint8Array> {
    const { format, ...action } = resolve<ActionOptions & { format: 'stream' | 'file' }>(
      'toIPC',
      IPC_SETTINGS,
      options,
    );
    const stream = this.stream(action);
    // Readers there are take the last dictionary of a stream for that of all its batches.
    if (format === 'file' || hasDictionaries(stream.schema)) {
      const { schema, batches } = shareDictionaries(await toBatches(stream), stream.schema);
      return encode(schema, batches, format);
    }
    const parts: Uint8Array[] = [];
    for await (const part of stream.ipc()) parts.push(part);
    return concatBytes(parts);
  }

  /**
   * The result as a stream of batches; the job starts when the first is asked for.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal where it is aborted already
   *
   * @example
   * ```ts
   * let rows = 0;
   * for await (const batch of df.stream()) rows += batch.numRows;
   * console.log(rows); // 3000000
   * ```
   */
  stream(options: ActionOptions = {}): RecordBatchStream {
    return new RecordBatchStream(this.#native, this.#session, options);
  }

  /**
   * The result row by row, as plain objects, in bounded memory; see {@link toArray}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.sql<{ a: bigint }>('select 1 as a');
   * for await (const row of df.rows()) console.log(row.a); // 1n
   * await ctx.close();
   * ```
   */
  rows(options: RowOptions = {}): RowStream<T> {
    const { stream, convert } = this.#convert(options);
    return new RowStream(stream, convert);
  }

  /**
   * The result as a web stream: of batches, or with `format` of bytes, which a `Response` takes. A batch is fetched when
   * the reader asks for it; cancelling the web stream cancels the job. See {@link RecordBatchStream.toReadableStream}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal where it is aborted already
   *
   * @example
   * ```ts
   * const body = df.limit(1000).toReadableStream({ format: 'ipc' });
   * const response = new Response(body, { headers: { 'content-type': 'application/vnd.apache.arrow.stream' } });
   * console.log((await response.arrayBuffer()).byteLength);
   * ```
   */
  toReadableStream(options?: ActionOptions & BatchStreamOptions): ReadableStream<RecordBatch>;
  toReadableStream(options: ActionOptions & (IpcStreamOptions | NdjsonStreamOptions)): ReadableStream<Uint8Array>;
  toReadableStream(options: ActionOptions & ReadableStreamOptions = {}): ReadableStream<RecordBatch | Uint8Array> {
    const { signal, ...format } = resolve<ActionOptions & IpcStreamOptions>(
      'toReadableStream',
      { ...ACTION_SETTINGS, ...READABLE_STREAM_SETTINGS },
      options as ActionOptions & IpcStreamOptions,
    );
    return this.stream({ signal }).toReadableStream(format);
  }

  /** The result as a stream of batches: `for await (const batch of df)`. */
  [Symbol.asyncIterator](): RecordBatchStream {
    return this.stream();
  }

  /** The columns; never runs anything. */
  toString(): string {
    return `DataFrame { ${schemaText(this.schema())} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  // ---------------------------------------------------------------- inside

  #derive<U extends object>(verb: (df: NativeDataFrame) => NativeDataFrame): DataFrame<U> {
    this.#session.assertOpen();
    return new DataFrame<U>(
      callSync(() => verb(this.#native)),
      this.#session,
    );
  }

  /** A stream and its converter, which is made when the schema is sure: after the first batch, or at the end. */
  #convert(options: RowOptions): { stream: RecordBatchStream; convert: () => Converter<T> } {
    const { signal, ...convert } = resolve<RowOptions>('this action', ROW_SETTINGS, options);
    const conversion = toConversion(this.#session.convert, convert);
    const stream = this.stream({ signal });
    let made: Converter<T> | undefined;
    return {
      stream,
      convert: () => {
        made ??= converter<T>(stream.schema, conversion);
        return made;
      },
    };
  }

  async #table(rows: number, options: ActionOptions, maxWidth: number | undefined): Promise<string> {
    if (rows !== Infinity) checkCount(rows, 'the number of rows');
    // What no table can hold needs no limit, which `limit` would refuse.
    const maxRows = rows < 2 ** 31 ? rows : Infinity;
    // One row more than shown tells whether there are more.
    const stream = (maxRows === Infinity || this.#native.isAbout ? this : this.limit(maxRows + 1)).stream(options);
    const { text, notes } = drawTable(await toBatches(stream), stream.schema, { maxRows, maxWidth });
    return [text, ...notes].join('\n');
  }
}

const ROW_SETTINGS = { ...ACTION_SETTINGS, ...CONVERT_SETTINGS };

const IPC_SETTINGS = {
  ...ACTION_SETTINGS,
  format: { type: 'choice', choices: ['stream', 'file'], default: 'stream', doc: 'Which form of Arrow IPC.' },
} as const;

const EXPLAIN_SETTINGS = {
  ...ACTION_SETTINGS,
  verbose: { type: 'boolean', default: false, doc: 'All plans of the way.' },
  analyze: { type: 'boolean', default: false, doc: 'Run, and add metrics.' },
  format: { type: 'choice', choices: ['indent', 'tree', 'pgjson', 'graphviz'], doc: 'How plans are drawn.' },
} as const;

function json(value: unknown): string {
  return JSON.stringify(value);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function toBatches(stream: RecordBatchStream): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  for await (const batch of stream) batches.push(batch);
  return batches;
}

function countRows(batches: readonly RecordBatch[]): number {
  return batches.reduce((sum, batch) => sum + batch.numRows, 0);
}

function checkCount(value: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw invalid(`${what} must be a whole number from 0, not ${typeof value === 'number' ? value : describe(value)}`);
  }
}

function toJoinColumns(on: JoinOn): { left: string[]; right: string[] } {
  const sides = typeof on === 'object' && on !== null && 'left' in on ? on : { left: on, right: on };
  const left = toNames(sides.left);
  const right = toNames(sides.right);
  if (left.length !== right.length)
    throw invalid(`join: ${left.length} columns on the left, ${right.length} on the right`);
  return { left, right };
}

function toNames(names: unknown): string[] {
  const list = toList(names as string | readonly string[]);
  if (list.length === 0 || list.some((name) => typeof name !== 'string' || name === '')) {
    throw invalid('join: on must be the name of a column, an array of names, or { left, right } of these');
  }
  return [...list];
}
