/**
 * Converts batches that each have their own dictionaries, as in query results, to batches that share one per column.
 *
 * An Arrow IPC file has one dictionary per column, and some libraries use the first or last dictionary for a whole table.
 *
 * @module
 */

import {
  Binary,
  type Data,
  type DataType,
  Dictionary,
  type Field,
  type Int,
  Int32,
  RecordBatch,
  Schema,
  Type,
  Utf8,
  Vector,
} from 'apache-arrow';

import { isDate } from '../../input/kinds.js';
import { buildColumn } from '../build/build-column.js';
import { toConversion } from '../values/convert-options.js';
import { binder } from '../values/values.js';

/** A column across all batches. */
interface Column {
  field: Field;
  parts: readonly Data[];
}

/** Whether a column of the schema has a dictionary, also when nested. */
export function hasDictionaries({ fields }: { readonly fields: readonly Field[] }): boolean {
  return fields.some(({ type }) => type.typeId === Type.Dictionary || hasDictionaries({ fields: type.children ?? [] }));
}

/**
 * The same rows with one dictionary per column, also inside lists and structs. Other columns are unchanged.
 */
export function shareDictionaries(
  batches: readonly RecordBatch[],
  schema: Schema,
): { schema: Schema; batches: RecordBatch[] } {
  if (batches.length < 2 || !hasDictionaries(schema)) return { schema, batches: [...batches] };
  const columns = schema.fields.map((field, i) =>
    share({ field, parts: batches.map((batch) => batch.data.children[i] as Data) }),
  );
  const shared = new Schema(
    columns.map(({ field }) => field),
    schema.metadata,
  );
  return {
    schema: shared,
    batches: batches.map((batch, at) => {
      const { data } = batch;
      const children = columns.map(({ parts }) => parts[at] as Data);
      const changed = data.clone(data.type, 0, batch.numRows, 0, [] as unknown as Data['buffers'], children);
      // Assigned, not passed to the constructor, which mixes up columns with the same name.
      return Object.assign(new RecordBatch(batch.schema, data), { schema: shared, data: changed });
    }),
  };
}

function share(column: Column): Column {
  const { field, parts } = column;
  const type = field.type as DataType;
  if (type.typeId === Type.Dictionary) return shareEntries(column);
  const fields = (type.children ?? []) as Field[];
  if (!hasDictionaries({ fields })) return column;
  const children = fields.map((child, i) =>
    share({ field: child, parts: parts.map((part) => part.children[i] as Data) }),
  );
  const changed: DataType = Object.assign(Object.create(Object.getPrototypeOf(type)), type, {
    children: children.map((child) => child.field),
  });
  return {
    field: field.clone({ type: changed }),
    parts: parts.map((part, at) =>
      part.clone(
        changed,
        part.offset,
        part.length,
        part.nullCount,
        part.buffers,
        children.map((child) => child.parts[at] as Data),
      ),
    ),
  };
}

// The value forms that can be built back without loss.
const EXACT = toConversion({ int64: 'bigint', decimal: 'bigint', timestamp: 'bigint', date: 'date' });

function shareEntries(column: Column): Column {
  const { field } = column;
  const parts = column.parts as readonly Data<Dictionary>[];
  const { dictionary, id, indices } = field.type as Dictionary;
  const entryType = buildable(dictionary as DataType);
  if (!entryType) return column;
  const read = binder(dictionary as DataType, EXACT);
  const entries: unknown[] = [];
  const known = new Map<unknown, number>();
  const place = (entry: unknown): number => {
    const key = keyOf(entry);
    const found = known.get(key) ?? entries.push(entry) - 1;
    known.set(key, found);
    return found;
  };
  // For each part, the positions of its entries in the shared dictionary.
  const places = parts.map((part) =>
    (part.dictionary?.data ?? []).flatMap((chunk) => {
      const value = read(chunk);
      return Array.from({ length: chunk.length }, (_, i) => place(value(i)));
    }),
  );
  const fits = entries.length <= 2 ** (indices.bitWidth - (indices.isSigned ? 1 : 0));
  const type = new Dictionary(entryType, fits ? indices : new Int32(), id);
  const wide = (type.indices as Int).bitWidth === 64;
  const all = new Vector([buildColumn(entryType, { path: field.name, values: entries, row: (i) => i })]);
  return {
    field: field.clone({ type }),
    parts: parts.map((part, at) => {
      // The key of a null may have any value.
      const moved = Array.from(part.values as ArrayLike<number | bigint>, (index) => places[at]?.[Number(index)] ?? 0);
      const values = type.indices.ArrayType.from((wide ? moved.map(BigInt) : moved) as never);
      const buffers = [undefined, values, part.nullBitmap, undefined] as unknown as Data['buffers'];
      const changed = part.clone(type, part.offset, part.length, part.nullCount, buffers);
      return Object.assign(changed, { dictionary: all });
    }),
  };
}

const BUILDABLE: readonly Type[] = [
  ...[Type.Bool, Type.Int, Type.Float, Type.Decimal, Type.Utf8, Type.LargeUtf8],
  ...[Type.Binary, Type.LargeBinary, Type.FixedSizeBinary, Type.Date, Type.Timestamp, Type.Duration],
];

/** The type of shared entries. Dictionaries of types that cannot be built, such as structs, are unchanged. */
function buildable(type: DataType): DataType | undefined {
  if (type.typeId === Type.Utf8View) return new Utf8();
  if (type.typeId === Type.BinaryView) return new Binary();
  return BUILDABLE.includes(type.typeId) ? type : undefined;
}

/** A key by which equal entries are found. Binary entries are all treated as different. */
function keyOf(entry: unknown): unknown {
  if (Object.is(entry, -0)) return '-0';
  return isDate(entry) ? entry.getTime() : entry;
}
