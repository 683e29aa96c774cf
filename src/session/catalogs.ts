/**
 * The catalogs of a session, and the object stores that hold its files.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import type { NativeDataFrame, NativeSession } from '../binding.cjs';
import { Catalog, catalogs } from '../catalog/catalog.js';
import { type TableLike, toTableNative } from '../catalog/catalog-schema.js';
import { CatalogTable } from '../catalog/catalog-table.js';
import { exactName, unknownName } from '../catalog/exact-name.js';
import type { DataFrame } from '../dataframe/dataframe.js';
import { type PendingDataFrame, pending } from '../dataframe/pending.js';
import { type ObjectStore, toObjectStoreNative } from '../object-store/store.js';
import { toStoreUrl } from '../object-store/url.js';
import { type RegisterOptions, replaces } from './register-options.js';

/** The catalogs and object stores of a {@link SessionContext}. */
export abstract class Catalogs {
  /** @internal Calls the native session; fails if it is closed. */
  protected abstract call<R>(run: (session: NativeSession) => Promise<R>): Promise<R>;

  /** @internal Synchronous {@link call}. */
  protected abstract callSync<R>(run: (session: NativeSession) => R): R;

  /** @internal Like {@link call}, for calls that return a DataFrame. */
  protected abstract frame<T extends object>(
    run: (session: NativeSession) => Promise<NativeDataFrame>,
  ): Promise<DataFrame<T>>;

  // ---------------------------------------------------------------- catalogs

  /**
   * The names of all catalogs, sorted.
   *
   * @throws BallistaError `CLOSED`
   *
   * @example
   * ```ts
   * console.log(ctx.catalogNames()); // [ 'datafusion' ]
   * ```
   */
  catalogNames(): string[] {
    return this.callSync((session) => session.catalogNames());
  }

  /**
   * A catalog, with its schemas and their tables. From DataFusion's `SessionContext::catalog`.
   *
   * @param name - the exact name. Default: the catalog of names without a catalog, `'datafusion'` unless configured
   * @throws BallistaError `PLAN` for an unknown catalog, with the nearest name; `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const flights = await ctx.catalog().schema('public').table('flights');
   * console.log(flights.kind, flights.schema.fields.length); // table 5
   * ```
   */
  catalog(name?: string): Catalog {
    return this.callSync((session) => {
      const exact = exactName(name === undefined ? defaultCatalog(session) : name, 'catalog');
      const native = session.catalog(exact);
      if (native === null) throw unknownName(exact, 'catalog', session.catalogNames());
      return new Catalog(native);
    });
  }

  /**
   * Registers a catalog under a name. SQL then finds its tables as `catalog.schema.table`. From DataFusion's
   * `SessionContext::register_catalog`.
   *
   * @param name - the exact name
   * @returns the catalog that had the name before; `undefined` if there was none
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { Catalog, CatalogSchema } from 'ballista';
   *
   * const lake = Catalog.memoryCatalog();
   * lake.registerSchema('raw', CatalogSchema.memorySchema());
   * await ctx.registerCatalogProvider('lake', lake);
   * console.log(ctx.catalogNames()); // [ 'datafusion', 'lake' ]
   * ```
   */
  async registerCatalogProvider(name: string, catalog: Catalog): Promise<Catalog | undefined> {
    const native = catalogs.of(catalog, 'the catalog');
    const before = this.callSync((session) => session.registerCatalog(exactName(name, 'catalog'), native));
    return before === null ? undefined : new Catalog(before);
  }

  /**
   * The table names of the default catalog by schema, sorted. For all catalogs, use `tables`. From the Python package's
   * `get_tables`.
   *
   * @throws BallistaError `CLOSED`
   *
   * @example
   * ```ts
   * console.log(await ctx.getTables()); // { public: [ 'flights' ] }
   * ```
   */
  async getTables(): Promise<Record<string, string[]>> {
    const catalog = this.catalog();
    return Object.fromEntries(catalog.schemaNames().map((name) => [name, catalog.schema(name).tableNames()]));
  }

