/**
 * Names of Arrow types, as DataFusion prints them and `arrow_cast` takes them.
 *
 * @module
 */

import {
  type DataType,
  DateUnit,
  type Decimal,
  type Dictionary,
  type Duration,
  type Field,
  type FixedSizeBinary,
  type FixedSizeList,
  type Float,
  type Int,
  type Interval,
  IntervalUnit,
  type Map_,
  Precision,
  type Schema,
  type Time,
  type Timestamp,
  TimeUnit,
  Type,
  type Union,
  UnionMode,
} from 'apache-arrow';

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';

type TimeUnitName = 's' | 'ms' | 'µs' | 'us' | 'ns' | 'Second' | 'Millisecond' | 'Microsecond' | 'Nanosecond';

/**
 * The name of an Arrow type, as `arrow_typeof()` shows it: `'Int32'`, `'Decimal128(10, 2)'`, `'List(Utf8)'`,
 * `'Timestamp(ms, "Europe/Berlin")'`. Names of SQL types, such as `'BIGINT'`, are not accepted.
 *
 * The compiler rejects misspelled names; of the names inside `List(…)`, `Struct(…)` and the like, only the last one. For a string
 * that is only known at run time, write `text as TypeName`.
 */
export type TypeName =
  | 'Null'
  | 'Boolean'
  | `${'Int' | 'UInt'}${8 | 16 | 32 | 64}`
  | `Float${16 | 32 | 64}`
  | 'Utf8'
  | 'LargeUtf8'
  | 'Utf8View'
  | 'Binary'
  | 'LargeBinary'
  | 'BinaryView'
  | 'Date32'
  | 'Date64'
  | `Time32(${'s' | 'ms'})`
  | `Time64(${'µs' | 'ns'})`
  | `Timestamp(${'s' | 'ms' | 'µs' | 'ns'})`
  | `Timestamp(${'s' | 'ms' | 'µs' | 'ns'}, "UTC")`
  | `Duration(${'s' | 'ms' | 'µs' | 'ns'})`
  | `Interval(${'YearMonth' | 'DayTime' | 'MonthDayNano'})`
  // Without the intersection, the compiler would merge the names above into these patterns, and editors would not suggest them.
  | (Record<never, never> &
      (
        | `Time32(${'Second' | 'Millisecond'})`
        | `Time64(${'us' | 'Microsecond' | 'Nanosecond'})`
        | `${'Timestamp' | 'Duration'}(${TimeUnitName})`
        | `Timestamp(${TimeUnitName},${string}"${string})`
        | `Timestamp(${TimeUnitName},${string}None)`
        | `FixedSizeBinary(${number})`
        // A number may have spaces around it.
        | `Decimal${32 | 64 | 128 | 256}(${number},${number})`
        // Of the names inside, the last one is checked. It can end with parentheses, or with the quoted name of the items.
        | `${
            | `${'' | 'Large'}List${'' | 'View'}`
            | 'FixedSizeList'
            | 'Struct'
            | 'Union'
            | 'Dictionary'
            | 'RunEndEncoded'}(${string}${
            | 'Null'
            | 'Boolean'
            | `Int${8 | 16 | 32 | 64}`
            | `Float${16 | 32 | 64}`
            | `Date${32 | 64}`
            | `${'Utf8' | 'Binary'}${'' | 'View'}`
            | ')'
            | "'"})`
        | 'Struct()'
        | `Map(${string}sorted)`
      ));

/** An Arrow type: its name (`'Int32'`, `'Decimal128(10, 2)'`, `'Timestamp(ms)'`) or an apache-arrow `DataType`. */
export type TypeLike = TypeName | DataType;

const UNITS: Record<TimeUnit, string> = {
  [TimeUnit.SECOND]: 's',
  [TimeUnit.MILLISECOND]: 'ms',
  [TimeUnit.MICROSECOND]: 'µs',
  [TimeUnit.NANOSECOND]: 'ns',
};

const INTERVALS: Record<IntervalUnit, string> = {
  [IntervalUnit.YEAR_MONTH]: 'YearMonth',
  [IntervalUnit.DAY_TIME]: 'DayTime',
  [IntervalUnit.MONTH_DAY_NANO]: 'MonthDayNano',
};

const FLOATS: Record<Precision, string> = {
  [Precision.HALF]: 'Float16',
  [Precision.SINGLE]: 'Float32',
  [Precision.DOUBLE]: 'Float64',
};

