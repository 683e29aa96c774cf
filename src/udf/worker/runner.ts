/**
 * What all runners share.
 *
 * @module
 */

import type { Data, DataType, Schema } from 'apache-arrow';

import { toConversion } from '../../arrow/values/convert-options.js';
import type { Binder } from '../../arrow/values/reader.js';
import { binder } from '../../arrow/values/values.js';
import type { CallSettings } from '../definition.js';
import type { Place } from './thrown.js';

/** A user's function. */
export type UserFunction = (...args: unknown[]) => unknown;

/** A call of a runner. */
export interface Call {
  /** Signals the function that its result is no longer needed. */
  readonly stop: AbortController;
  /** Whether a part of the call ignores that signal. */
  goesOn: boolean;
  /** Receives parts of the result, as structs, before the last part. */
  readonly part: (data: Data) => void;
}

/** Runs a function on a batch. */
export type Runner = (block: Uint8Array, rows: number, call: Call) => Data | Promise<Data>;

/** The types of the inputs and of the result. */
export function typesOf(schema: Schema): { types: DataType[]; returns: DataType } {
  const types = schema.fields.map((field) => field.type as DataType);
  return { returns: types.pop() as DataType, types };
}

/** Returns the reader of a column type. */
export function binderOf(type: DataType, settings: CallSettings): Binder<unknown> {
  return binder(type, { ...settings, json: false });
}

/** The place of an error. */
export function placeOf(
  columns: readonly Data[],
  types: readonly DataType[],
  row: number,
  { showArguments }: CallSettings,
): Place {
  if (!showArguments) return { row };
  const conversion = toConversion({ json: true });
  return { row, args: columns.map((column, i) => binder(types[i] as DataType, conversion)(column)(row)) };
}
