/**
 * SQL, tables and DataFrames of a session, wherever it runs.
 *
 * @module
 */

import { availableParallelism } from 'node:os';

import type { RecordBatch, Schema } from 'apache-arrow';
import { type ConvertOptions, type Row, toConversion } from './arrow/values.js';
import { type ArrowInput, type ColumnsInput, columnsToIpc, rowsToIpc, toPartitions } from './arrow/write.js';
import type { NativeDataFrame, NativeSession, NativeSessionOptions } from './binding.cjs';
import { exactName } from './catalog/name.js';
import { type ClusterConfig, toConfigNative } from './config/cluster-config.js';
import { ACTION_SETTINGS, LOCAL_SETTINGS } from './config/options.js';
import {
  type ArrowReadOptions,
  type AvroReadOptions,
  type CsvReadOptions,
  type FileFormat,
  type JsonReadOptions,
  type ParquetReadOptions,
  type PathLike,
  type ReadOptions,
  type ReadOptionsByFormat,
  toPathsNative,
  toReadOptionsNative,
} from './config/read-options.js';
import { type RuntimeEnvBuilder, type RuntimeOptions, toRuntimeNative } from './config/runtime-env.js';
import type { SessionConfig } from './config/session-config.js';
import { resolve } from './config/settings.js';
import { DataFrame } from './dataframe.js';
import { BallistaError, invalid } from './errors.js';
import { nativeOf } from './frames.js';
import { call, callSync, callTask } from './native.js';
import { connectPlans, nativeLogicalPlanOf } from './native-plan.js';
import { describe, type Params, toParamsNative } from './params.js';
import type { LogicalPlan } from './plan/logical-plan.js';
import type { ActionOptions, Session } from './session.js';
import { SessionEngine } from './session-engine.js';
import { SqlQuery } from './sql.js';
import { UdfPool } from './udf/pool.js';

/** Options of {@link SessionContext.local}. */
export interface LocalOptions {
  /** Engine configuration: a {@link SessionConfig}, or values by key; `datafusion.*` only, for there is no cluster. */
  config?: SessionConfig | ClusterConfig;
  /** How row actions (`toArray`, `rows`, `toColumns`) convert values, unless they say otherwise. */
  convert?: ConvertOptions;
  /** How large an in-memory table may be, in bytes. Default 1 GiB. */
  memoryTableLimitBytes?: number;
  /** What the session may take of memory and disk. Default: as much memory as there is, and the system's temporary folder. */
  runtime?: RuntimeEnvBuilder | RuntimeOptions;
}

/** Options of {@link SessionContext.sql}. */
export interface SqlOptions extends ActionOptions {
  /** Values for `$1`, `$2`, … (an array) or `$name` (an object). */
  params?: Params;
  /** Whether CREATE and DROP are allowed. Default `true`. */
  allowDdl?: boolean;
  /** Whether INSERT, COPY and the like are allowed. Default `true`. */
  allowDml?: boolean;
  /** Whether SET and the like are allowed. Default `true`. */
  allowStatements?: boolean;
}

/** A table of a context. From DataFusion's catalog: what `information_schema.tables` shows. */
export interface TableRef {
  /** `'datafusion'` unless made otherwise. */
  catalog: string;
  /** `'public'` unless made otherwise. */
  schema: string;
  /** The name alone. */
  name: string;
  /** `'table'`, `'view'` or `'temporary'`. */
  kind: string;
}

const SQL_SETTINGS = {
  ...ACTION_SETTINGS,
  params: { type: 'any', doc: 'Values of placeholders.' },
  allowDdl: { type: 'boolean', default: true, doc: 'CREATE and DROP.' },
  allowDml: { type: 'boolean', default: true, doc: 'INSERT and COPY.' },
  allowStatements: { type: 'boolean', default: true, doc: 'SET.' },
} as const;

/**
 * A session: SQL, tables and DataFrames. {@link SessionContext.local} runs everything in this process, on single-node
 * DataFusion; `BallistaSessionContext` runs it on a cluster. From DataFusion's `SessionContext`.
 *
 * After {@link close} every method fails with `CLOSED`.
 *
 * @example
 * ```ts
 * import { SessionContext } from 'ballista';
 *
 * const ctx = SessionContext.local();
 * const df = await ctx.sql('select 1 + 1 as two');
 * console.log(await df.toArray()); // [ { two: 2n } ]
 * await ctx.close();
 * ```
 */
