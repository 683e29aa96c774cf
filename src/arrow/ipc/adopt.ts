/**
 * Converts objects of another copy of apache-arrow to objects of our copy.
 *
 * Copies since 21.2 mark their objects through the symbol registry, so `instanceof` accepts them. Objects of older copies,
 * which other libraries may bundle, are recognised by shape and rebuilt around the same buffers, without copying.
 *
 * @module
 */

import type { Data, DataType, Field, RecordBatch, Schema, Table, Vector } from 'apache-arrow';
import * as arrow from 'apache-arrow';

import { BallistaError } from '../../errors.js';

/** Whether a value is a table of any copy of apache-arrow. */
export function isTable(value: unknown): value is Table {
  return arrow.isArrowTable(value) || (hasSchema(value) && Array.isArray((value as { batches?: unknown }).batches));
}

/** Whether a value is a record batch of any copy of apache-arrow. */
export function isRecordBatch(value: unknown): value is RecordBatch {
  return (
    arrow.isArrowRecordBatch(value) ||
    (hasSchema(value) && Array.isArray((value as { data?: { children?: unknown } }).data?.children))
  );
}

/** Whether a value is a schema of any copy of apache-arrow. */
export function isSchema(value: unknown): value is Schema {
  return arrow.isArrowSchema(value) || (isObject(value) && isFieldList((value as { fields?: unknown }).fields));
}

/** Whether a value is a vector, or a chunk of one, of any copy of apache-arrow. */
export function isVector(value: unknown): boolean {
  return isObject(value) && typeof (value as Partial<Vector>).type?.typeId === 'number';
}

function hasSchema(value: unknown): boolean {
  return isObject(value) && isSchema((value as { schema?: unknown }).schema);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isFieldList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((field) => isObject(field) && 'name' in field && typeof (field as Field).type?.typeId === 'number')
  );
}

/** Converts a schema to our copy. */
export function adoptSchema(schema: Schema): Schema {
  if (arrow.isArrowSchema(schema)) return schema;
  return new arrow.Schema((schema as Schema).fields.map(adoptField), new Map((schema as Schema).metadata));
}

/** Converts a batch to our copy. */
export function adoptBatch(batch: RecordBatch): RecordBatch {
  if (arrow.isArrowRecordBatch(batch)) return batch;
  const { schema, data } = batch as RecordBatch;
  return new arrow.RecordBatch(adoptSchema(schema), adoptData(data) as RecordBatch['data']);
}

function adoptField(field: Field): Field {
  return new arrow.Field(field.name, adoptType(field.type as DataType), field.nullable, new Map(field.metadata));
}

const CLASSES: Partial<Record<arrow.Type, { readonly prototype: DataType }>> = {
  [arrow.Type.Null]: arrow.Null,
  [arrow.Type.Int]: arrow.Int,
  [arrow.Type.Float]: arrow.Float,
  [arrow.Type.Binary]: arrow.Binary,
  [arrow.Type.LargeBinary]: arrow.LargeBinary,
  [arrow.Type.Utf8]: arrow.Utf8,
  [arrow.Type.LargeUtf8]: arrow.LargeUtf8,
  [arrow.Type.Bool]: arrow.Bool,
  [arrow.Type.Decimal]: arrow.Decimal,
  [arrow.Type.Date]: arrow.Date_,
  [arrow.Type.Time]: arrow.Time,
  [arrow.Type.Timestamp]: arrow.Timestamp,
  [arrow.Type.Interval]: arrow.Interval,
  [arrow.Type.Duration]: arrow.Duration,
  [arrow.Type.List]: arrow.List,
  [arrow.Type.Struct]: arrow.Struct,
  [arrow.Type.Union]: arrow.Union,
  [arrow.Type.FixedSizeBinary]: arrow.FixedSizeBinary,
  [arrow.Type.FixedSizeList]: arrow.FixedSizeList,
  [arrow.Type.Map]: arrow.Map_,
  [arrow.Type.Dictionary]: arrow.Dictionary,
};

/** The parameters of types, which are own properties. Other properties are getters of their classes. */
const PARAMETERS = [
  ['typeId', 'isSigned', 'bitWidth', 'precision', 'scale', 'unit', 'timezone', 'byteWidth', 'listSize', 'keysSorted'],
  ['mode', 'typeIds', 'typeIdToChildIndex', 'isOrdered', 'id'],
].flat();

/** Converts a type: the same parameters with the prototype of our class. */
function adoptType(type: DataType): DataType {
  const home = CLASSES[type.typeId];
  if (!home)
    throw new BallistaError(
      'NOT_IMPLEMENTED',
      `The Arrow type ${String(type)} is not supported when it comes from another copy of apache-arrow.`,
    );
  const parts: Record<string, unknown> = {};
  for (const name of PARAMETERS) if (name in type) parts[name] = (type as unknown as Record<string, unknown>)[name];
  if (type.typeId === arrow.Type.Dictionary) {
    const { dictionary, indices } = type as unknown as { dictionary: DataType; indices: DataType };
    Object.assign(parts, { dictionary: adoptType(dictionary), indices: adoptType(indices) });
  } else if (type.children) {
    parts['children'] = (type.children as Field[]).map(adoptField);
  }
  return Object.assign(Object.create(home.prototype) as DataType, parts);
}

function adoptData(data: Data): Data {
  const dictionary = data.dictionary && new arrow.Vector((data.dictionary as Vector).data.map(adoptData));
  const buffers = [data.valueOffsets, data.values, data.nullBitmap, data.typeIds] as unknown as Data['buffers'];
  return new arrow.Data(
    adoptType(data.type as DataType),
    data.offset,
    data.length,
    data.nullCount,
    buffers,
    data.children.map(adoptData),
    dictionary,
  );
}
