/**
 * The loop over the rows of a batch, as source code generated for the argument types, so that V8 optimizes for plain numbers.
 *
 * @module
 */

import { type Data, type DataType, Precision, Type } from 'apache-arrow';

import { describe } from '../../input/describe.js';
import type { CallSettings } from '../definition.js';
import { binderOf, type UserFunction } from './runner.js';
import { type Place, Thrown } from './thrown.js';

/** The current row of a loop, for errors. */
export interface At {
  row: number;
}

/** Where results are stored: in {@link Doubles}, in an array, or nowhere. */
export type Keep = 'doubles' | 'values' | 'none';

/** Reads every row, calls the function and stores the result if wanted. */
export type Loop = (
  columns: unknown[],
  validities: (Uint8Array | undefined)[],
  rows: number,
  out: unknown[] | Doubles | undefined,
  at: At,
) => void;

/** Whether values are stored side by side as JavaScript numbers. */
export function isNumbers(type: DataType): boolean {
  const { precision, bitWidth } = type as { precision?: Precision; bitWidth?: number };
  if (type.typeId === Type.Float) return precision !== Precision.HALF;
  return type.typeId === Type.Int && (bitWidth as number) <= 32;
}

/** Whether every JavaScript number is a valid value. */
export function isDouble(type: DataType): boolean {
  return type.typeId === Type.Float && (type as { precision?: Precision }).precision === Precision.DOUBLE;
}

/** Numeric results. NaN is a valid result, so nulls are stored separately. */
export class Doubles {
  readonly values: Float64Array;
  validity: Uint8Array | undefined;
  nulls = 0;

  /** @param values - an array with one element per row; its contents do not matter */
  constructor(values: Float64Array) {
    this.values = values;
  }

  drop(row: number): void {
    this.values[row] = 0;
    this.validity ??= new Uint8Array(Math.ceil(this.values.length / 8)).fill(255);
    const byte = row >> 3;
    this.validity[byte] = (this.validity[byte] as number) & ~(1 << (row & 7));
    this.nulls++;
  }
}

/**
 * Compiles the loop for a function.
 *
 * @param reads - for each argument: whether a reader function returns its values; otherwise it is an array of numbers
 * @param keep - where results are stored
 */
export function compile(
  fn: (...args: unknown[]) => unknown,
  reads: readonly boolean[],
  skipNulls: boolean,
  keep: Keep,
): Loop {
  const each = (text: (i: number) => string): string[] => reads.map((_, i) => text(i));
  const present = (i: number): string => `(v${i} === undefined || (v${i}[row >> 3] & (1 << (row & 7))) !== 0)`;
  const value = (i: number): string => (reads[i] ? `c${i}(row)` : `(${present(i)} ? c${i}[row] : null)`);
  const bare = (i: number): string => (reads[i] ? `c${i}(row)` : `c${i}[row]`);
  const skip = (nullable: (i: number) => boolean): string => {
    const names = [...reads.keys()].filter(nullable).map((i) => `a${i} === null`);
    return skipNulls && names.length > 0 ? `if (${names.join(' || ')}) result = null; else ` : '';
  };
  const stores = {
    none: '',
    values: 'out[row] = result;',
    doubles: `if (typeof result === 'number') values[row] = result;
       else if (result === null || result === undefined) out.drop(row);
       else throw new TypeError('It returned ' + describe(result) + ', not a number');`,
  };
  const body = (read: (i: number) => string, nullable: (i: number) => boolean): string => `
      for (; row < rows; row++) {
        ${each((i) => `const a${i} = ${read(i)};`).join('\n')}
        let result;
        ${skip(nullable)}result = fn(${each((i) => `a${i}`).join(', ')});
        ${stores[keep]}
      }`;
  const text = `
    return (columns, validities, rows, out, at) => {
      ${each((i) => `const c${i} = columns[${i}]; const v${i} = validities[${i}];`).join('\n')}
      ${keep === 'doubles' ? 'const { values } = out;' : ''}
      let row = 0;
      try {
        if (validities.every((validity) => validity === undefined)) {${body(bare, (i) => reads[i] as boolean)}
        } else {${body(value, () => true)}
        }
      } finally {
        at.row = row;
      }
    };`;
  return new Function('fn', 'describe', text)(fn, describe) as Loop;
}

/**
 * Returns the compiled loop of a function over columns.
 *
 * @param keep - where results are stored
 */
export function rowLoop(
  fn: UserFunction,
  types: readonly DataType[],
  settings: CallSettings,
  keep: Keep,
): (columns: readonly Data[], rows: number, out: Values | undefined, place: (row: number) => Place) => void {
  const binders = types.map((type) => (isNumbers(type) ? undefined : binderOf(type, settings)));
  const run = compile(fn, binders.map(Boolean), settings.skipNulls, keep);
  return (columns, rows, out, place) => {
    const at = { row: 0 };
    try {
      const readers = columns.map((column, i) => binders[i]?.(column) ?? column.values);
      run(readers, columns.map(validityOf), rows, out, at);
    } catch (cause) {
      throw new Thrown(cause, place(at.row));
    }
  };
}
export type Values = unknown[] | Doubles;

function validityOf({ nullBitmap }: Data): Uint8Array | undefined {
  return nullBitmap?.byteLength ? nullBitmap : undefined;
}