const PLAIN: Partial<Record<Type, string>> = {
  [Type.Null]: 'Null',
  [Type.Bool]: 'Boolean',
  [Type.Utf8]: 'Utf8',
  [Type.LargeUtf8]: 'LargeUtf8',
  [Type.Utf8View]: 'Utf8View',
  [Type.Binary]: 'Binary',
  [Type.LargeBinary]: 'LargeBinary',
  [Type.BinaryView]: 'BinaryView',
};

/**
 * The name of a type.
 *
 * @throws BallistaError `INVALID_ARGUMENT` for a value that is neither a name nor a type
 */
export function toTypeName(type: TypeLike, where: string): string {
  if (typeof type === 'string' && type.trim() !== '') return type;
  // Checked by shape, because the type may come from another copy of apache-arrow.
  if (typeof type === 'object' && type !== null && typeof type.typeId === 'number') return typeName(type);
  throw invalid(
    `${where} must be the name of an Arrow type, such as 'Int32', or an apache-arrow DataType, not ${describe(type)}.`,
  );
}

/** The name of an apache-arrow type. */
export function typeName(type: DataType): string {
  const plain = PLAIN[type.typeId];
  if (plain) return plain;
  switch (type.typeId) {
    case Type.Int:
      return `${(type as Int).isSigned ? 'Int' : 'UInt'}${(type as Int).bitWidth}`;
    case Type.Float:
      return FLOATS[(type as Float).precision];
    case Type.FixedSizeBinary:
      return `FixedSizeBinary(${(type as FixedSizeBinary).byteWidth})`;
    case Type.Decimal: {
      const { bitWidth, precision, scale } = type as Decimal;
      return `Decimal${bitWidth}(${precision}, ${scale})`;
    }
    case Type.Date:
      return (type as unknown as { unit: DateUnit }).unit === DateUnit.DAY ? 'Date32' : 'Date64';
    case Type.Time:
      return `Time${(type as Time).bitWidth}(${UNITS[(type as Time).unit]})`;
    case Type.Timestamp: {
      const { unit, timezone } = type as Timestamp;
      return timezone ? `Timestamp(${UNITS[unit]}, "${timezone}")` : `Timestamp(${UNITS[unit]})`;
    }
    case Type.Duration:
      return `Duration(${UNITS[(type as Duration).unit]})`;
    case Type.Interval:
      return `Interval(${INTERVALS[(type as Interval).unit]})`;
    case Type.List:
      return `List(${itemName(type)})`;
    case Type.LargeList:
      return `LargeList(${itemName(type)})`;
    case Type.FixedSizeList:
      return `FixedSizeList(${(type as FixedSizeList).listSize} x ${itemName(type)})`;
    case Type.Struct:
      return `Struct(${(type.children as Field[]).map(fieldName).join(', ')})`;
    case Type.Map: {
      const entries = (type as Map_).children[0] as Field;
      return `Map("entries": non-null ${typeName(entries.type as DataType)}, ${(type as Map_).keysSorted ? 'sorted' : 'unsorted'})`;
    }
    case Type.Union: {
      const { mode, typeIds, children } = type as Union;
      const members = children.map((member, i) => `${typeIds[i]}: (${fieldName(member)})`);
      return `Union(${[mode === UnionMode.Dense ? 'Dense' : 'Sparse', ...members].join(', ')})`;
    }
    case Type.Dictionary: {
      const { indices, dictionary } = type as Dictionary;
      return `Dictionary(${typeName(indices as DataType)}, ${typeName(dictionary as DataType)})`;
    }
    default:
      return String(type);
  }
}

function itemName(type: DataType): string {
  const item = (type.children as Field[])[0] as Field;
  const label = item.name === 'item' ? '' : `, field: '${item.name}'`;
  return `${item.nullable ? '' : 'non-null '}${typeName(item.type as DataType)}${label}`;
}

function fieldName(field: Field): string {
  return `${JSON.stringify(field.name)}: ${field.nullable ? '' : 'non-null '}${typeName(field.type as DataType)}`;
}

/** Whether two schemas have the same columns: names, types and nullability. */
export function sameColumns(a: Schema, b: Schema): boolean {
  // Compared by type name: apache-arrow's own comparison treats a built Int32 and a read Int32 as different.
  const columns = ({ fields }: Schema): string =>
    JSON.stringify(fields.map((field) => [fieldName(field), field.metadata.size]));
  return a === b || columns(a) === columns(b);
}

/** A schema as one line, for `util.inspect`: `a: Int64, b: Utf8`. */
export function schemaText(schema: Schema): string {
  return schema.fields.map((field) => `${field.name}: ${typeName(field.type as DataType)}`).join(', ');
}
