/**
 * A generator of rows, made ready to be run.
 *
 * @module
 */

import { Data, type Schema, Struct } from 'apache-arrow';

import { binder } from '../arrow/values.js';
import { invalid } from '../errors.js';
import { describe } from '../params.js';
import { columnsOf } from './block.js';
import type { CallSettings } from './definition.js';
import { type Runner, toColumn, typesOf, type UserFunction } from './run.js';

type Rows = Iterable<unknown> | AsyncIterable<unknown>;

/**
 * A runner that gives the rows as one column of structs.
 *
 * @param schema - the types of the columns that are wanted as JSON, of the limit, of the arguments, and of all columns
 */
export function tableRunner(fn: UserFunction, schema: Schema, settings: CallSettings): Runner {
  const { types, returns } = typesOf(schema);
  const binders = types.map((type) =>
    binder(type, { ...settings, int64: types[1] === type ? 'number' : settings.int64, json: false }),
  );
  return async (block) => {
    const columns = columnsOf(block, types, 1);
    const [wanted, limit, ...args] = binders.map((bind, i) => bind(columns[i] as Data)(0));
    const fields = (JSON.parse(wanted as string) as number[]).map((column) => (returns as Struct).children[column]);
    const kept = fields.map((field) => ({ field: field as NonNullable<typeof field>, values: [] as unknown[] }));
    let count = 0;
    const most = (limit as number | null) ?? Number.POSITIVE_INFINITY;
    const take = (row: unknown): boolean => {
      if (typeof row !== 'object' || row === null) throw invalid(`a row is an object by columns, not ${describe(row)}`);
      for (const { field, values } of kept) values.push((row as Record<string, unknown>)[field.name]);
      return ++count < most;
    };
    const rows = (await fn(...args)) as Rows;
    if (most > 0) await each(rows, take);
    const type = new Struct(kept.map(({ field }) => field));
    const children = kept.map(({ field, values }) => toColumn(field.type, values));
    return new Data(type, 0, count, 0, [] as unknown as Data['buffers'], children);
  };
}

/** Until one is told to be the last; that ends the generator. */
async function each(rows: Rows, take: (row: unknown) => boolean): Promise<void> {
  if (typeof rows !== 'object' || rows === null || !(Symbol.iterator in rows || Symbol.asyncIterator in rows))
    throw invalid(`a table function gives rows, by yield or in an array, not ${describe(rows)}`);
  // Waiting for every row of a generator that does not wait would be most of the time.
  if (Symbol.iterator in rows) {
    for (const row of rows) if (!take(row)) break;
  } else {
    for await (const row of rows) if (!take(row)) break;
  }
}
