/**
 * In-memory data and named tables of a session.
 *
 * @module
 */

import type { RecordBatch, Schema } from 'apache-arrow';

import { type ArrowInput, toPartitions } from '../arrow/ipc/arrow-input.js';
import { type ColumnsInput, columnsToIpc, rowsToIpc } from '../arrow/ipc/plain-input.js';
import type { Stored } from '../arrow/values/stored.js';
import type { Row } from '../arrow/values/values.js';
import { exactName } from '../catalog/exact-name.js';
import type { DataFrame } from '../dataframe/dataframe.js';
import { type PendingDataFrame, pending } from '../dataframe/pending.js';
import { frames } from '../engine/native-dataframe.js';
import { invalid } from '../errors.js';
import { SessionFiles } from './files.js';
import { type RegisterOptions, replaces } from './register-options.js';

/** A table of a session. From DataFusion's catalog, as `information_schema.tables` lists it. */
export interface TableRef {
  /** The catalog. Default `'datafusion'`. */
  catalog: string;
  /** The schema. Default `'public'`. */
  schema: string;
  /** The table name, without catalog and schema. */
  name: string;
  /** `'table'`, `'view'` or `'temporary'`. */
  kind: string;
}

/** The table methods of a {@link SessionContext}. */
export abstract class SessionTables extends SessionFiles {
  // ---------------------------------------------------------------- data in memory

  /**
   * A DataFrame over record batches in memory, as one array of batches per partition.
   *
   * @param name - if given, also registers the data as a table
   * @throws BallistaError `INVALID_ARGUMENT`, `EXECUTION` if the name is taken, `CLOSED`
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
  createDataFrame<T extends object = Row>(
    partitions: readonly (readonly RecordBatch[])[],
    name?: string,
  ): PendingDataFrame<T> {
    return pending(async () => {
      if (!Array.isArray(partitions) || !partitions.every(Array.isArray))
        throw invalid(
          'createDataFrame takes an array of partitions. Each partition must be an array of RecordBatches. For plain objects, use fromRows.',
        );
      return this.#fromIpc<T>(toPartitions(partitions), name);
    });
  }

  /**
   * A DataFrame over Arrow data: a table, batches, or the bytes of an IPC stream or file.
   *
   * @param name - if given, also registers the data as a table
   * @throws BallistaError `INVALID_ARGUMENT`, `ARROW`, `EXECUTION` if the name is taken, `CLOSED`
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
  fromArrow<T extends object = Row>(data: ArrowInput, name?: string): PendingDataFrame<T> {
    return pending(() => this.#fromIpc<T>(toPartitions(data), name));
  }

  /**
   * A DataFrame over plain objects. Without a schema the types are inferred from the values: whole numbers and bigints become
   * Int64, other numbers Float64, `Date` Timestamp(ms, UTC), `Uint8Array` Binary, arrays List, objects Struct. Whole numbers are
   * read back as bigints, unless an option says `int64: 'number'`.
   *
   * @typeParam T - the type of the given rows; the DataFrame has `number | bigint` in place of `number`
   * @throws BallistaError `INVALID_ARGUMENT`, which names the row and the column; `CLOSED`
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
  fromRows<T extends object = Row>(rows: readonly T[], schema?: Schema): PendingDataFrame<Stored<T>> {
    return pending(() => this.#fromIpc<Stored<T>>([rowsToIpc(rows, schema)]));
  }

  /**
   * A DataFrame over columns, given as arrays or typed arrays. Typed arrays keep their type. See {@link fromRows}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, which names the row and the column; `CLOSED`
   *
   * @example
   * ```ts
   * const points = await ctx.fromColumns({ x: Float32Array.of(1.5, 2.5), label: ['a', null] });
   * console.log(String(points)); // DataFrame { x: Float32, label: Utf8 }
   * ```
   */
  fromColumns<T extends object = Row>(columns: ColumnsInput, schema?: Schema): PendingDataFrame<T> {
    return pending(() => this.#fromIpc<T>([columnsToIpc(columns, schema)]));
  }

  /**
   * A DataFrame over one record batch; see {@link fromArrow}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  readBatch<T extends object = Row>(batch: RecordBatch): PendingDataFrame<T> {
    return pending(() => this.readBatches<T>([batch]));
  }

  /**
   * A DataFrame over record batches with the same schema; see {@link fromArrow}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `SCHEMA` if the schemas differ, `CLOSED`
   */
  readBatches<T extends object = Row>(batches: Iterable<RecordBatch>): PendingDataFrame<T> {
    return pending(() => this.createDataFrame<T>([[...batches]]));
  }

  /**
   * A DataFrame without columns and rows. From DataFusion's `SessionContext::read_empty`.
   *
   * @throws BallistaError `CLOSED`
   */
  emptyTable(): PendingDataFrame {
    return pending(() => this.frame(async (session) => session.emptyTable()));
  }

  /**
   * Registers one record batch as a table; see {@link registerRecordBatches}.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `EXECUTION` if the name is taken, `PLAN` for an unknown schema, `CLOSED`
   */
  async registerBatch(name: string, batch: RecordBatch, options?: RegisterOptions): Promise<void> {
    return this.registerRecordBatches(name, [[batch]], options);
  }

  /**
   * Registers in-memory Arrow data as a table. In an array of arrays of batches, each inner array is a partition. From
   * DataFusion's `MemTable`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `ARROW`, `EXECUTION` if the name is taken, `PLAN` for an unknown schema,
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
  async registerRecordBatches(
    name: string,
    data: ArrowInput | readonly (readonly RecordBatch[])[],
    options?: RegisterOptions,
  ): Promise<void> {
    const replace = replaces('registerRecordBatches', options);
    const partitions = toPartitions(data);
    await this.call((session) => session.registerIpc(exactName(name, 'table'), partitions, replace));
  }

  /**
   * Registers a DataFrame as a view: its query runs each time the view is read.
   *
   * @throws BallistaError `EXECUTION` if the name is taken, `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await ctx.registerView('late', df.filter(col('delay').gt(60)));
   * console.log(await ctx.table('late').count());
   * await ctx.registerView('late', df.filter(col('delay').gt(600)), { replace: true });
   * console.log(await ctx.table('late').count()); // 272
   * ```
   */
  // biome-ignore lint/suspicious/noExplicitAny: the row type does not matter
  async registerView(name: string, df: DataFrame<any>, options?: RegisterOptions): Promise<void> {
    const replace = replaces('registerView', options);
    const native = frames.of(df, 'the view');
    this.callSync((session) => session.registerView(exactName(name, 'table'), native, replace));
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
  table<T extends object = Row>(name: string): PendingDataFrame<T> {
    return pending(() => this.frame<T>((session) => session.table(exactName(name, 'table'))));
  }

  /**
   * All tables and views of the session.
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
   * Whether {@link table} finds a table or view under a name: `name`, `schema.name` or `catalog.schema.name`, as in SQL.
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
   * Removes a table or view from the session; its files stay. Returns whether it existed.
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

  // ---------------------------------------------------------------- inside

  async #fromIpc<T extends object>(partitions: Uint8Array[], name?: string): Promise<DataFrame<T>> {
    if (name === undefined) return this.frame<T>((session) => session.fromIpc(partitions));
    await this.call((session) => session.registerIpc(exactName(name, 'table'), partitions, false));
    return this.table<T>(name);
  }
}
