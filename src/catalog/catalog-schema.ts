/**
 * Schemas: tables by name.
 *
 * @module
 */

import type { NativeSchema, NativeTable } from '../binding.cjs';
import { frames } from '../engine/native-dataframe.js';
import { Handles } from '../input/handles.js';
import { call, callSync } from '../native.js';
import { CatalogTable, tables } from './catalog-table.js';
import { exactName, unknownName } from './exact-name.js';

/** What can be registered as a table: a table, or a DataFrame, which becomes a view. */
export type TableLike = CatalogTable | AnyFrame;

/** The part of `DataFrame` that a catalog uses. The type avoids a circular import. */
interface AnyFrame {
  intoView(temporary?: boolean): CatalogTable;
}

/**
 * The native handle of a table, or of the view of a DataFrame.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toTableNative(table: TableLike, where: string): NativeTable {
  if (table instanceof CatalogTable) return tables.of(table, where);
  const frame = frames.of(table, where);
  return callSync(() => frame.intoView(false));
}

/** The native handles. */
export const schemas = new Handles<NativeSchema>('must be a CatalogSchema');

/**
 * A schema: tables by name. Names are exact: `trips` and `Trips` in SQL are `'trips'` here, `"Trips"` in SQL is `'Trips'`.
 * From DataFusion's `SchemaProvider`. It is not called `Schema`, because apache-arrow has a class of that name.
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

  /** @internal Created by catalogs, and by {@link memorySchema}. */
  constructor(native: NativeSchema) {
    this.#native = native;
    schemas.set(this, native);
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
   * A table or view by name.
   *
   * @throws BallistaError `PLAN` for an unknown table, with the nearest name; `INVALID_ARGUMENT`
   */
  async table(name: string): Promise<CatalogTable> {
    const native = await call(() => this.#native.table(exactName(name, 'table')));
    if (native === null) throw unknownName(name, 'table', this.tableNames());
    return new CatalogTable(native);
  }

  /**
   * Whether a table or view of that name exists.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  tableExists(name: string): boolean {
    return callSync(() => this.#native.tableExists(exactName(name, 'table')));
  }

  /**
   * Registers a table under a name. A DataFrame becomes a view: its query runs each time the view is read.
   *
   * @throws BallistaError `EXECUTION` if the name is taken; `INVALID_ARGUMENT`
   */
  registerTable(name: string, table: TableLike): void {
    const native = toTableNative(table, 'the table');
    callSync(() => this.#native.registerTable(exactName(name, 'table'), native));
  }

  /**
   * Removes a table or view; its files stay.
   *
   * @returns the removed table; `undefined` if there was none
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
