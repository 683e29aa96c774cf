/**
 * What people hand in (tables, batches, IPC bytes, rows, columns) → Arrow IPC bytes.
 *
 * @module
 */

import { isAnyArrayBuffer } from 'node:util/types';

import * as arrow from 'apache-arrow';
import {
  type Data,
  type DataType,
  Field,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  type Table,
} from 'apache-arrow';

import { BallistaError, invalid } from '../errors.js';
import { describe, isBytes } from '../params.js';
import { adoptBatch, adoptSchema, isRecordBatch, isSchema, isTable, isVector } from './adopt.js';
import { buildColumn } from './build.js';
import { inferType, keysOf, memberOf } from './infer.js';
import { typeName } from './type-name.js';

/**
 * Arrow data: a table, a batch, several batches (such as a `RecordBatchReader` gives), or the bytes of an Arrow IPC stream
 * or file. Objects of another copy of apache-arrow are fine; other libraries hand over bytes.
 */
export type ArrowInput = Table | RecordBatch | Iterable<RecordBatch> | Uint8Array | ArrayBuffer;

/**
 * Arrow data as IPC bytes; bytes are taken as they are.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toIpc(input: ArrowInput): Uint8Array {
  if (isBytes(input)) return input;
  if (isAnyArrayBuffer(input)) return new Uint8Array(input);
  if (isTable(input)) {
    const schema = adoptSchema(input.schema);
    return encode(
      schema,
      input.batches.map(adoptBatch).map((batch) => withSchema(batch, schema)),
    );
  }
  return batchesToIpc(toBatches(input, 'the Arrow data'));
}

/**
 * Arrow data as one IPC stream per partition: batches of batches are partitions, everything else is one.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toPartitions(input: ArrowInput | readonly (readonly RecordBatch[])[]): Uint8Array[] {
  if (!Array.isArray(input) || !input.some(Array.isArray)) return [toIpc(input as ArrowInput)];
  const partitions = (input as readonly unknown[]).map((partition, i) => toBatches(partition, `partition ${i}`));
  const schema = commonSchema(partitions.flat());
  return partitions.map((batches) =>
    encode(
      schema,
      batches.map((batch) => withSchema(batch, schema)),
    ),
  );
}

function batchesToIpc(batches: readonly RecordBatch[]): Uint8Array {
  const schema = commonSchema(batches);
  return encode(
    schema,
    batches.map((batch) => withSchema(batch, schema)),
  );
}

function toBatches(input: unknown, what: string): RecordBatch[] {
  if (isRecordBatch(input)) return [adoptBatch(input)];
  if (typeof input !== 'object' || input === null || !(Symbol.iterator in input)) {
    throw invalid(
      `${what} must be an apache-arrow Table, RecordBatch, iterable of RecordBatch or Arrow IPC bytes, not ${describe(input)}`,
    );
  }
  return Array.from(input as Iterable<unknown>, (batch, i) => {
    if (!isRecordBatch(batch)) {
      throw invalid(
        `${what}: item ${i} is ${describe(batch)}, not a RecordBatch; a table of another library goes as Arrow IPC bytes`,
      );
    }
    return adoptBatch(batch);
  });
}

/** Batches agree on names and types; a column is nullable where it is so in any of them. */
function commonSchema(batches: readonly RecordBatch[]): Schema {
  const first = batches[0]?.schema;
  if (!first) throw invalid('there is no record batch, so no schema; pass a Table, or a batch without rows');
  const fields = first.fields.map((field) => field.clone({ nullable: field.nullable }));
  for (const [i, { schema }] of batches.entries()) {
    if (schema.fields.length !== fields.length)
      throw invalid(`batch ${i} has ${schema.fields.length} columns, batch 0 has ${fields.length}`);
    schema.fields.forEach((field, at) => {
      const known = fields[at] as Field;
      if (field.name !== known.name || typeName(field.type as DataType) !== typeName(known.type as DataType)) {
        throw invalid(
          `batch ${i}: column ${at} is "${field.name}" ${typeName(field.type as DataType)}, in batch 0 "${known.name}" ${typeName(known.type as DataType)}`,
        );
      }
      if (field.nullable && !known.nullable) fields[at] = known.clone({ nullable: true });
    });
  }
  return new Schema(fields, first.metadata);
}

function withSchema(batch: RecordBatch, schema: Schema): RecordBatch {
  // Assigned, not passed: the constructor mixes up columns that share a name.
  return Object.assign(new RecordBatch(batch.schema, batch.data), { schema });
}

