/**
 * Tables as objects, independent of their names.
 *
 * @module
 */

import type { Schema } from 'apache-arrow';

import { readSchema } from '../arrow/ipc/decode.js';
import { schemaText } from '../arrow/type-name.js';
import type { NativeTable } from '../binding.cjs';
import { Handles } from '../input/handles.js';
import { callSync } from '../native.js';

/** The kind of a table: a table with data, a view, or a view that exists only as long as its session. */
export type TableKind = 'table' | 'view' | 'temporary';

/** The native handles. */
export const tables = new Handles<NativeTable>('must be a CatalogTable or a DataFrame');

/**
 * A table or view that can be read, or registered under names. Created by `ctx.tableProvider(name)`, `df.intoView()` and
 * `ctx.catalog().schema().table(name)`. From DataFusion's `TableProvider`. It is not called `Table`, because apache-arrow has
 * a class of that name.
 *
 * @example
 * ```ts
 * const flights = await ctx.catalog().schema().table('flights');
 * console.log(String(flights)); // CatalogTable { table, date: Timestamp(µs), delay: Int64, … }
 * const copy = await ctx.readTable(flights);
 * console.log(await copy.count());
 * ```
 */
export class CatalogTable {
  readonly #native: NativeTable;
  #schema: Schema | undefined;

  /** @internal Created by contexts, schemas and DataFrames. */
  constructor(native: NativeTable) {
    this.#native = native;
    tables.set(this, native);
  }

  /** The columns. Reading them runs nothing. */
  get schema(): Schema {
    this.#schema ??= readSchema(callSync(() => this.#native.schema()));
    return this.#schema;
  }

  /** `'table'`, `'view'` or `'temporary'`. */
  get kind(): TableKind {
    return callSync(() => this.#native.kind) as TableKind;
  }

  /** The kind and the columns. Never runs anything. */
  toString(): string {
    return `CatalogTable { ${[this.kind, schemaText(this.schema)].filter((part) => part !== '').join(', ')} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