  /**
   * Reads the folders of file-listing schemas again; `datafusion.catalog.location` creates such a schema. From DataFusion's
   * `SessionContext::refresh_catalogs`.
   *
   * @throws BallistaError `OBJECT_STORE`, `CLOSED`
   */
  async refreshCatalogs(): Promise<void> {
    return this.call((session) => session.refreshCatalogs());
  }

  /**
   * Registers a table under a name. A DataFrame becomes a view: its query runs each time the view is read. From DataFusion's
   * `SessionContext::register_table`.
   *
   * @param name - as in SQL: `trips`, or `schema.trips`
   * @throws BallistaError `EXECUTION` if the name is taken, `PLAN` for an unknown schema, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await ctx.registerTable('copy', await ctx.tableProvider('flights'));
   * await ctx.registerTable('late', df.filter('delay > 60'));
   * await (await ctx.sql('select count(*) from late')).show();
   * ```
   */
  async registerTable(name: string, table: TableLike, options?: RegisterOptions): Promise<void> {
    const replace = replaces('registerTable', options);
    const native = toTableNative(table, 'the table');
    this.callSync((session) => session.registerTable(exactName(name, 'table'), native, replace));
  }

  /**
   * A table or view by name, to read it or to register it under another name. From DataFusion's
   * `SessionContext::table_provider`.
   *
   * @param name - as in SQL: `trips`, or `schema.trips`
   * @throws BallistaError `PLAN` for an unknown table, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * console.log((await ctx.tableProvider('flights')).kind); // table
   * ```
   */
  async tableProvider(name: string): Promise<CatalogTable> {
    const table = exactName(name, 'table');
    return new CatalogTable(await this.call((session) => session.tableProvider(table)));
  }

  /**
   * A DataFrame over a table, registered or not. From DataFusion's `SessionContext::read_table`.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const late = df.filter('delay > 60').intoView();
   * console.log(await ctx.readTable(late).count());
   * ```
   */
  readTable<T extends object = Row>(table: TableLike): PendingDataFrame<T> {
    return pending(async () => {
      const native = toTableNative(table, 'the table');
      return this.frame<T>((session) => session.readTable(native));
    });
  }

  /**
   * Registers the object store, with its credentials, for all URLs that start with `url`. This session and the executors that
   * run its queries read from and write to it. From DataFusion's `SessionContext::register_object_store`.
   *
   * @param url - `scheme://host`, such as `s3://bucket`; replaces the store registered before
   * @throws BallistaError `INVALID_ARGUMENT`, `OBJECT_STORE` for options that the store rejects, `CLOSED`
   *
   * @example
   * ```ts
   * import { AmazonS3 } from 'ballista';
   *
   * const store = new AmazonS3({ bucketName: 'flights', region: 'eu-central-1', accessKeyId: 'me', secretAccessKey: 'x' });
   * await ctx.registerObjectStore('s3://flights', store);
   * ```
   */
  async registerObjectStore(url: string | URL, store: ObjectStore): Promise<void> {
    const [key, options] = [toStoreUrl(url), toObjectStoreNative(store)];
    this.callSync((session) => session.registerObjectStore(key, options));
  }

  /**
   * Removes an object store. Returns whether it was registered.
   *
   * @param url - the URL it was registered with
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * await ctx.registerObjectStore('https://example.com', new HttpStore({ url: 'https://example.com' }));
   * console.log(await ctx.deregisterObjectStore('https://example.com')); // true
   * ```
   */
  async deregisterObjectStore(url: string | URL): Promise<boolean> {
    const key = toStoreUrl(url);
    return this.callSync((session) => session.deregisterObjectStore(key));
  }
}

function defaultCatalog(session: NativeSession): string {
  return session.config()['datafusion.catalog.default_catalog'] ?? 'datafusion';
}
