/**
 * Engine settings as an object with methods, as an alternative to a plain record.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { toInteger } from '../input/integer.js';
import { checkName } from '../input/name.js';
import type { ClusterConfig, ConfigValue } from './cluster-config.js';
import type { ConfigKey } from './generated/keys.js';

// In the global symbol registry, so that configurations of the ESM build work in the CommonJS build.
const SESSION_CONFIG = Symbol.for('ballista.sessionConfig');

/**
 * Engine settings. Immutable; every method returns a new configuration. From DataFusion's `SessionConfig`.
 *
 * Each `with…` method sets the key that it names; {@link set} sets any key. The engine checks keys and values when a context
 * uses the configuration: `CONFIG`, with the nearest valid key.
 *
 * @example
 * ```ts
 * import { SessionConfig } from 'ballista';
 *
 * const config = new SessionConfig({ 'datafusion.execution.collect_statistics': false })
 *   .withBatchSize(4096)
 *   .set('ballista.job.name', 'nightly');
 * console.log(config.toRecord()['datafusion.execution.batch_size']); // 4096
 * ```
 */
export class SessionConfig implements Iterable<[key: string, value: string]> {
  readonly #values: ReadonlyMap<string, string>;

  /**
   * @param config - initial keys and values, or another configuration
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  constructor(config: ClusterConfig | SessionConfig = {}) {
    if (typeof config !== 'object' || config === null || Array.isArray(config))
      throw invalid(`The configuration must be an object or a SessionConfig, not ${describe(config)}.`);
    this.#values = new Map(
      SessionConfig.is(config) ? config : Object.entries(config).map(([key, value]) => [key, toText(key, value)]),
    );
    Object.freeze(this);
  }

  /** Whether a value is a configuration, including one of another copy of this package. */
  static is(value: unknown): value is SessionConfig {
    return typeof value === 'object' && value !== null && SESSION_CONFIG in value;
  }

  /** @internal */
  get [SESSION_CONFIG](): true {
    return true;
  }

