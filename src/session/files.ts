/**
 * Reads files as DataFrames, and registers files as tables.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { exactName } from '../catalog/exact-name.js';
import type { DataFrame } from '../dataframe/dataframe.js';
import { type PendingDataFrame, pending } from '../dataframe/pending.js';
import { invalid } from '../errors.js';
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
} from '../files/read-options.js';
import { describe } from '../input/describe.js';
import { SessionFunctions } from './functions.js';

/** The file methods of a {@link SessionContext}. */
export abstract class SessionFiles extends SessionFunctions {
  // ---------------------------------------------------------------- files

  /**
   * A DataFrame over Parquet files. From DataFusion's `SessionContext::read_parquet`.
   *
   * The keys of folders below the path, as in `year=2024/month=1/`, are columns, too. The folder
   * `year=__HIVE_DEFAULT_PARTITION__` is null, as Hive and Spark write it.
   *
   * @param path - a file, a folder, a glob, a URL, or several of them
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format, or if some files are in
   * partition folders and others are not, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const flights = await ctx.readParquet('data/flights-3m.parquet');
   * console.log(await flights.filter(col('delay').gt(600)).count());
   * ```
   */
  readParquet<T extends object = Row>(path: PathLike, options?: ParquetReadOptions): PendingDataFrame<T> {
    return pending(() => this.#read<T, 'parquet'>('parquet', path, options));
  }

  /**
   * A DataFrame over CSV files; see {@link readParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format,
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
  readCsv<T extends object = Row>(path: PathLike, options?: CsvReadOptions): PendingDataFrame<T> {
    return pending(() => this.#read<T, 'csv'>('csv', path, options));
  }

  /**
   * A DataFrame over files with one JSON object per line, or with one array of objects; see {@link readParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format,
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
  readJson<T extends object = Row>(path: PathLike, options?: JsonReadOptions): PendingDataFrame<T> {
    return pending(() => this.#read<T, 'json'>('json', path, options));
  }

  /**
   * A DataFrame over Avro files; see {@link readParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format,
   * `INVALID_ARGUMENT`, `CLOSED`
   */
  readAvro<T extends object = Row>(path: PathLike, options?: AvroReadOptions): PendingDataFrame<T> {
    return pending(() => this.#read<T, 'avro'>('avro', path, options));
  }

  /**
   * A DataFrame over Arrow IPC files; see {@link readParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format,
   * `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const flights = await ctx.readArrow('data/flights-200k.arrow');
   * console.log(String(flights)); // DataFrame { delay: Int16, distance: Int16, time: Float32 }
   * ```
   */
  readArrow<T extends object = Row>(path: PathLike, options?: ArrowReadOptions): PendingDataFrame<T> {
    return pending(() => this.#read<T, 'arrow'>('arrow', path, options));
  }

  /**
   * Registers Parquet files as a table. From DataFusion's `SessionContext::register_parquet`.
   *
   * @param name - as in SQL: `trips`, or `schema.trips`
   * @param path - a file, a folder, a glob, a URL, or several of them
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format or the name is taken,
   * `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
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
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format or the name is taken,
   * `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
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
   * Registers files with one JSON object per line, or with one array of objects, as a table; see {@link registerParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format or the name is taken,
   * `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   */
  async registerJson(name: string, path: PathLike, options?: JsonReadOptions): Promise<void> {
    return this.#register('json', name, path, options);
  }

  /**
   * Registers Avro files as a table; see {@link registerParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format or the name is taken,
   * `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   */
  async registerAvro(name: string, path: PathLike, options?: AvroReadOptions): Promise<void> {
    return this.#register('avro', name, path, options);
  }

  /**
   * Registers Arrow IPC files as a table; see {@link registerParquet}.
   *
   * @throws BallistaError `OBJECT_STORE` if no file is found, `EXECUTION` if a file has another format or the name is taken,
   * `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   */
  async registerArrow(name: string, path: PathLike, options?: ArrowReadOptions): Promise<void> {
    return this.#register('arrow', name, path, options);
  }

  /**
   * Registers files as a table; the file extension determines the format. See {@link registerParquet}. From DataFusion's
   * `SessionContext::register_listing_table`.
   *
   * @param options - the default of `fileExtension` is `'.parquet'`
   * @throws BallistaError as {@link registerParquet}; `INVALID_ARGUMENT` for an extension other than `.parquet`, `.csv`,
   * `.json`, `.avro` and `.arrow`
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

  // ---------------------------------------------------------------- inside

  async #read<T extends object, F extends FileFormat>(
    format: F,
    path: PathLike,
    options?: ReadOptionsByFormat[F],
  ): Promise<DataFrame<T>> {
    const paths = toPathsNative(path);
    const native = toReadOptionsNative(format, options);
    return this.frame<T>((session) => session.read(paths, native));
  }

  async #register<F extends FileFormat>(
    format: F,
    name: string,
    path: PathLike,
    options?: ReadOptionsByFormat[F],
  ): Promise<void> {
    const paths = toPathsNative(path);
    const native = toReadOptionsNative(format, options);
    await this.call((session) => session.register(exactName(name, 'table'), paths, native));
  }
}

const FORMATS: readonly FileFormat[] = ['parquet', 'csv', 'json', 'avro', 'arrow'];

function toFormat(extension: string): FileFormat {
  const format = FORMATS.find((name) => extension === `.${name}`);
  if (!format) throw invalid(`fileExtension must be one of .${FORMATS.join(', .')}, not ${describe(extension)}.`);
  return format;
}
