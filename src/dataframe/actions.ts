/**
 * The actions of a DataFrame: they run its query and return the result.
 *
 * @module
 */

import { type RecordBatch, Table, type Vector } from 'apache-arrow';

import { hasDictionaries, shareDictionaries } from '../arrow/ipc/dictionaries.js';
import { encode } from '../arrow/ipc/encode.js';
import { concatBytes } from '../arrow/ipc/messages.js';
import { typeName } from '../arrow/type-name.js';
import { CONVERT_SETTINGS, type ConvertOptions, toConversion } from '../arrow/values/convert-options.js';
import type { Converted } from '../arrow/values/converted.js';
import { type Converter, converter, type Row } from '../arrow/values/values.js';
import { ACTION_SETTINGS, type ActionOptions } from '../config/action-options.js';
import { drawTable } from '../display/draw-table.js';
import { BallistaError, invalid } from '../errors.js';
import { isExpr } from '../expr/brand.js';
import type { ExprLike } from '../expr/coerce.js';
import { col } from '../expr/expr.js';
import type { Literal } from '../expr/node/node.js';
import { toTypedLiteral } from '../expr/param-value.js';
import { resolve } from '../input/settings.js';
import { type PendingDataFrame, pending } from './pending.js';
import { QueryHandle } from './query-handle.js';
import {
  type BatchStreamOptions,
  type IpcStreamOptions,
  type NdjsonStreamOptions,
  READABLE_STREAM_SETTINGS,
  type ReadableStreamOptions,
} from './stream/readable-stream-options.js';
import { RecordBatchStream, toBatches } from './stream/record-batch-stream.js';
import { joinArrays, RowStream } from './stream/row-stream.js';
import { checkCount } from './verb-arguments.js';
import { Verbs } from './verbs.js';

/** The limit of PySpark's `pivot`, too. */
const MOST_PIVOT_VALUES = 10_000;

/** Options of actions that return rows. */
export type RowOptions = ActionOptions & ConvertOptions;

/** One array per column of a row. */
export type ColumnsOf<R> = { [K in keyof R]: R[K][] };

const ROW_SETTINGS = { ...ACTION_SETTINGS, ...CONVERT_SETTINGS };

const IPC_SETTINGS = {
  ...ACTION_SETTINGS,
  format: { type: 'choice', choices: ['stream', 'file'], default: 'stream' },
} as const;

/** The actions of a {@link DataFrame}. */
export abstract class Actions<T extends object = Row> extends Verbs<T> {
  // ---------------------------------------------------------------- actions

  /**
   * Prints the first rows as a table. On a terminal, the table fits its width.
   *
   * @param rows - how many rows to print, `Infinity` for all; default 20
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
    const width = process.stdout.isTTY ? process.stdout.columns : undefined;
    process.stdout.write(`${await this.#table('show', rows, options, width)}\n`);
  }

  /**
   * The text that {@link show} prints, at full width.
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
    return this.#table('toDisplayString', rows, options, undefined);
  }

  /**
   * The number of rows of the result.
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
    if (this.native.kind === 'about') return countRows(await this.collect(options));
    const stream = this.derive({ verb: 'count' }).open('count', options);
    const [batch] = await toBatches(stream);
    const value: unknown = batch?.getChildAt(0)?.get(0);
    if (typeof value !== 'bigint' && typeof value !== 'number')
      throw new BallistaError('INTERNAL', 'The count query did not return a number.');
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
    return toBatches(this.open('collect', options));
  }

  /**
   * The values of one column. Other columns are not computed.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`,
   * `CLOSED`; the reason of the signal after an abort
   *
   * @example
   * ```ts
   * const delays = await df.limit(3).collectColumn('delay');
   * console.log(delays.length); // 3
   * ```
   */
  async collectColumn(name: string, options: ActionOptions = {}): Promise<Vector> {
    const table = await this.select(col(name)).toArrow(options);
    const column = table.getChildAt(0);
    if (!column) throw new BallistaError('INTERNAL', 'The result has no column.');
    return column;
  }

