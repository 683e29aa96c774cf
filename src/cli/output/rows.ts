/**
 * Reads the values of results as text.
 *
 * @module
 */

import { type Data, type DataType, type RecordBatch, type Schema, Type } from 'apache-arrow';

import { compile } from '../../arrow/values/columns.js';
import type { Leaves } from '../../arrow/values/leaves.js';
import type { Read } from '../../arrow/values/reader.js';

/** A result in batches. A `RecordBatchStream` is one. */
export interface Result extends AsyncIterable<RecordBatch> {
  /** Final after the first batch. */
  readonly schema: Schema;
}

/** A value as text; `null` for null. */
export type CellText = string | null;

/** Returns a function that reads the rows of batches: one text for each column. */
export function rowReader(schema: Schema, leaves: Leaves<string>): (batch: RecordBatch) => Read<CellText[]> {
  const binders = schema.fields.map((field) => compile(field.type as DataType, leaves));
  return (batch) => {
    const readers = binders.map((bind, i) => {
      const data = batch.data.children[i] as Data;
      return withNulls(data, bind(data));
    });
    return (row) => readers.map((read) => read(row));
  };
}

function withNulls(data: Data, read: Read<string>): Read<CellText> {
  if (data.typeId === Type.Null) return () => null;
  if (data.nullCount === 0) return read;
  return (row) => (data.getValid(row) ? read(row) : null);
}

/** Text before, for each row of, and after a result. */
export interface TextParts {
  readonly header?: string;
  readonly row: (cells: CellText[], index: number) => string;
  readonly footer?: string;
}

/** The text of a result, in pieces: one for each batch. A query that fails before its first row has no text. */
export async function* textOf(
  result: Result,
  leaves: Leaves<string>,
  { header = '', row, footer = '' }: TextParts,
): AsyncGenerator<string> {
  let read: ((batch: RecordBatch) => Read<CellText[]>) | undefined;
  let index = 0;
  let text = header;
  for await (const batch of result) {
    read ??= rowReader(result.schema, leaves);
    const readRow = read(batch);
    for (let i = 0; i < batch.numRows; i++) text += row(readRow(i), index++);
    if (text !== '') yield text;
    text = '';
  }
  text += footer;
  if (text !== '') yield text;
}
