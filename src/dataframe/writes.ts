/**
 * Results that are kept: in memory, in files and in tables.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { ACTION_SETTINGS, type ActionOptions } from '../config/action-options.js';
import { type NativeWrite, toFileWriteNative, toTableWriteNative } from '../files/write-native.js';
import type {
  ArrowWriterOptions,
  CsvWriterOptions,
  JsonWriterOptions,
  ParquetWriterOptions,
  TableWriteOptions,
} from '../files/write-options.js';
import { resolve } from '../input/settings.js';
import { Actions } from './actions.js';
import { type PendingDataFrame, pending } from './pending.js';
import { callWatched } from './progress/watched.js';

/** The methods of a {@link DataFrame} that keep its result. */
export abstract class Writes<T extends object = Row> extends Actions<T> {
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
  cache(options: ActionOptions = {}): PendingDataFrame<T> {
    return pending(async () => {
      const action = resolve<ActionOptions>('cache', ACTION_SETTINGS, options);
      return this.make(
        await callWatched(this.native, this.session, { operation: 'cache' }, action, (df, task) => df.cache(task)),
      );
    });
  }

  // ---------------------------------------------------------------- writes

  /**
   * Writes the result as Parquet files and returns the number of rows. Executors write the files, so the path is on their
   * machines. Files appear only when all of them are complete; a failed or aborted write leaves none. If there are files already,
   * the write fails, unless {@link FileWriteOptions.mode} says otherwise. (SQL's COPY TO adds files to a folder and replaces a single
   * file.) From DataFusion's `DataFrame::write_parquet`.
   *
   * @param path - a folder, or a single file if the path has an extension
   * @throws BallistaError `FILE_EXISTS`, `OBJECT_STORE`, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the
   * reason of the signal after an abort
   *
   * @example
   * ```ts
   * const rows = await df.filter('delay > 600').writeParquet('late/', { partitionBy: 'origin', compression: 'zstd' });
   * console.log(rows, await ctx.readParquet('late/').count());
   *
   * await df.filter('delay > 900').writeParquet('late/', { partitionBy: 'origin', mode: 'overwrite' }); // replaces all of it
   * ```
   */
  async writeParquet(path: string | URL, options?: ParquetWriterOptions): Promise<number> {
    return this.#write('writeParquet', toFileWriteNative('parquet', path, options));
  }

  /**
   * Writes the result as CSV; see {@link writeParquet}.
   *
   * @throws BallistaError `FILE_EXISTS`, `OBJECT_STORE`, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the
   * reason of the signal after an abort
   *
   * @example
   * ```ts
   * console.log(await df.limit(3).writeCsv('three.csv', { delimiter: ';' })); // 3
   * ```
   */
  async writeCsv(path: string | URL, options?: CsvWriterOptions): Promise<number> {
    return this.#write('writeCsv', toFileWriteNative('csv', path, options));
  }

  /**
   * Writes the result as files with one JSON object per line; see {@link writeParquet}.
   *
   * @throws BallistaError `FILE_EXISTS`, `OBJECT_STORE`, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the
   * reason of the signal after an abort
   *
   * @example
   * ```ts
   * console.log(await df.limit(3).writeJson('three.json', { compression: 'gzip' })); // 3
   * ```
   */
  async writeJson(path: string | URL, options?: JsonWriterOptions): Promise<number> {
    return this.#write('writeJson', toFileWriteNative('json', path, options));
  }

  /**
   * Writes the result as Arrow IPC files; see {@link writeParquet}.
   *
   * @throws BallistaError `FILE_EXISTS`, `OBJECT_STORE`, `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the
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
    return this.#write('writeArrow', toFileWriteNative('arrow', path, options));
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
    return this.#write('writeTable', toTableWriteNative(name, options));
  }

  // ---------------------------------------------------------------- inside

  async #write(operation: string, { json, action }: NativeWrite): Promise<number> {
    return callWatched(this.native, this.session, { operation }, action, (df, task) => df.write(json, task));
  }
}
