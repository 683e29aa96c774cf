/**
 * A lazy query: verbs build it, actions run it on the cluster.
 *
 * @module
 */

import { type RecordBatch, type Schema, Table, type Vector } from 'apache-arrow';
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
import { CatalogTable } from './catalog/table.js';
import { checkName } from './config/name.js';
import { ACTION_SETTINGS } from './config/options.js';
import { resolve } from './config/settings.js';
import { type NativeWrite, toFileWriteNative, toTableWriteNative } from './config/write-native.js';
import type {
  ArrowWriterOptions,
  CsvWriterOptions,
  JsonWriterOptions,
  ParquetWriterOptions,
  TableWriteOptions,
} from './config/write-options.js';
import { drawTable } from './display/table.js';
import { BallistaError, invalid } from './errors.js';
import { toSqlNode } from './expr/coerce.js';
import { col, Expr } from './expr/expr.js';
import { outerRef } from './expr/subquery.js';
import { encodeVerb, remember } from './frames.js';
import { call, callSync, callTask } from './native.js';
import { toExecutionPlan, toLogicalPlan } from './native-plan.js';
import { describe } from './params.js';
import { type ExecutionPlan, type PlanStage, readStages } from './plan/execution-plan.js';
import type { LogicalPlan } from './plan/logical-plan.js';
import { PlanVisualization } from './plan/visual.js';
import { joinArrays, RowStream } from './rows.js';
import type { ActionOptions, Session } from './session.js';
import {
  type BatchStreamOptions,
  type IpcStreamOptions,
  type NdjsonStreamOptions,
  READABLE_STREAM_SETTINGS,
  type ReadableStreamOptions,
  RecordBatchStream,
} from './stream.js';
import { checkCount } from './verbs/check.js';
import type { Verb } from './verbs/verb.js';
import { Verbs } from './verbs/verbs.js';

/** Options of `explain`. */
export interface ExplainOptions extends ActionOptions {
  /** All plans of the way, with every optimiser rule. Default `false`. */
  verbose?: boolean;
  /** Runs the query and adds its metrics. Default `false`. */
  analyze?: boolean;
  /** Default `'indent'`. */
  format?: ExplainFormat;
  /** Whether the plan tells what is known of rows and bytes. Default: the session's `datafusion.explain.show_statistics`. */
  showStatistics?: boolean;
  /** With `analyze`: the metrics for a first look, or all. Default: the session's `datafusion.explain.analyze_level`. */
  analyzeLevel?: ExplainAnalyzeLevel;
  /** With `analyze`: which metrics. Default: the session's `datafusion.explain.analyze_categories`. */
  analyzeCategories?: readonly ExplainMetricCategory[];
}

/** How plans are drawn. */
export type ExplainFormat = 'indent' | 'tree' | 'pgjson' | 'graphviz';

/** How many metrics EXPLAIN ANALYZE tells: what shows which operator is slow, or everything. */
export type ExplainAnalyzeLevel = 'summary' | 'dev';

/** What metrics are about. */
export type ExplainMetricCategory = 'rows' | 'bytes' | 'timing' | 'uncategorized';

/** Options of `explainVisual`. */
export interface ExplainVisualOptions extends ActionOptions {
  /** Runs the query and shows what it measured. Default `false`. */
  analyze?: boolean;
}

/** Options of actions that give rows. */
export type RowOptions = ActionOptions & ConvertOptions;

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
export class DataFrame<T extends object = Row> extends Verbs<T> implements AsyncIterable<RecordBatch> {
  readonly #native: NativeDataFrame;
  readonly #session: Session;
  #schema: Schema | undefined;

  /** @internal Made by a context. */
  constructor(native: NativeDataFrame, session: Session) {
    super();
    this.#native = native;
    this.#session = session;
    remember(this, native);
  }

  // ---------------------------------------------------------------- results kept

