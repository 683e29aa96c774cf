/**
 * A table apart from any name.
 *
 * @module
 */

import type { Schema } from 'apache-arrow';

import { readSchema } from '../arrow/read.js';
import { schemaText } from '../arrow/type-name.js';
import type { NativeTable } from '../binding.cjs';
import { invalid } from '../errors.js';
import { callSync } from '../native.js';
import { describe } from '../params.js';

/** What a table is: rows of its own, a query, or a query that lives as long as its session. */
export type TableKind = 'table' | 'view' | 'temporary';

/** The native handles: out of reach for users, in reach for contexts and schemas. */
const natives = new WeakMap<object, NativeTable>();

/**
 * The native handle of a table.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function nativeTableOf(table: unknown, where: string): NativeTable {
  const handle = typeof table === 'object' && table !== null ? natives.get(table) : undefined;
  if (!handle) throw invalid(`${where} must be a CatalogTable or a DataFrame, not ${describe(table)}`);
  return handle;
}

/**
 * A table or view, to register under names and to read: `ctx.tableProvider(name)`, `df.intoView()`,
 * `ctx.catalog().schema().table(name)` give one. From DataFusion's `TableProvider`; not called `Table`, as that is a table
 * of apache-arrow.
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

  /** @internal Made by contexts, schemas and DataFrames. */
  constructor(native: NativeTable) {
    this.#native = native;
    natives.set(this, native);
  }

  /** The columns; known without running anything. */
  get schema(): Schema {
    this.#schema ??= readSchema(callSync(() => this.#native.schema()));
    return this.#schema;
  }

  /** `'table'`, `'view'` or `'temporary'`. */
  get kind(): TableKind {
    return callSync(() => this.#native.kind) as TableKind;
  }

  /** The kind and the columns; never runs anything. */
  toString(): string {
    return `CatalogTable { ${[this.kind, schemaText(this.schema)].filter((part) => part !== '').join(', ')} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
