/**
 * DataFrames: lazy queries. Verbs build them, actions run them.
 *
 * @module
 */

import { type RecordBatch, type Schema, Table, type Vector } from 'apache-arrow';

import { readSchema } from '../arrow/ipc/decode.js';
import { hasDictionaries, shareDictionaries } from '../arrow/ipc/dictionaries.js';
import { encode } from '../arrow/ipc/encode.js';
import { concatBytes } from '../arrow/ipc/messages.js';
import { schemaText } from '../arrow/type-name.js';
import { CONVERT_SETTINGS, type ConvertOptions, toConversion } from '../arrow/values/convert-options.js';
import { type Converter, converter, type Row } from '../arrow/values/values.js';
import type { NativeDataFrame } from '../binding.cjs';
import { CatalogTable } from '../catalog/catalog-table.js';
import { ACTION_SETTINGS, type ActionOptions } from '../config/action-options.js';
import { drawTable } from '../display/draw-table.js';
import { frames } from '../engine/native-dataframe.js';
import { toExecutionPlan, toLogicalPlan } from '../engine/native-plan.js';
import { BallistaError, invalid } from '../errors.js';
import { outerRef } from '../expr/builders/subquery.js';
import { toSqlNode } from '../expr/coerce.js';
import { col, Expr } from '../expr/expr.js';
import { type NativeWrite, toFileWriteNative, toTableWriteNative } from '../files/write-native.js';
import type {
  ArrowWriterOptions,
  CsvWriterOptions,
  JsonWriterOptions,
  ParquetWriterOptions,
  TableWriteOptions,
} from '../files/write-options.js';
import { describe } from '../input/describe.js';
import { checkName } from '../input/name.js';
import { resolve } from '../input/settings.js';
import { call, callSync, callTask } from '../native.js';
import { type ExecutionPlan, type PlanStage, readStages } from '../plan/execution-plan.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { PlanVisualization } from '../plan/visual/plan-visualization.js';
import { encodeVerb } from './encode-verb.js';
import {
  EXPLAIN_SETTINGS,
  EXPLAIN_VISUAL_SETTINGS,
  type ExplainOptions,
  type ExplainVisualOptions,
  toCategories,
} from './explain.js';
import {
  type BatchStreamOptions,
  type IpcStreamOptions,
  type NdjsonStreamOptions,
  READABLE_STREAM_SETTINGS,
  type ReadableStreamOptions,
} from './readable-stream-options.js';
import { joinArrays, RowStream } from './rows.js';
import type { SessionHandle } from './session-handle.js';
import { RecordBatchStream } from './stream.js';
import type { Verb } from './verb.js';
import { checkCount } from './verb-arguments.js';
import { Verbs } from './verbs.js';

/** Options of actions that return rows. */
export type RowOptions = ActionOptions & ConvertOptions;

