/**
 * Schemas by name.
 *
 * @module
 */

import type { NativeCatalog } from '../binding.cjs';
import { invalid } from '../errors.js';
import { callSync } from '../native.js';
import { describe } from '../params.js';
import { exactName, unknownName } from './name.js';
import { CatalogSchema, nativeSchemaOf } from './schema.js';

/** The native handles: out of reach for users, in reach for contexts. */
const natives = new WeakMap<object, NativeCatalog>();

/**
 * The native handle of a catalog.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function nativeCatalogOf(catalog: unknown, where: string): NativeCatalog {
  const handle = typeof catalog === 'object' && catalog !== null ? natives.get(catalog) : undefined;
  if (!handle) throw invalid(`${where} must be a Catalog, not ${describe(catalog)}`);
  return handle;
}

/**
 * Schemas by name, and through them tables; names are exact, as in {@link CatalogSchema}. A catalog lives here, not on the
 * cluster: queries carry what they read. From DataFusion's `CatalogProvider`.
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

  /** @internal Made by contexts, and by {@link memoryCatalog}. */
  constructor(native: NativeCatalog) {
    this.#native = native;
    natives.set(this, native);
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
   * A schema.
   *
   * @param name - default `'public'`
   * @throws BallistaError `PLAN` where there is none, with the nearest name; `INVALID_ARGUMENT`
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
   * Puts a schema under a name.
   *
   * @returns the schema that had the name before; `undefined` where none had
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  registerSchema(name: string, schema: CatalogSchema): CatalogSchema | undefined {
    const native = nativeSchemaOf(schema, 'the schema');
    const before = callSync(() => this.#native.registerSchema(exactName(name, 'schema'), native));
    return before === null ? undefined : new CatalogSchema(before);
  }

  /**
   * Removes a schema.
   *
   * @param cascade - whether also one that has tables; default `true`
   * @returns what was removed; `undefined` where there was nothing
   * @throws BallistaError `EXECUTION` where it has tables and `cascade` is `false`; `INVALID_ARGUMENT`
   */
  deregisterSchema(name: string, cascade = true): CatalogSchema | undefined {
    if (typeof cascade !== 'boolean')
      throw invalid(`deregisterSchema: cascade must be true or false, not ${describe(cascade)}`);
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