  /**
   * The last rows, 5 by default. Runs a count of the rows first.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * await df.sort('delay').tail(3).show();
   * ```
   */
  tail(rows = 5, options: ActionOptions = {}): PendingDataFrame<T> {
    return pending(async () => {
      checkCount(rows, 'tail');
      const count = await this.count(options);
      return this.limit(rows, Math.max(0, count - rows));
    });
  }

  /**
   * The result as an apache-arrow `Table`. It has the schema even without rows. A dictionary-encoded column has one dictionary
   * for all its batches.
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
    const stream = this.open('toArrow', options);
    const { schema, batches } = shareDictionaries(await toBatches(stream), stream.schema);
    return new Table(schema, batches);
  }

  /**
   * The result as plain objects. {@link ConvertOptions} controls how values are converted.
   *
   * @throws BallistaError `UNSAFE_INTEGER` for a value that does not fit the requested type, `SCHEMA` if two columns share a
   * name, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal after an abort
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
  async toArray<const O extends RowOptions = RowOptions>(options?: O): Promise<Converted<T, O>[]> {
    const { stream, convert } = this.#convert<Converted<T, O>>('toArray', options);
    const rows: Converted<T, O>[][] = [];
    for await (const batch of stream) rows.push(convert().rows(batch));
    return joinArrays(rows);
  }

  /**
   * The result as one array per column; see {@link toArray}.
   *
   * @throws BallistaError `UNSAFE_INTEGER` for a value that does not fit the requested type, `SCHEMA` if two columns share a
   * name, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal after an abort
   *
   * @example
   * ```ts
   * const { origin, delay } = await df.limit(3).as<{ origin: string; delay: bigint }>().toColumns();
   * console.log(origin.length, delay.length); // 3 3
   * ```
   */
  async toColumns<const O extends RowOptions = RowOptions>(options?: O): Promise<ColumnsOf<Converted<T, O>>> {
    const { stream, convert } = this.#convert('toColumns', options);
    const parts: unknown[][][] = [];
    for await (const batch of stream) parts.push(convert().columns(batch));
    const columns = convert().names.map((name, i) => [name, joinArrays(parts.map((part) => part[i] ?? []))]);
    return Object.fromEntries(columns) as ColumnsOf<Converted<T, O>>;
  }

  /**
   * The result as the bytes of an Arrow IPC stream or file. A dictionary-encoded column has one dictionary for all its batches.
   * A stream without dictionaries is passed through without decoding.
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
    const stream = this.open('toIPC', action);
    // Existing readers apply the last dictionary of a stream to all its batches.
    if (format === 'file' || hasDictionaries(stream.schema)) {
      const { schema, batches } = shareDictionaries(await toBatches(stream), stream.schema);
      return encode(schema, batches, format);
    }
    const parts: Uint8Array[] = [];
    for await (const part of stream.ipc()) parts.push(part);
    return concatBytes(parts);
  }

  /**
   * The result as a stream of record batches. The job starts when the first batch is requested.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal if it is already aborted
   *
   * @example
   * ```ts
   * let rows = 0;
   * for await (const batch of df.stream()) rows += batch.numRows;
   * console.log(rows); // 3000000
   * ```
   */
  stream(options: ActionOptions = {}): RecordBatchStream {
    return this.open('stream', options);
  }

