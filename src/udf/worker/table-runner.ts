/**
 * Runs table functions.
 *
 * @module
 */

import { Data, type Field, type Schema, Struct } from 'apache-arrow';

import { isRecordBatch, isTable } from '../../arrow/ipc/adopt.js';
import { invalid } from '../../errors.js';
import { describe } from '../../input/describe.js';
import type { CallSettings } from '../definition.js';
import { columnsOf } from './argument-columns.js';
import { toColumn, valuesOf } from './result-column.js';
import { binderOf, type Runner, typesOf, type UserFunction } from './runner.js';

type Rows = Iterable<unknown> | AsyncIterable<unknown>;

/** How many rows are sent at a time. */
const ROWS = 8192;

/**
 * Returns a runner whose result is one column of structs, one per row.
 *
 * @param schema - the types of: the wanted columns as JSON, the limit, the arguments, and all columns
 */
export function tableRunner(fn: UserFunction, schema: Schema, settings: CallSettings): Runner {
  const { types, returns } = typesOf(schema);
  const binders = types.map((type) => binderOf(type, settings));
  return async (block, _, { part }) => {
    const columns = columnsOf(block, types, 1);
    const [wanted, limit, ...args] = binders.map((bind, i) => bind(columns[i] as Data)(0));
    const fields = (JSON.parse(wanted as string) as number[]).map((column) => (returns as Struct).children[column]);
    const kept = new Kept(fields as Field[]);
    const most = limit === null ? Number.POSITIVE_INFINITY : Number(limit);
    let count = 0;
    const take = (row: unknown): boolean => {
      count += kept.add(row, most - count);
      if (kept.rows >= ROWS) part(kept.take());
      return count < most;
    };
    const rows = (await fn(...args)) as Rows;
    if (most > 0) await each(rows, take);
    return kept.take();
  };
}

/** Rows that are not sent yet, with the wanted columns. */
class Kept {
  rows = 0;
  readonly #type: Struct;
  #columns: unknown[][];

  constructor(fields: Field[]) {
    this.#type = new Struct(fields);
    this.#columns = fields.map(() => []);
  }

  /** Adds a row, or the rows of a batch, up to the limit. Returns the number added. */
  add(row: unknown, most: number): number {
    if (typeof row !== 'object' || row === null)
      throw invalid(`A row must be an object with column names as keys, not ${describe(row)}.`);
    const batch = isTable(row) || isRecordBatch(row) ? row : undefined;
    const count = batch ? Math.min(batch.numRows, most) : 1;
    this.#type.children.forEach(({ name, type }, i) => {
      const values = this.#columns[i] as unknown[];
      if (!batch) {
        values.push((row as Record<string, unknown>)[name]);
        return;
      }
      const column = batch.getChild(name);
      const given = column ? valuesOf(column.slice(0, count), type) : new Array(count).fill(null);
      for (const value of given) values.push(value);
    });
    this.rows += count;
    return count;
  }

  /** Returns all rows as one column and removes them. */
  take(): Data {
    const children = this.#type.children.map(({ type }, i) => toColumn(type, this.#columns[i] as unknown[]));
    const rows = this.rows;
    this.#columns = this.#columns.map(() => []);
    this.rows = 0;
    return new Data(this.#type, 0, rows, 0, [] as unknown as Data['buffers'], children);
  }
}

/** Passes on rows until `take` returns false; that ends the generator. */
async function each(rows: Rows, take: (row: unknown) => boolean): Promise<void> {
  if (typeof rows !== 'object' || rows === null || !(Symbol.iterator in rows || Symbol.asyncIterator in rows))
    throw invalid(`A table function must yield rows or return an array of rows, not ${describe(rows)}.`);
  // `for await` on a synchronous generator would spend most of the time on waiting.
  if (Symbol.iterator in rows) {
    for (const row of rows) if (!take(row)) break;
  } else {
    for await (const row of rows) if (!take(row)) break;
  }
}
