/**
 * Catalogs: schemas by name.
 *
 * @module
 */

import type { NativeCatalog } from '../binding.cjs';
import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { Handles } from '../input/handles.js';
import { callSync } from '../native.js';
import { CatalogSchema, schemas } from './catalog-schema.js';
import { exactName, unknownName } from './exact-name.js';

/** The native handles. */
export const catalogs = new Handles<NativeCatalog>('must be a Catalog');

/**
 * A catalog: schemas by name, which hold tables. Names are exact, as in {@link CatalogSchema}. Catalogs exist in this process,
 * not on the cluster; queries carry the tables that they read. From DataFusion's `CatalogProvider`.
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, Catalog, CatalogSchema } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const lake = Catalog.memoryCatalog();
 * lake.registerSchema('raw', CatalogSchema.memorySchema());
 * await ctx.registerCatalogProvider('lake', lake);
 *
 * lake.schema('raw').registerTable('numbers', await ctx.fromColumns({ a: [1, 2, 3] }));
 * await (await ctx.sql('select sum(a) from lake.raw.numbers')).show();
 * await ctx.close();
 * ```
 */
export class Catalog {
  readonly #native: NativeCatalog;

  /** @internal Created by contexts, and by {@link memoryCatalog}. */
  constructor(native: NativeCatalog) {
    this.#native = native;
    catalogs.set(this, native);
  }

  /**
   * An empty catalog in memory, to register with a context. From DataFusion's `MemoryCatalogProvider`.
   *
   * @example
   * ```ts
   * import { Catalog } from 'ballista';
   *
   * console.log(Catalog.memoryCatalog().schemaNames()); // []
   * ```
   */
  static memoryCatalog(): Catalog {
    return new Catalog(callSync((binding) => binding.NativeCatalog.memory()));
  }

  /** The names of all schemas, sorted. */
  schemaNames(): string[] {
    return callSync(() => this.#native.schemaNames()).sort();
  }

  /**
   * A schema by name.
   *
   * @param name - default `'public'`
   * @throws BallistaError `PLAN` for an unknown schema, with the nearest name; `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * console.log(ctx.catalog().schema().tableNames()); // [ 'flights' ]
   * ```
   */
  schema(name = 'public'): CatalogSchema {
    const native = callSync(() => this.#native.schema(exactName(name, 'schema')));
    if (native === null) throw unknownName(name, 'schema', this.schemaNames());
    return new CatalogSchema(native);
  }

  /**
   * Registers a schema under a name.
   *
   * @returns the schema that had the name before; `undefined` if there was none
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  registerSchema(name: string, schema: CatalogSchema): CatalogSchema | undefined {
    const native = schemas.of(schema, 'the schema');
    const before = callSync(() => this.#native.registerSchema(exactName(name, 'schema'), native));
    return before === null ? undefined : new CatalogSchema(before);
  }

  /**
   * Removes a schema.
   *
   * @param cascade - whether to remove a schema that has tables; default `true`
   * @returns the removed schema; `undefined` if there was none
   * @throws BallistaError `EXECUTION` if it has tables and `cascade` is `false`; `INVALID_ARGUMENT`
   */
  deregisterSchema(name: string, cascade = true): CatalogSchema | undefined {
    if (typeof cascade !== 'boolean')
      throw invalid(`deregisterSchema: cascade must be true or false, not ${describe(cascade)}.`);
    const native = callSync(() => this.#native.deregisterSchema(exactName(name, 'schema'), cascade));
    return native === null ? undefined : new CatalogSchema(native);
  }

  /** The names of the schemas. */
  toString(): string {
    const names = this.schemaNames();
    return names.length === 0 ? 'Catalog {}' : `Catalog { ${names.join(', ')} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
