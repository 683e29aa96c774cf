/**
 * The words that arguments of functions take, for editors. Any other operand is valid too, such as a column with the word.
 *
 * @module
 */

import type { Operand } from '../../expr/coerce.js';

/** An operand for which an editor suggests words. */
type Word<W extends string> = W | (string & {}) | Exclude<Operand, string>;

/** A part of a date or time, for `datePart`. */
export type DatePart = Word<
  | 'year'
  | 'isoyear'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'millisecond'
  | 'microsecond'
  | 'nanosecond'
  | 'dow'
  | 'doy'
  | 'epoch'
  | 'isodow'
>;

/** What `dateTrunc` truncates to. */
export type DateTruncUnit = Word<
  'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond' | 'microsecond'
>;

/** A format of `encode` and `decode`. */
export type BinaryFormat = Word<'base64' | 'base64pad' | 'hex'>;

/** An algorithm of `digest`. */
export type HashAlgorithm = Word<'md5' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'blake2s' | 'blake2b' | 'blake3'>;