/** Batches of one schema as an IPC stream or file. */
export function encode(
  schema: Schema,
  batches: readonly RecordBatch[],
  format: 'stream' | 'file' = 'stream',
): Uint8Array {
  try {
    const writer = format === 'file' ? new RecordBatchFileWriter() : new RecordBatchStreamWriter();
    writer.reset(undefined, schema);
    for (const batch of batches) writer.write(batch);
    return writer.finish().toUint8Array(true);
  } catch (cause) {
    throw new BallistaError(
      'ARROW',
      `Arrow data cannot be encoded: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** The bytes of a stream that holds nothing but a schema. */
export function schemaToIpc(schema: Schema, where: string): Uint8Array {
  if (!isSchema(schema)) throw invalid(`${where} must be an apache-arrow Schema, not ${describe(schema)}`);
  return encode(adoptSchema(schema), []);
}

/**
 * Rows as an IPC stream; without a schema, the types follow from the values.
 *
 * @throws BallistaError `INVALID_ARGUMENT` that names the row and the column
 */
export function rowsToIpc(rows: readonly object[], schema?: Schema): Uint8Array {
  if (!Array.isArray(rows)) throw invalid(`rows must be an array of objects, not ${describe(rows)}`);
  rows.forEach((row: unknown, i) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw invalid(`row ${i} must be an object, not ${describe(row)}`);
  });
  const cells = { path: '', values: rows as readonly unknown[], row: (i: number) => i };
  const names = schema ? undefined : keysOf(cells);
  if (names?.length === 0) throw invalid('rows without a column have no schema; give one');
  return build(schema, names ?? [], rows.length, (name) => memberOf(cells, name));
}

/** Columns of equal length, as arrays or typed arrays. */
export type ColumnsInput = Readonly<Record<string, ArrayLike<unknown>>>;

/**
 * Columns as an IPC stream; without a schema, the types follow from the values, and a typed array keeps its own.
 *
 * @throws BallistaError `INVALID_ARGUMENT` that names the row and the column
 */
export function columnsToIpc(columns: ColumnsInput, schema?: Schema): Uint8Array {
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) {
    throw invalid(`columns must be an object of arrays, not ${describe(columns)}`);
  }
  const names = Object.keys(columns);
  const [first] = names;
  if (first === undefined) throw invalid('columns must have at least one column');
  for (const name of names) {
    const column: unknown = columns[name];
    if (typeof column !== 'object' || column === null || typeof (column as { length?: unknown }).length !== 'number') {
      throw invalid(`column "${name}" must be an array or a typed array, not ${describe(column)}`);
    }
    if (isVector(column)) {
      throw invalid(
        `column "${name}" is ${describe(column)} of apache-arrow, not an array; use fromArrow with a Table of it`,
      );
    }
    if (columns[name]?.length !== columns[first]?.length) {
      throw invalid(
        `column "${name}" has ${columns[name]?.length} values, column "${first}" has ${columns[first]?.length}`,
      );
    }
  }
  const cells = (name: string): { path: string; values: ArrayLike<unknown>; row: (i: number) => number } => {
    const values = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (!values) throw invalid(`the schema has a column "${name}", the columns given have not`);
    return { path: name, values, row: (i) => i };
  };
  return build(schema, names, columns[first]?.length ?? 0, cells);
}

function build(
  given: Schema | undefined,
  names: readonly string[],
  length: number,
  cells: (name: string) => ReturnType<typeof memberOf>,
): Uint8Array {
  if (given !== undefined && !isSchema(given))
    throw invalid(`schema must be an apache-arrow Schema, not ${describe(given)}`);
  const columns: Data[] = [];
  const fields: Field[] = [];
  for (const declared of given ? adoptSchema(given).fields : names) {
    const name = typeof declared === 'string' ? declared : declared.name;
    const column = cells(name);
    const field =
      typeof declared === 'string'
        ? new Field(name, typedArrayType(column.values) ?? inferType(column), true)
        : declared;
    fields.push(field);
    columns.push(buildColumn(field.type as DataType, column, field.nullable));
  }
  const schema = new Schema(fields, given?.metadata);
  const data = new arrow.Data(new Struct(fields), 0, length, 0, [] as unknown as Data['buffers'], columns);
  return encode(schema, [withSchema(new RecordBatch(schema, data), schema)]);
}

const TYPED_ARRAYS: Readonly<Record<string, () => DataType>> = {
  '[object Int8Array]': () => new arrow.Int8(),
  '[object Int16Array]': () => new arrow.Int16(),
  '[object Int32Array]': () => new arrow.Int32(),
  '[object BigInt64Array]': () => new arrow.Int64(),
  '[object Uint8Array]': () => new arrow.Uint8(),
  '[object Uint8ClampedArray]': () => new arrow.Uint8(),
  '[object Uint16Array]': () => new arrow.Uint16(),
  '[object Uint32Array]': () => new arrow.Uint32(),
  '[object BigUint64Array]': () => new arrow.Uint64(),
  '[object Float32Array]': () => new arrow.Float32(),
  '[object Float64Array]': () => new arrow.Float64(),
};

function typedArrayType(values: ArrayLike<unknown>): DataType | undefined {
  return ArrayBuffer.isView(values) ? TYPED_ARRAYS[Object.prototype.toString.call(values)]?.() : undefined;
}