  /**
   * Sets a key.
   *
   * @param key - the key, such as `'datafusion.execution.target_partitions'`
   * @param value - the value as a string; numbers and booleans are converted
   * @throws BallistaError `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, SessionConfig } from 'ballista';
   *
   * const config = new SessionConfig().set('datafusion.sql_parser.dialect', 'duckdb');
   * const ctx = await BallistaSessionContext.standalone({ clusterConfig: config.toRecord() });
   * await (await ctx.sql('select array_transform([1, 2], x -> x * 2) as doubled')).show();
   * await ctx.close();
   * ```
   */
  set(key: ConfigKey | (string & {}), value: ConfigValue): SessionConfig {
    checkName(key, 'a key of the configuration');
    return new SessionConfig(Object.fromEntries([...this.#values, [key, toText(key, value)]]));
  }

  // ---------------------------------------------------------------- catalogs

  /**
   * Whether the session starts with a catalog and a schema. Default `true`. Sets
   * `datafusion.catalog.create_default_catalog_and_schema`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withCreateDefaultCatalogAndSchema(enabled = true): SessionConfig {
    return this.#flag('datafusion.catalog.create_default_catalog_and_schema', enabled);
  }

  /**
   * The default catalog and schema of names without them. Default `'datafusion'` and `'public'`. Sets
   * `datafusion.catalog.default_catalog` and `datafusion.catalog.default_schema`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withDefaultCatalogAndSchema(catalog: string, schema: string): SessionConfig {
    return this.#name('datafusion.catalog.default_catalog', catalog).#name('datafusion.catalog.default_schema', schema);
  }

  /**
   * Whether `information_schema` and SHOW TABLES are available. Default `true`. Sets `datafusion.catalog.information_schema`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withInformationSchema(enabled = true): SessionConfig {
    return this.#flag('datafusion.catalog.information_schema', enabled);
  }

  // ---------------------------------------------------------------- execution

  /**
   * The target number of rows per batch. Default 8192. Sets `datafusion.execution.batch_size`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withBatchSize(rows: number | bigint): SessionConfig {
    return this.#integer('datafusion.execution.batch_size', rows, 1);
  }

  /**
   * The number of partitions into which a stage of a query divides its data. Default: the task slots of the cluster. Sets
   * `datafusion.execution.target_partitions`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withTargetPartitions(partitions: number | bigint): SessionConfig {
    return this.#integer('datafusion.execution.target_partitions', partitions, 1);
  }

  /**
   * Whether row groups of Parquet files are skipped based on their statistics. Default `true`. Sets
   * `datafusion.execution.parquet.pruning`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withParquetPruning(enabled = true): SessionConfig {
    return this.#flag('datafusion.execution.parquet.pruning', enabled);
  }

  // ---------------------------------------------------------------- repartitioning

  /**
   * Whether data is repartitioned by the keys of an aggregation, to use more tasks. Default `true`. Sets
   * `datafusion.optimizer.repartition_aggregations`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withRepartitionAggregations(enabled = true): SessionConfig {
    return this.#flag('datafusion.optimizer.repartition_aggregations', enabled);
  }

  /**
   * Whether data is repartitioned by the keys of a join, to use more tasks. Default `true`. Sets
   * `datafusion.optimizer.repartition_joins`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withRepartitionJoins(enabled = true): SessionConfig {
    return this.#flag('datafusion.optimizer.repartition_joins', enabled);
  }

  /**
   * Whether data is repartitioned by the partition keys of window functions, to use more tasks. Default `true`. Sets
   * `datafusion.optimizer.repartition_windows`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withRepartitionWindows(enabled = true): SessionConfig {
    return this.#flag('datafusion.optimizer.repartition_windows', enabled);
  }

  /**
   * Whether partitions are sorted separately and then merged, instead of sorted as one. Default `true`. Sets
   * `datafusion.optimizer.repartition_sorts`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withRepartitionSorts(enabled = true): SessionConfig {
    return this.#flag('datafusion.optimizer.repartition_sorts', enabled);
  }

  /**
   * Whether several tasks can read parts of the same Parquet or CSV file. Default `true`. Sets
   * `datafusion.optimizer.repartition_file_scans`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withRepartitionFileScans(enabled = true): SessionConfig {
    return this.#flag('datafusion.optimizer.repartition_file_scans', enabled);
  }

  /**
   * The minimum size of a file that several tasks read in parallel, in bytes. Default 1 MiB. Sets
   * `datafusion.optimizer.repartition_file_min_size`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withRepartitionFileMinSize(bytes: number | bigint): SessionConfig {
    return this.#integer('datafusion.optimizer.repartition_file_min_size', bytes, 0);
  }

  // ---------------------------------------------------------------- what it is

  /** The keys that were set, with their values, in order: `for (const [key, value] of config)`. */
  entries(): IterableIterator<[key: string, value: string]> {
    return this.#values.entries();
  }

  /** Same as {@link entries}. */
  [Symbol.iterator](): IterableIterator<[key: string, value: string]> {
    return this.entries();
  }

  /** The keys that were set, as a plain record. */
  toRecord(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }

  /** The keys that were set, as a string. */
  toString(): string {
    const text = [...this.#values].map(([key, value]) => `${key}: ${value}`).join(', ');
    return text === '' ? 'SessionConfig {}' : `SessionConfig { ${text} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  // ---------------------------------------------------------------- inside

  #flag(key: ConfigKey, enabled: boolean): SessionConfig {
    if (typeof enabled !== 'boolean') throw invalid(`${key} must be true or false, not ${describe(enabled)}.`);
    return this.set(key, enabled);
  }

  #integer(key: ConfigKey, value: number | bigint, min: number): SessionConfig {
    return this.set(key, toInteger(value, key, min));
  }

  #name(key: ConfigKey, name: string): SessionConfig {
    if (typeof name !== 'string' || name === '')
      throw invalid(`${key} must be a name, not ${name === '' ? 'an empty string' : describe(name)}.`);
    return this.set(key, name);
  }
}

function toText(key: string, value: ConfigValue): string {
  if (!['string', 'number', 'bigint', 'boolean'].includes(typeof value))
    throw invalid(
      `The value of "${key}" in the configuration must be a string, number, bigint or boolean, not ${describe(value)}.`,
    );
  if (typeof value === 'number' && !Number.isFinite(value))
    throw invalid(`The value of "${key}" in the configuration must be a finite number, not ${value}.`);
  return String(value);
}

/**
 * Converts the values to strings. The engine checks keys and values.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toConfigNative(config: SessionConfig | ClusterConfig | undefined): Record<string, string> {
  return new SessionConfig(config).toRecord();
}