  /**
   * The result as a stream of plain objects, in bounded memory; see {@link toArray}.
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
  rows<const O extends RowOptions = RowOptions>(options?: O): RowStream<Converted<T, O>> {
    const { stream, convert } = this.#convert<Converted<T, O>>('rows', options);
    return new RowStream(stream, convert);
  }

  /**
   * The result as a web stream of batches, or of bytes if `format` is set. A `Response` accepts the stream of bytes. Rows
   * are fetched only as fast as they are read; cancelling the web stream cancels the query. See
   * {@link RecordBatchStream.toReadableStream}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal if it is already aborted
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
    const { signal, onProgress, ...format } = resolve<ActionOptions & IpcStreamOptions>(
      'toReadableStream',
      { ...ACTION_SETTINGS, ...READABLE_STREAM_SETTINGS },
      options as ActionOptions & IpcStreamOptions,
    );
    return this.open('toReadableStream', { signal, onProgress }).toReadableStream(format);
  }

  /**
   * Starts the query in the background, and returns a handle with its progress, result and metrics.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal if it is already aborted
   *
   * @example
   * ```ts
   * const query = df.filter('delay > 600').execute();
   * for await (const { state, elapsedMs } of query.progress) console.log(state, elapsedMs);
   * console.log((await query.result).length, query.state); // … succeeded
   * ```
   */
  execute(options: ActionOptions = {}): QueryHandle {
    return new QueryHandle(this.native, this.session, resolve<ActionOptions>('execute', ACTION_SETTINGS, options));
  }

  /** The result as a stream of record batches: `for await (const batch of df)`. */
  [Symbol.asyncIterator](): RecordBatchStream {
    return this.stream();
  }

  // ---------------------------------------------------------------- inside

  /** @internal The stream of an action, whose span has its name. */
  protected open(operation: string, options: ActionOptions): RecordBatchStream {
    return new RecordBatchStream(this.native, this.session, operation, options);
  }

  /** @internal */
  protected override async distinctValues(on: ExprLike): Promise<[Literal, string][]> {
    const column = (isExpr(on) ? on : col(on)).alias('value');
    const values = this.select<{ value: unknown }>(column)
      .distinct()
      .sort('value')
      .limit(MOST_PIVOT_VALUES + 1);
    const type = values.schema().fields.map((field) => typeName(field.type))[0] ?? 'Null';
    const rows = await values.toArray({
      int64: 'bigint',
      decimal: 'string',
      date: 'string',
      timestamp: 'string',
      json: false,
    });
    if (rows.length > MOST_PIVOT_VALUES)
      throw invalid(
        `The column of pivot has more than ${MOST_PIVOT_VALUES} distinct values. List the values that become columns.`,
      );
    return rows.map(({ value }) => [toTypedLiteral(value, type, 'a value of pivot'), String(value)]);
  }

  /** A stream and its converter. The converter is made when the schema is final: after the first batch, or at the end. */
  #convert<R extends object = T>(
    operation: string,
    options: RowOptions | undefined,
  ): { stream: RecordBatchStream; convert: () => Converter<R> } {
    const { signal, onProgress, ...convert } = resolve<RowOptions>('this action', ROW_SETTINGS, options);
    const conversion = toConversion(this.session.convert, convert);
    const stream = this.open(operation, { signal, onProgress });
    let made: Converter<R> | undefined;
    return {
      stream,
      convert: () => {
        made ??= converter<R>(stream.schema, conversion);
        return made;
      },
    };
  }

  async #table(operation: string, rows: number, options: ActionOptions, maxWidth: number | undefined): Promise<string> {
    if (rows !== Infinity) checkCount(rows, 'the number of rows');
    // More rows than a printed table can hold need no limit, and `limit` would reject the number.
    const maxRows = rows < 2 ** 31 ? rows : Infinity;
    // Fetch one row more than shown, to know whether there are more.
    const shown = maxRows === Infinity || this.native.kind === 'about' ? this.self : this.limit(maxRows + 1);
    const stream = shown.open(operation, options);
    const { text, notes } = await drawTable(await toBatches(stream), stream.schema, { maxRows, maxWidth });
    return [text, ...notes].join('\n');
  }
}

function countRows(batches: readonly RecordBatch[]): number {
  return batches.reduce((sum, batch) => sum + batch.numRows, 0);
}