  /**
   * Runs the query and gives a DataFrame over its result, which is kept in memory.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
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
   * Writes the result as Parquet, and tells how many rows. Executors write: the path is theirs. Files appear when all are
   * whole; a write that fails or is aborted leaves none. From DataFusion's `DataFrame::write_parquet`.
   *
   * @param path - a folder, to which files are added, or a file if it has an ending
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
   * Writes the result with one JSON object a line; see {@link writeParquet}.
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
   * Inserts the result into a registered table, and tells how many rows. From DataFusion's `DataFrame::write_table`.
   *
   * @throws BallistaError `PLAN` for an unknown table and for columns that do not fit, `NOT_IMPLEMENTED` for a table of
   * files and another `insertOp` than `'append'`, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`;
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
   * A column of this DataFrame, with the table or alias it belongs to: for joins. From DataFusion's
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
   * Columns as {@link column} gives them.
   *
   * @throws BallistaError `SCHEMA` for an unknown column, `INVALID_ARGUMENT`
   */
  findQualifiedColumns(...names: string[]): Expr[] {
    return names.map((name) => this.column(name));
  }

  /**
   * A column of this DataFrame inside of a subquery of it, which so depends on the row outside. From DataFusion's
   * `out_ref_col`.
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
   * SQL text as an expression over the columns of this DataFrame.
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
   * The query as a table, to register it under names. From DataFusion's `DataFrame::into_view`.
   *
   * @param temporary - what {@link CatalogTable.kind} says; default `false`
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
      throw invalid(`intoView: temporary must be true or false, not ${describe(temporary)}`);
    this.#session.assertOpen();
    return new CatalogTable(callSync(() => this.#native.intoView(temporary)));
  }

  /**
   * The query as SQL, as far as SQL can say it; also after the context is closed.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` for a plan that SQL has no words for
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
   * What the query means, as verbs or SQL say it; also after the context is closed. From DataFusion's
   * `DataFrame::logical_plan`.
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
   * As {@link logicalPlan}, after the optimiser: what goes to the cluster.
   *
   * @throws BallistaError `PLAN` where the optimiser finds what building did not, `CLOSED`
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
   * What {@link explain} prints.
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
    return drawTable(await toBatches(stream), stream.schema).text;
  }

  /**
   * How one process would run the query; a scheduler plans anew and cuts the plan into stages, which {@link analyze} shows.
   *
   * @throws BallistaError `PLAN`, `CLOSED`
   */
  async executionPlan(): Promise<ExecutionPlan> {
    this.#session.assertOpen();
    return toExecutionPlan(await call(() => this.#native.executionPlan()));
  }

  /**
   * Runs the query, drops its rows, and tells what every operator of every stage measured.
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
   * The plan as a picture: {@link executionPlan}, or with `analyze` what {@link analyze} measured.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`; with `analyze` as {@link analyze}
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
    const stream = this.derive({ verb: 'count' }).stream(options);
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
   * The values of one column; the others are not computed.
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
    if (!column) throw new BallistaError('INTERNAL', 'a column is missing');
    return column;
  }

  /**
   * The last rows, 5 unless told otherwise: counts first.
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
    return joinArrays(rows);
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
    const columns = convert().names.map((name, i) => [name, joinArrays(parts.map((part) => part[i] ?? []))]);
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
    const { json, frames } = encodeVerb(verb);
    return new DataFrame<U>(
      callSync(() => this.#native.verb(json, frames)),
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

const EXPLAIN_VISUAL_SETTINGS = {
  ...ACTION_SETTINGS,
  analyze: { type: 'boolean', default: false, doc: 'Run, and show metrics.' },
} as const;

const EXPLAIN_SETTINGS = {
  ...ACTION_SETTINGS,
  verbose: { type: 'boolean', default: false, doc: 'All plans of the way.' },
  analyze: { type: 'boolean', default: false, doc: 'Run, and add metrics.' },
  format: { type: 'choice', choices: ['indent', 'tree', 'pgjson', 'graphviz'], doc: 'How plans are drawn.' },
  showStatistics: { type: 'boolean', doc: 'What is known of rows and bytes.' },
  analyzeLevel: { type: 'choice', choices: ['summary', 'dev'], doc: 'How many metrics.' },
  analyzeCategories: { type: 'any', doc: 'Which metrics.' },
} as const;

const CATEGORIES: readonly unknown[] = ['rows', 'bytes', 'timing', 'uncategorized'];

function toCategories(categories: readonly ExplainMetricCategory[]): string {
  if (!Array.isArray(categories) || !categories.every((category) => CATEGORIES.includes(category)))
    throw invalid(`explain: analyzeCategories must be an array of ${CATEGORIES.join(', ')}`);
  return categories.length === 0 ? 'none' : categories.join(',');
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