/**
 * A query that has not run. Verbs (`select`, `filter`, …) check their arguments against the schema and return a new DataFrame
 * immediately. Actions (`collect`, `show`, `toArray`, …) run the query: on the cluster, or in this process for a session made
 * by `SessionContext.local()`. Immutable, and never a promise. From DataFusion's `DataFrame`.
 *
 * @typeParam T - the type of a row, for row actions; not checked at run time
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
export class DataFrame<T extends object = Row> extends Verbs<T> implements AsyncIterable<RecordBatch> {
  readonly #native: NativeDataFrame;
  readonly #session: SessionHandle;
  #schema: Schema | undefined;

  /** @internal Created by a context. */
  constructor(native: NativeDataFrame, session: SessionHandle) {
    super();
    this.#native = native;
    this.#session = session;
    frames.set(this, native);
  }

  // ---------------------------------------------------------------- results kept

  /**
   * Runs the query and returns a DataFrame over its result, which becomes an in-memory table of this process.
   *
   * @throws BallistaError `RESOURCES_EXHAUSTED` for a result larger than `memoryTableLimitBytes`, `JOB_FAILED`,
   * `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the signal after an abort
   *
   * @example
   * ```ts
   * const late = await df.filter('delay > 600').cache(); // the filter runs now, and once
   * console.log(await late.count(), await late.select('origin').distinct().count()); // 272 74
   * ```
   */
  async cache(options: ActionOptions = {}): Promise<DataFrame<T>> {
    const { signal } = resolve<ActionOptions>('cache', ACTION_SETTINGS, options);
    this.#session.assertOpen();
    const { abandon } = this.#session;
    return new DataFrame<T>(await callTask(abandon, (task) => this.#native.cache(task), signal), this.#session);
  }

  // ---------------------------------------------------------------- writes

  /**
   * Writes the result as Parquet files and returns the number of rows. Executors write the files, so the path is on their
   * machines. Files appear only when all of them are complete; a failed or aborted write leaves none. From DataFusion's
   * `DataFrame::write_parquet`.
   *
   * @param path - a folder, to which files are added, or a single file if the path has an extension
   * @throws BallistaError `OBJECT_STORE`, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the
   * reason of the signal after an abort
   *
   * @example
   * ```ts
   * const rows = await df.filter('delay > 600').writeParquet('late/', { partitionBy: 'origin', compression: 'zstd' });
   * console.log(rows, await (await ctx.readParquet('late/')).count());
   * ```
   */
  async writeParquet(path: string | URL, options?: ParquetWriterOptions): Promise<number> {
    return this.#write(toFileWriteNative('parquet', path, options));
  }

  /**
   * Writes the result as CSV; see {@link writeParquet}.
   *
   * @throws BallistaError `OBJECT_STORE`, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the
   * reason of the signal after an abort
   *
   * @example
   * ```ts
   * console.log(await df.limit(3).writeCsv('three.csv', { delimiter: ';' })); // 3
   * ```
   */
  async writeCsv(path: string | URL, options?: CsvWriterOptions): Promise<number> {
    return this.#write(toFileWriteNative('csv', path, options));
  }

  /**
   * Writes the result as files with one JSON object per line; see {@link writeParquet}.
   *
   * @throws BallistaError `OBJECT_STORE`, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the
   * reason of the signal after an abort
   *
   * @example
   * ```ts
   * console.log(await df.limit(3).writeJson('three.json', { compression: 'gzip' })); // 3
   * ```
   */
  async writeJson(path: string | URL, options?: JsonWriterOptions): Promise<number> {
    return this.#write(toFileWriteNative('json', path, options));
  }

  /**
   * Writes the result as Arrow IPC files; see {@link writeParquet}.
   *
   * @throws BallistaError `OBJECT_STORE`, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the
   * reason of the signal after an abort
   *
   * @example
   * ```ts
   * import { readFile } from 'node:fs/promises';
   * import { tableFromIPC } from 'apache-arrow';
   *
   * await df.limit(3).writeArrow('three.arrow');
   * console.log(tableFromIPC(await readFile('three.arrow')).numRows); // 3
   * ```
   */
  async writeArrow(path: string | URL, options?: ArrowWriterOptions): Promise<number> {
    return this.#write(toFileWriteNative('arrow', path, options));
  }

  /**
   * Inserts the result into a registered table and returns the number of rows. From DataFusion's `DataFrame::write_table`.
   *
   * @throws BallistaError `PLAN` for an unknown table and for columns that do not fit, `NOT_IMPLEMENTED` for an
   * `insertOp` that the table does not support, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`;
   * the reason of the signal after an abort
   *
   * @example
   * ```ts
   * await ctx.sql('create table late as select * from flights where false');
   * console.log(await df.filter('delay > 600').writeTable('late'));
   * ```
   */
  async writeTable(name: string, options?: TableWriteOptions): Promise<number> {
    return this.#write(toTableWriteNative(name, options));
  }

  // ---------------------------------------------------------------- what it is

  /**
   * The schema of the result. Reading it runs nothing and works after the context is closed.
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
   * A column of this DataFrame, qualified with its table or alias, for use in joins. From DataFusion's
   * `DataFrame::find_qualified_columns`.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * console.log(String(df.alias('f').column('delay'))); // f.delay
   * ```
   */
  column(name: string): Expr {
    const { relation } = this.#column(name);
    return col(name, relation);
  }

  /**
   * Several columns; see {@link column}.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `INVALID_ARGUMENT`
   */
  findQualifiedColumns(...names: string[]): Expr[] {
    return names.map((name) => this.column(name));
  }

  /**
   * A column of this DataFrame for use inside a subquery, which then depends on the outer row (a correlated subquery). From
   * DataFusion's `out_ref_col`.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * import { exists } from 'ballista';
   *
   * const f1 = df.alias('f1');
   * const later = df.alias('f2').filter(col('origin').eq(f1.outerColumn('origin')), col('delay').gt(1000));
   * console.log(await f1.filter(exists(later)).select('origin').distinct().count());
   * ```
   */
  outerColumn(name: string): Expr {
    const { relation, dataType } = this.#column(name);
    return outerRef(name, dataType, relation);
  }

  /**
   * Parses SQL text as an expression over the columns of this DataFrame.
   *
   * @throws BallistaError `SQL_PARSE`, `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * console.log(String(df.parseSqlExpr('delay > 60').not())); // NOT (delay > 60)
   * ```
   */
  parseSqlExpr(text: string): Expr {
    const parsed = toSqlNode(text, 'the text of parseSqlExpr');
    callSync(() => this.#native.parseSqlExpr(text));
    return new Expr(parsed);
  }

  /**
   * The query as a view, which can be registered under a name. From DataFusion's `DataFrame::into_view`.
   *
   * @param temporary - whether {@link CatalogTable.kind} is temporary; default `false`
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * ctx.registerTable('late', df.filter('delay > 600').intoView());
   * console.log(await (await ctx.table('late')).count());
   * ```
   */
  intoView(temporary = false): CatalogTable {
    if (typeof temporary !== 'boolean')
      throw invalid(`intoView: temporary must be true or false, not ${describe(temporary)}.`);
    this.#session.assertOpen();
    return new CatalogTable(callSync(() => this.#native.intoView(temporary)));
  }

  /**
   * The query as SQL. Works after the context is closed.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` for a plan that cannot be expressed in SQL
   *
   * @example
   * ```ts
   * console.log(df.filter('delay > 60').select('origin').toSql());
   * ```
   */
  toSql(): string {
    return callSync(() => this.#native.toSql());
  }

  /**
   * The logical plan, before optimisation. Works after the context is closed. From DataFusion's `DataFrame::logical_plan`.
   *
   * @example
   * ```ts
   * console.log(String(df.limit(1).logicalPlan()));
   * console.log(df.filter('delay > 60').logicalPlan().toSql());
   * ```
   */
  logicalPlan(): LogicalPlan {
    return toLogicalPlan(callSync(() => this.#native.logicalPlan()));
  }

  /**
   * The logical plan after optimisation. A session on a cluster sends this plan to the scheduler.
   *
   * @throws BallistaError `PLAN` for an error that only the optimiser detects, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(String(await df.select('origin').limit(1).optimizedLogicalPlan()));
   * ```
   */
  async optimizedLogicalPlan(): Promise<LogicalPlan> {
    this.#session.assertOpen();
    return toLogicalPlan(await call(() => this.#native.optimizedLogicalPlan()));
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
   * The text that {@link explain} prints.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   */
  async explainString(options: ExplainOptions = {}): Promise<string> {
    const { verbose, analyze, format, showStatistics, analyzeLevel, analyzeCategories, ...action } = resolve<
      ExplainOptions & { verbose: boolean; analyze: boolean }
    >('explain', EXPLAIN_SETTINGS, options);
    const plans = this.derive({
      verb: 'explain',
      verbose,
      analyze,
      ...(format !== undefined && { format }),
      ...(showStatistics !== undefined && { showStatistics }),
      ...(analyzeLevel !== undefined && { level: analyzeLevel }),
      ...(analyzeCategories !== undefined && { categories: toCategories(analyzeCategories) }),
    });
    const stream = plans.stream(action);
    const { text } = await drawTable(await toBatches(stream), stream.schema);
    return text;
  }

  /**
   * The physical plan for a single process. A scheduler makes its own plan and splits it into stages; {@link analyze} shows
   * those.
   *
   * @throws BallistaError `PLAN`, `CLOSED`
   */
  async executionPlan(): Promise<ExecutionPlan> {
    this.#session.assertOpen();
    return toExecutionPlan(await call(() => this.#native.executionPlan()));
  }

  /**
   * Runs the query, discards its rows, and returns the metrics of every operator in every stage. A query that one executor or
   * this process runs alone is one stage.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * const stages = await df.filter('delay > 600').analyze();
   * for (const { stage, partitions, plan } of stages) console.log(stage, partitions, plan.metrics()?.outputRows);
   * ```
   */
  async analyze(options: ActionOptions = {}): Promise<readonly PlanStage[]> {
    const { signal } = resolve<ActionOptions>('analyze', ACTION_SETTINGS, options);
    this.#session.assertOpen();
    return readStages(await callTask(this.#session.abandon, (task) => this.#native.analyze(task), signal));
  }

  /**
   * A drawing of the plan. Without `analyze` it is the plan of {@link executionPlan}, and nothing runs. With `analyze` the query
   * runs, and the drawing has the stages and metrics of {@link analyze}.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`; with `analyze` also the errors of {@link analyze}
   *
   * @example
   * ```ts
   * const visual = await df.filter('delay > 600').explainVisual({ analyze: true });
   * await visual.save('plan.svg');
   * ```
   */
  async explainVisual(options: ExplainVisualOptions = {}): Promise<PlanVisualization> {
    const { analyze, ...action } = resolve<ExplainVisualOptions>('explainVisual', EXPLAIN_VISUAL_SETTINGS, options);
    return new PlanVisualization(analyze ? await this.analyze(action) : await this.executionPlan());
  }

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
    print(await this.#table(rows, options, process.stdout.isTTY ? process.stdout.columns : undefined));
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
    return this.#table(rows, options, undefined);
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
    if (this.#native.isAbout) return countRows(await this.collect(options));
    const stream = this.derive({ verb: 'count' }).stream(options);
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
    return toBatches(this.stream(options));
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
   * await (await df.sort('delay').tail(3)).show();
   * ```
   */
  async tail(rows = 5, options: ActionOptions = {}): Promise<DataFrame<T>> {
    checkCount(rows, 'tail');
    const count = await this.count(options);
    return this.limit(rows, Math.max(0, count - rows));
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
    const stream = this.stream(options);
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
  async toArray(options: RowOptions = {}): Promise<T[]> {
    const { stream, convert } = this.#convert(options);
    const rows: T[][] = [];
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
  async toColumns(options: RowOptions = {}): Promise<{ [K in keyof T]: T[K][] }> {
    const { stream, convert } = this.#convert(options);
    const parts: unknown[][][] = [];
    for await (const batch of stream) parts.push(convert().columns(batch));
    const columns = convert().names.map((name, i) => [name, joinArrays(parts.map((part) => part[i] ?? []))]);
    return Object.fromEntries(columns) as { [K in keyof T]: T[K][] };
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
    const stream = this.stream(action);
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
    return new RecordBatchStream(this.#native, this.#session, options);
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
  rows(options: RowOptions = {}): RowStream<T> {
    const { stream, convert } = this.#convert(options);
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
    const { signal, ...format } = resolve<ActionOptions & IpcStreamOptions>(
      'toReadableStream',
      { ...ACTION_SETTINGS, ...READABLE_STREAM_SETTINGS },
      options as ActionOptions & IpcStreamOptions,
    );
    return this.stream({ signal }).toReadableStream(format);
  }

  /** The result as a stream of record batches: `for await (const batch of df)`. */
  [Symbol.asyncIterator](): RecordBatchStream {
    return this.stream();
  }

  /** The columns and their types. Never runs anything. */
  override toString(): string {
    return `DataFrame { ${schemaText(this.schema())} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  // ---------------------------------------------------------------- inside

  protected override get self(): this {
    return this;
  }

  protected override derive<U extends object>(verb: Verb): DataFrame<U> {
    this.#session.assertOpen();
    const { json, frames: operands } = encodeVerb(verb);
    return new DataFrame<U>(
      callSync(() => this.#native.verb(json, operands)),
      this.#session,
    );
  }

  #column(name: string): { relation?: string; dataType: string } {
    checkName(name, 'the name of a column');
    const { relation, dataType } = JSON.parse(callSync(() => this.#native.column(name))) as {
      relation: string | null;
      dataType: string;
    };
    return relation === null ? { dataType } : { relation, dataType };
  }

  async #write({ json, signal }: NativeWrite): Promise<number> {
    this.#session.assertOpen();
    return callTask(this.#session.abandon, (task) => this.#native.write(json, task), signal);
  }

  /** A stream and its converter. The converter is made when the schema is final: after the first batch, or at the end. */
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
    // More rows than a printed table can hold need no limit, and `limit` would reject the number.
    const maxRows = rows < 2 ** 31 ? rows : Infinity;
    // Fetch one row more than shown, to know whether there are more.
    const stream = (maxRows === Infinity || this.#native.isAbout ? this : this.limit(maxRows + 1)).stream(options);
    const { text, notes } = await drawTable(await toBatches(stream), stream.schema, { maxRows, maxWidth });
    return [text, ...notes].join('\n');
  }
}

const ROW_SETTINGS = { ...ACTION_SETTINGS, ...CONVERT_SETTINGS };

const IPC_SETTINGS = {
  ...ACTION_SETTINGS,
  format: { type: 'choice', choices: ['stream', 'file'], default: 'stream' },
} as const;

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
