/**
 * Tables by name.
 *
 * @module
 */

import type { NativeSchema, NativeTable } from '../binding.cjs';
import type { DataFrame } from '../dataframe.js';
import { invalid } from '../errors.js';
import { nativeOf } from '../frames.js';
import { call, callSync } from '../native.js';
import { describe } from '../params.js';
import { exactName, unknownName } from './name.js';
import { CatalogTable, nativeTableOf } from './table.js';

/** What can be registered as a table: a table, or a DataFrame, which becomes a view. */
// biome-ignore lint/suspicious/noExplicitAny: the row type does not matter
export type TableLike = CatalogTable | DataFrame<any>;

/**
 * The native handle of a table, or of the view of a DataFrame.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toTableNative(table: TableLike, where: string): NativeTable {
  if (table instanceof CatalogTable) return nativeTableOf(table, where);
  const frame = nativeOf(table, where);
  return callSync(() => frame.intoView(false));
}

/** The native handles: out of reach for users, in reach for catalogs. */
const natives = new WeakMap<object, NativeSchema>();

/**
 * The native handle of a schema.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function nativeSchemaOf(schema: unknown, where: string): NativeSchema {
  const handle = typeof schema === 'object' && schema !== null ? natives.get(schema) : undefined;
  if (!handle) throw invalid(`${where} must be a CatalogSchema, not ${describe(schema)}`);
  return handle;
}

/**
 * Tables by name. Names are exact: what SQL calls `trips` or `Trips` is `'trips'` here, what it calls `"Trips"` is
 * `'Trips'`. From DataFusion's `SchemaProvider`; not called `Schema`, as that is a schema of apache-arrow.
 *
 * @example
 * ```ts
 * const schema = ctx.catalog().schema('public');
 * schema.registerTable('late', df.filter('delay > 60'));
 * console.log(schema.tableNames()); // [ 'flights', 'late' ]
 * console.log((await schema.table('late')).kind); // view
 * ```
 */
export class CatalogSchema {
  readonly #native: NativeSchema;

  /** @internal Made by catalogs, and by {@link memorySchema}. */
  constructor(native: NativeSchema) {
    this.#native = native;
    natives.set(this, native);
  }

  /**
   * An empty schema in memory, to register with a catalog. From DataFusion's `MemorySchemaProvider`.
   *
   * @example
   * ```ts
   * import { CatalogSchema } from 'ballista';
   *
   * console.log(CatalogSchema.memorySchema().tableNames()); // []
   * ```
   */
  static memorySchema(): CatalogSchema {
    return new CatalogSchema(callSync((binding) => binding.NativeSchema.memory()));
  }

  /** The names of all tables and views, sorted. */
  tableNames(): string[] {
    return callSync(() => this.#native.tableNames()).sort();
  }

  /**
   * A table or view.
   *
   * @throws BallistaError `PLAN` where there is none, with the nearest name; `INVALID_ARGUMENT`
   */
  async table(name: string): Promise<CatalogTable> {
    const native = await call(() => this.#native.table(exactName(name, 'table')));
    if (native === null) throw unknownName(name, 'table', this.tableNames());
    return new CatalogTable(native);
  }

  /**
   * Whether there is a table or view of that name.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  tableExists(name: string): boolean {
    return callSync(() => this.#native.tableExists(exactName(name, 'table')));
  }

  /**
   * Puts a table under a name; a DataFrame becomes a view, whose query runs whenever it is read.
   *
   * @throws BallistaError `EXECUTION` where the name is taken; `INVALID_ARGUMENT`
   */
  registerTable(name: string, table: TableLike): void {
    const native = toTableNative(table, 'the table');
    callSync(() => this.#native.registerTable(exactName(name, 'table'), native));
  }

  /**
   * Removes a table or view, never its files.
   *
   * @returns what was removed; `undefined` where there was nothing
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  deregisterTable(name: string): CatalogTable | undefined {
    const native = callSync(() => this.#native.deregisterTable(exactName(name, 'table')));
    return native === null ? undefined : new CatalogTable(native);
  }

  /** The names of the tables. */
  toString(): string {
    const names = this.tableNames();
    return names.length === 0 ? 'CatalogSchema {}' : `CatalogSchema { ${names.join(', ')} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
