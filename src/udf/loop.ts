/**
 * The loop over the rows of a batch, as text made for the types of a function: V8 then sees plain numbers.
 *
 * @module
 */

import { type DataType, Precision, Type } from 'apache-arrow';

import { describe } from '../params.js';

/** Where a loop is, for errors. */
export interface At {
  row: number;
}

/** Where results go: to {@link Doubles}, to an array, nowhere. */
export type Keep = 'doubles' | 'values' | 'none';

/** Reads every row, calls the function and keeps what it gives, if that is wanted. */
export type Loop = (
  columns: unknown[],
  validities: (Uint8Array | undefined)[],
  rows: number,
  out: unknown[] | Doubles | undefined,
  at: At,
) => void;

/** Whether values lie side by side as numbers of JavaScript. */
export function isNumbers(type: DataType): boolean {
  const { precision, bitWidth } = type as { precision?: Precision; bitWidth?: number };
  if (type.typeId === Type.Float) return precision !== Precision.HALF;
  return type.typeId === Type.Int && (bitWidth as number) <= 32;
}

/** Whether every number of JavaScript is a value. */
export function isDouble(type: DataType): boolean {
  return type.typeId === Type.Float && (type as { precision?: Precision }).precision === Precision.DOUBLE;
}

/** Results that are numbers. NaN is one, so that nulls have a place of their own. */
export class Doubles {
  readonly values: Float64Array;
  validity: Uint8Array | undefined;
  nulls = 0;

  /** @param values - as long as there are rows; whatever is in it */
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
 * The loop for a function.
 *
 * @param reads - of each argument: whether it is read by a function of the row, or lies there as a number
 * @param keep - where results go
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
       else throw new TypeError('it gave ' + describe(result) + ', not a number');`,
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