export class SessionContext extends SessionEngine implements AsyncDisposable {
  readonly #native: NativeSession;
  readonly #session: Session;
  readonly #alsoClose: AsyncDisposable | undefined;
  #closing: Promise<void> | undefined;

  /** @internal Use {@link SessionContext.local} or a `BallistaSessionContext`. */
  protected constructor(
    options: NativeSessionOptions,
    convert: ConvertOptions | undefined,
    alsoClose?: AsyncDisposable,
  ) {
    super();
    toConversion(convert);
    this.#native = callSync((binding) => new binding.NativeSession(options));
    this.#alsoClose = alsoClose;
    this.#session = Object.freeze({
      convert,
      abandon: (task: number) => this.#native.abandon(task),
      assertOpen: () => this.#assertOpen(),
    });
    connectPlans(this, this.#native, {
      assertOpen: () => this.#assertOpen(),
      planSql: async (query) => {
        const df = await this.sql(query, { allowDdl: false, allowDml: false, allowStatements: false });
        return callSync(() => nativeOf(df, 'the query').logicalPlan());
      },
    });
  }

  /**
   * A session without a cluster: the same API on single-node DataFusion in this process, for small data and for tests.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, and `CONFIG` for an unknown key or a value that does not parse
   *
   * @example
   * ```ts
   * import { SessionContext, col } from 'ballista';
   *
   * await using ctx = SessionContext.local();
   * const df = await ctx.fromColumns({ a: [1, 2, 3] });
   * console.log(await df.filter(col('a').gt(1)).count()); // 2
   * ```
   */
  static local(options: LocalOptions = {}): SessionContext {
    const { config, convert, memoryTableLimitBytes, runtime } = resolve<
      LocalOptions & { memoryTableLimitBytes: number }
    >('SessionContext.local', LOCAL_SETTINGS, options);
    const native = toRuntimeNative(runtime);
    const pool = new UdfPool(availableParallelism());
    return new SessionContext(
      {
        config: toConfigNative(config),
        executorTimeoutMs: 0,
        memoryTableLimitBytes,
        udfPool: pool.id,
        ...(native && { runtime: native }),
      },
      convert,
      pool,
    );
  }

  /** The id of the session; the scheduler knows it by the same. */
  get sessionId(): string {
    return this.#native.sessionId;
  }

  /** Whether {@link close} was called. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  // ---------------------------------------------------------------- SQL

  /**
   * Plans a query. Statements that change the session (CREATE, SET, …) take effect at once; a query runs when an action
   * asks for its result.
   *
   * @param query - SQL text, or a query of the `sql` template tag, whose values travel apart from the text
   * @throws BallistaError `SQL_PARSE`, `PLAN`, `SCHEMA`, `CONFIG`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, sql } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * await ctx.registerRecordBatches('t', await (await ctx.fromColumns({ a: [1, 2, 3] })).collect());
   *
   * const positional = await ctx.sql('select a from t where a > $1', { params: [1] });
   * const named = await ctx.sql('select a from t where a > $least', { params: { least: 1 } });
   * const tagged = await ctx.sql(sql`select a from ${sql.ident('t')} where a > ${1}`);
   * console.log(await positional.count(), await named.count(), await tagged.count()); // 2 2 2
   * await ctx.close();
   * ```
   */
  async sql<T extends object = Row>(query: string | SqlQuery, options: SqlOptions = {}): Promise<DataFrame<T>> {
    const { signal, params, ...allowed } = resolve<
      Required<Omit<SqlOptions, 'params' | 'signal'>> & ActionOptions & { params?: Params }
    >('sql', SQL_SETTINGS, options);
    const tagged = SqlQuery.is(query);
    if (!tagged && typeof query !== 'string')
      throw invalid(`sql takes text or a query of the sql tag, not ${describe(query)}`);
    if (tagged && params !== undefined) throw invalid('a query of the sql tag brings its own values; leave out params');
    const values = tagged ? (query.values.length > 0 ? query.values : undefined) : params;
    const native = values === undefined ? allowed : { ...allowed, params: toParamsNative(values) };
    this.#assertOpen();
    const text = tagged ? query.text : query;
    const frame = await callTask(this.#session.abandon, (task) => this.#native.sql(text, native, task), signal);
    return new DataFrame<T>(frame, this.#session);
  }

  /**
   * A DataFrame of a plan: one of another DataFrame, or from bytes or Substrait. Nothing runs yet. From DataFusion's
   * `SessionContext::execute_logical_plan`.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const again = await ctx.executeLogicalPlan(df.filter('delay > 600').logicalPlan());
   * console.log(await again.count());
   * ```
   */
  async executeLogicalPlan<T extends object = Row>(plan: LogicalPlan): Promise<DataFrame<T>> {
    const native = nativeLogicalPlanOf(plan, 'the plan of executeLogicalPlan');
    this.#assertOpen();
    return new DataFrame<T>(
      callSync(() => this.#native.frame(native)),
      this.#session,
    );
  }

  // ---------------------------------------------------------------- files

  /**
   * A DataFrame over Parquet files. From DataFusion's `SessionContext::read_parquet`.
   *
   * @param path - a file, a folder, a glob, a URL, or several of them
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format,
   * `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const flights = await ctx.readParquet('data/flights-3m.parquet');
   * console.log(await flights.filter(col('delay').gt(600)).count());
   * ```
   */
  async readParquet<T extends object = Row>(path: PathLike, options?: ParquetReadOptions): Promise<DataFrame<T>> {
    return this.#read<T, 'parquet'>('parquet', path, options);
  }

  /**
   * A DataFrame over CSV files; see {@link readParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format,
   * `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { writeFile } from 'node:fs/promises';
   * import { BallistaSessionContext } from 'ballista';
   *
   * await writeFile('ages.csv', 'name;age\nAda;36\n');
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.readCsv('ages.csv', { delimiter: ';' });
   * console.log(await df.toArray()); // [ { name: 'Ada', age: 36n } ]
   * await ctx.close();
   * ```
   */
  async readCsv<T extends object = Row>(path: PathLike, options?: CsvReadOptions): Promise<DataFrame<T>> {
    return this.#read<T, 'csv'>('csv', path, options);
  }

  /**
   * A DataFrame over files with one JSON object a line; see {@link readParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format,
   * `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { writeFile } from 'node:fs/promises';
   *
   * await writeFile('people.json', '{"name": "Ada", "tags": ["a", "b"]}\n{"name": "Bob"}\n');
   * const people = await ctx.readJson('people.json');
   * console.log(await people.toArray()); // [ { name: 'Ada', tags: [ 'a', 'b' ] }, { name: 'Bob', tags: null } ]
   * ```
   */
  async readJson<T extends object = Row>(path: PathLike, options?: JsonReadOptions): Promise<DataFrame<T>> {
    return this.#read<T, 'json'>('json', path, options);
  }

  /**
   * A DataFrame over Avro files; see {@link readParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format,
   * `INVALID_ARGUMENT`, `CLOSED`
   */
  async readAvro<T extends object = Row>(path: PathLike, options?: AvroReadOptions): Promise<DataFrame<T>> {
    return this.#read<T, 'avro'>('avro', path, options);
  }

  /**
   * A DataFrame over Arrow IPC files; see {@link readParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format,
   * `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const flights = await ctx.readArrow('data/flights-200k.arrow');
   * console.log(String(flights)); // DataFrame { delay: Int16, distance: Int16, time: Float32 }
   * ```
   */
  async readArrow<T extends object = Row>(path: PathLike, options?: ArrowReadOptions): Promise<DataFrame<T>> {
    return this.#read<T, 'arrow'>('arrow', path, options);
  }

  /**
   * Registers Parquet files as a table. From DataFusion's `SessionContext::register_parquet`.
   *
   * @param name - as in SQL: `trips`, or `schema.trips`
   * @param path - a file, a folder, a glob, a URL, or several of them
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format or the
   * name is taken, `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await ctx.registerParquet('trips', 'data/flights-3m.parquet');
   * await (await ctx.sql('select count(*) from trips')).show();
   * ```
   */
  async registerParquet(name: string, path: PathLike, options?: ParquetReadOptions): Promise<void> {
    return this.#register('parquet', name, path, options);
  }

  /**
   * Registers CSV files as a table; see {@link registerParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format or the
   * name is taken, `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await ctx.registerCsv('airports', 'data/airports.csv');
   * await (await ctx.sql('select state, count(*) as n from airports group by state order by n desc limit 3')).show();
   * ```
   */
  async registerCsv(name: string, path: PathLike, options?: CsvReadOptions): Promise<void> {
    return this.#register('csv', name, path, options);
  }

  /**
   * Registers files with one JSON object a line as a table; see {@link registerParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format or the
   * name is taken, `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   */
  async registerJson(name: string, path: PathLike, options?: JsonReadOptions): Promise<void> {
    return this.#register('json', name, path, options);
  }

  /**
   * Registers Avro files as a table; see {@link registerParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format or the
   * name is taken, `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   */
  async registerAvro(name: string, path: PathLike, options?: AvroReadOptions): Promise<void> {
    return this.#register('avro', name, path, options);
  }

  /**
   * Registers Arrow IPC files as a table; see {@link registerParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` where there is no file, `EXECUTION` where it is of another format or the
   * name is taken, `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   */
  async registerArrow(name: string, path: PathLike, options?: ArrowReadOptions): Promise<void> {
    return this.#register('arrow', name, path, options);
  }

  /**
   * Registers files as a table, of the format that their ending names; see {@link registerParquet}. From DataFusion's
   * `SessionContext::register_listing_table`.
   *
   * @param options - `fileExtension` is `'.parquet'` unless given
   * @throws BallistaError as {@link registerParquet}; `INVALID_ARGUMENT` for another ending than `.parquet`, `.csv`, `.json`,
   * `.avro` and `.arrow`
   *
   * @example
   * ```ts
   * await ctx.registerListingTable('trips', 'data/', { fileExtension: '.parquet' });
   * ```
   */
  async registerListingTable(name: string, path: PathLike, options: ReadOptions = {}): Promise<void> {
    const extension = options?.fileExtension ?? '.parquet';
    return this.#register(toFormat(extension), name, path, { ...options, fileExtension: extension });
  }

  // ---------------------------------------------------------------- data in memory

  /**
   * A DataFrame over record batches in memory, partition by partition.
   *
   * @param name - also registers it as a table of that name
   * @throws BallistaError `INVALID_ARGUMENT`, `EXECUTION` where the name is taken, `CLOSED`
   *
   * @example
   * ```ts
   * import { tableFromArrays } from 'apache-arrow';
   * import { BallistaSessionContext, col } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const { batches } = tableFromArrays({ a: new Int32Array([1, 2, 3]), b: new Int32Array([4, 5, 6]) });
   * const df = await ctx.createDataFrame([batches]);
   * const [result] = await df.select(col('a').add(col('b')), col('a').sub(col('b'))).collect();
   * console.log(result?.getChildAt(0)?.toArray(), result?.getChildAt(1)?.toArray()); // Int32Array(3) [ 5, 7, 9 ] Int32Array(3) [ -3, -3, -3 ]
   * await ctx.close();
   * ```
   */
  async createDataFrame<T extends object = Row>(
    partitions: readonly (readonly RecordBatch[])[],
    name?: string,
  ): Promise<DataFrame<T>> {
    if (!Array.isArray(partitions) || !partitions.every(Array.isArray))
      throw invalid('createDataFrame takes an array of partitions, each an array of RecordBatch');
    return this.#fromIpc<T>(toPartitions(partitions), name);
  }

  /**
   * A DataFrame over Arrow data: a table, batches, or the bytes of an IPC stream or file.
   *
   * @param name - also registers it as a table of that name
   * @throws BallistaError `INVALID_ARGUMENT`, `ARROW`, `EXECUTION` where the name is taken, `CLOSED`
   *
   * @example
   * ```ts
   * import { tableFromArrays } from 'apache-arrow';
   *
   * const numbers = await ctx.fromArrow(tableFromArrays({ a: Int32Array.of(1, 2, 3) }), 'numbers');
   * console.log(await numbers.count()); // 3
   * await (await ctx.sql('select sum(a) from numbers')).show();
   * ```
   */
  async fromArrow<T extends object = Row>(data: ArrowInput, name?: string): Promise<DataFrame<T>> {
    return this.#fromIpc<T>(toPartitions(data), name);
  }

  /**
   * A DataFrame over plain objects. Without a schema the types follow from the values: whole numbers and bigints are
   * Int64, other numbers Float64, `Date` is Timestamp(ms, UTC), `Uint8Array` Binary, arrays List, objects Struct.
   *
   * @throws BallistaError `INVALID_ARGUMENT` that names the row and the column, `CLOSED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.fromRows([{ name: 'Ada', tags: ['a', 'b'] }, { name: 'Bob', tags: null }]);
   * console.log(await df.toArray()); // [ { name: 'Ada', tags: [ 'a', 'b' ] }, { name: 'Bob', tags: null } ]
   * await ctx.close();
   * ```
   */
  async fromRows<T extends object = Row>(rows: readonly T[], schema?: Schema): Promise<DataFrame<T>> {
    return this.#fromIpc<T>([rowsToIpc(rows, schema)]);
  }

  /**
   * A DataFrame over columns: arrays, or typed arrays, which keep their type. See {@link fromRows}.
   *
   * @throws BallistaError `INVALID_ARGUMENT` that names the row and the column, `CLOSED`
   *
   * @example
   * ```ts
   * const points = await ctx.fromColumns({ x: Float32Array.of(1.5, 2.5), label: ['a', null] });
   * console.log(String(points)); // DataFrame { x: Float32, label: Utf8 }
   * ```
   */
  async fromColumns<T extends object = Row>(columns: ColumnsInput, schema?: Schema): Promise<DataFrame<T>> {
    return this.#fromIpc<T>([columnsToIpc(columns, schema)]);
  }

  /**
   * A DataFrame over one record batch; see {@link fromArrow}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  async readBatch<T extends object = Row>(batch: RecordBatch): Promise<DataFrame<T>> {
    return this.readBatches<T>([batch]);
  }

  /**
   * A DataFrame over record batches of one schema; see {@link fromArrow}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `SCHEMA` where they differ, `CLOSED`
   */
  async readBatches<T extends object = Row>(batches: Iterable<RecordBatch>): Promise<DataFrame<T>> {
    return this.createDataFrame<T>([[...batches]]);
  }

  /**
   * A DataFrame without columns and without rows. From DataFusion's `SessionContext::read_empty`.
   *
   * @throws BallistaError `CLOSED`
   */
  async emptyTable(): Promise<DataFrame> {
    return this.frame(async (session) => session.emptyTable());
  }

  /**
   * Registers one record batch as a table; see {@link registerRecordBatches}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `EXECUTION` where the name is taken, `PLAN` for an unknown schema, `CLOSED`
   */
  async registerBatch(name: string, batch: RecordBatch): Promise<void> {
    return this.registerRecordBatches(name, [[batch]]);
  }

  /**
   * Registers Arrow data in memory as a table; batches of batches are partitions. From DataFusion's `MemTable`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `ARROW`, `EXECUTION` where the name is taken, `PLAN` for an unknown schema,
   * `CLOSED`
   *
   * @example
   * ```ts
   * import { tableFromArrays } from 'apache-arrow';
   *
   * await ctx.registerRecordBatches('numbers', tableFromArrays({ a: Int32Array.of(1, 2, 3) }));
   * await (await ctx.sql('select sum(a) from numbers')).show();
   * ```
   */
  async registerRecordBatches(name: string, data: ArrowInput | readonly (readonly RecordBatch[])[]): Promise<void> {
    const partitions = toPartitions(data);
    await this.call((session) => session.registerIpc(exactName(name, 'table'), partitions));
  }

  /**
   * Registers a DataFrame as a view: its query runs whenever the view is queried.
   *
   * @throws BallistaError `EXECUTION` where the name is taken, `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await ctx.registerView('late', df.filter(col('delay').gt(60)));
   * console.log(await (await ctx.table('late')).count());
   * ```
   */
  // biome-ignore lint/suspicious/noExplicitAny: the row type does not matter
  async registerView(name: string, df: DataFrame<any>): Promise<void> {
    const native = nativeOf(df, 'the view');
    this.#assertOpen();
    callSync(() => this.#native.registerView(exactName(name, 'table'), native));
  }

  // ---------------------------------------------------------------- tables and jobs

  /**
   * A DataFrame over a registered table or view.
   *
   * @throws BallistaError `PLAN` for an unknown table, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const flights = await ctx.table('flights');
   * console.log(await flights.count()); // 3000000
   * ```
   */
  async table<T extends object = Row>(name: string): Promise<DataFrame<T>> {
    return this.frame<T>((session) => session.table(exactName(name, 'table')));
  }

  /**
   * All tables and views.
   *
   * @throws BallistaError `CLOSED`
   *
   * @example
   * ```ts
   * console.log(await ctx.tables()); // [ { catalog: 'datafusion', schema: 'public', name: 'flights', kind: 'table' } ]
   * ```
   */
  async tables(): Promise<TableRef[]> {
    return this.call((session) => session.tables());
  }

  /**
   * Whether {@link table} finds a table or view of that name: `name`, `schema.name` or `catalog.schema.name`, as in SQL.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(await ctx.tableExists('flights'), await ctx.tableExists('trains')); // true false
   * ```
   */
  async tableExists(name: string): Promise<boolean> {
    return this.call((session) => session.tableExists(exactName(name, 'table')));
  }

  /**
   * Removes a table or view from the session, never its files. Whether there was one.
   *
   * @throws BallistaError `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(await ctx.deregisterTable('flights'), await ctx.deregisterTable('flights')); // true false
   * ```
   */
  async deregisterTable(name: string): Promise<boolean> {
    return this.call((session) => session.deregisterTable(exactName(name, 'table')));
  }

  // ---------------------------------------------------------------- life

  /**
   * Cancels the running jobs of this session and frees it; closes the cluster of `standalone()`. Idempotent. A scheduler
   * that is gone by then is no failure.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What it is; never runs anything. */
  override toString(): string {
    return `SessionContext { local${this.closed ? ', closed' : ''} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  // ---------------------------------------------------------------- inside

  async #close(): Promise<void> {
    try {
      await call(() => this.#native.close());
    } finally {
      await this.#alsoClose?.[Symbol.asyncDispose]();
    }
  }

  #assertOpen(): void {
    if (this.#closing) throw new BallistaError('CLOSED', 'the context was closed');
  }

  /** @internal A call of the native session, unless it is closed. */
  protected async call<R>(run: (session: NativeSession) => Promise<R>, signal?: AbortSignal): Promise<R> {
    this.#assertOpen();
    return call(() => run(this.#native), signal);
  }

  /** @internal As {@link call}, at once. */
  protected callSync<R>(run: (session: NativeSession) => R): R {
    this.#assertOpen();
    return callSync(() => run(this.#native));
  }

  /** @internal As {@link call}, for what gives a DataFrame. */
  protected async frame<T extends object>(
    run: (session: NativeSession) => Promise<NativeDataFrame>,
  ): Promise<DataFrame<T>> {
    return new DataFrame<T>(await this.call(run), this.#session);
  }

  async #read<T extends object, F extends FileFormat>(
    format: F,
    path: PathLike,
    options?: ReadOptionsByFormat[F],
  ): Promise<DataFrame<T>> {
    const native = toReadOptionsNative(format, options);
    const paths = toPathsNative(path);
    return this.frame<T>((session) => session.read(paths, native));
  }

  async #register<F extends FileFormat>(
    format: F,
    name: string,
    path: PathLike,
    options?: ReadOptionsByFormat[F],
  ): Promise<void> {
    const native = toReadOptionsNative(format, options);
    const paths = toPathsNative(path);
    await this.call((session) => session.register(exactName(name, 'table'), paths, native));
  }

  async #fromIpc<T extends object>(partitions: Uint8Array[], name?: string): Promise<DataFrame<T>> {
    if (name === undefined) return this.frame<T>((session) => session.fromIpc(partitions));
    await this.call((session) => session.registerIpc(exactName(name, 'table'), partitions));
    return this.table<T>(name);
  }
}

const FORMATS: readonly FileFormat[] = ['parquet', 'csv', 'json', 'avro', 'arrow'];

function toFormat(extension: string): FileFormat {
  const format = FORMATS.find((name) => extension === `.${name}`);
  if (!format) throw invalid(`fileExtension must be one of .${FORMATS.join(', .')}, not ${describe(extension)}`);
  return format;
}
