/**
 * Texts of a column: decoding them one by one is what costs most, so as few as possible are.
 *
 * @module
 */

import type { Data } from 'apache-arrow';

import { wideNumbers } from './wide.js';

/** Decodes the bytes of a buffer between two places. */
type Decode = (from: number, to: number) => string;

/** Offsets as numbers: those of the Large types are bigints. */
export function offsetsOf({ valueOffsets }: Data): ArrayLike<number> {
  const offsets = valueOffsets as Int32Array | BigInt64Array;
  if (!(offsets instanceof BigInt64Array)) return offsets;
  const read = wideNumbers(offsets);
  const numbers = new Float64Array(offsets.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = read(i);
  return numbers;
}

/** Reads the texts of a Utf8 or LargeUtf8 column. */
export function textReader(data: Data): (row: number) => string {
  const bytes = nodeBuffer(data.values as Uint8Array);
  const offsets = offsetsOf(data);
  const decode = remembering(bytes, decoder(bytes, offsets[0] ?? 0, offsets[data.length] ?? 0, data.length));
  return (row) => decode(offsets[row] as number, offsets[row + 1] as number);
}

/** Reads texts that lie anywhere in a buffer. */
export function textsIn(buffer: Uint8Array): Decode {
  const bytes = nodeBuffer(buffer);
  return remembering(bytes, (from, to) => bytes.toString('utf8', from, to));
}

/** V8 copies strings shorter than this out of the string they are cut from, and keeps that alive for longer ones. */
const COPIED_TEXT = 13;

/** Decodes short ASCII texts all at once, which is several times faster, and others one by one. */
function decoder(bytes: Buffer, first: number, last: number, texts: number): Decode {
  if (last - first < COPIED_TEXT * texts) {
    const all = bytes.toString('utf8', first, last);
    // As many characters as bytes: every offset in bytes is one in characters.
    if (all.length === last - first) return (from, to) => all.slice(from - first, to - first);
  }
  return (from, to) => bytes.toString('utf8', from, to);
}

const SLOTS = 2048;
/** Longer ones repeat less, and take longer to compare. */
const LONGEST = 32;
/** After so many texts more that were new than that were known, the column is taken for one of other texts each. */
const PATIENCE = 256;

/** Texts repeat: one of the last is known again by its bytes, and the same string serves for both. */
function remembering(bytes: Buffer, decode: Decode): Decode {
  const texts = new Array<string>(SLOTS);
  const starts = new Float64Array(SLOTS);
  const lengths = new Int8Array(SLOTS).fill(-1);
  let patience = PATIENCE;
  return (from, to) => {
    const length = to - from;
    if (patience <= 0 || length > LONGEST) return decode(from, to);
    let hash = length;
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    if (lengths[slot] === length) {
      const start = starts[slot] as number;
      let i = 0;
      while (i < length && bytes[start + i] === bytes[from + i]) i++;
      if (i === length) {
        patience++;
        return texts[slot] as string;
      }
    }
    patience--;
    const text = decode(from, to);
    texts[slot] = text;
    starts[slot] = from;
    lengths[slot] = length;
    return text;
  };
}

/** The same bytes as a Buffer: its UTF-8 decoder is the fastest for short strings, and keeps a leading BOM. */
function nodeBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
