/**
 * The row type after conversion options.
 *
 * @module
 */

import type { ConvertOptions } from './convert-options.js';

/**
 * The type `T` of a row that is read with conversion options `O`: with `int64: 'number'` its bigints are numbers, with
 * `json: true` its dates are strings, and so on, in nested values too. A type cannot tell a date from a timestamp or a decimal from
 * a string: for these, `T` must say what the options make of them.
 *
 * @typeParam T - the row type without the options, but with those of the session
 * @typeParam O - the type of the options
 */
export type Converted<T, O> = O extends ConvertOptions
  ? HasOption<O> extends true
    ? { [K in keyof T]: Value<T[K], O> }
    : T
  : T;

/** Whether options that change the type are known at compile time. */
type HasOption<O> = O extends { int64: 'number' | 'string' } | { json: true } | { date: 'string'; timestamp: 'string' }
  ? true
  : false;

type Value<V, O> = IsAny<V> extends true ? V : Known<V, O>;

type Known<V, O> = V extends bigint
  ? Int64<O>
  : V extends Date
    ? O extends { json: true } | { date: 'string'; timestamp: 'string' }
      ? string
      : V
    : V extends Uint8Array
      ? O extends { json: true }
        ? string
        : V
      : V extends ReadonlyMap<infer K, infer M>
        ? O extends { json: true }
          ? [Value<K, O>, Value<M, O>][]
          : Map<Value<K, O>, Value<M, O>>
        : V extends readonly (infer I)[]
          ? Value<I, O>[]
          : V extends object
            ? { [P in keyof V]: Value<V[P], O> }
            : V;

type Int64<O> = O extends { int64: infer Form }
  ? Form extends 'number'
    ? number
    : Form extends 'string'
      ? string
      : bigint
  : O extends { json: true }
    ? string
    : bigint;

type IsAny<V> = 0 extends 1 & V ? true : false;
