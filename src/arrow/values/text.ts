/**
 * Reads string columns. Decoding strings one by one is the main cost, so as few as possible are decoded.
 *
 * @module
 */

import type { Data } from 'apache-arrow';

import { wideNumbers } from './wide.js';

/** Decodes the bytes of a buffer between two positions. */
type Decode = (from: number, to: number) => string;

/** Offsets as numbers. The offsets of Large types are bigints. */
export function offsetsOf({ valueOffsets }: Data): ArrayLike<number> {
  const offsets = valueOffsets as Int32Array | BigInt64Array;
  if (!(offsets instanceof BigInt64Array)) return offsets;
  const read = wideNumbers(offsets);
  const numbers = new Float64Array(offsets.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = read(i);
  return numbers;
}

/** Reads the strings of a Utf8 or LargeUtf8 column. */
export function textReader(data: Data): (row: number) => string {
  const bytes = nodeBuffer(data.values as Uint8Array);
  const offsets = offsetsOf(data);
  const decode = remembering(bytes, decoder(bytes, offsets[0] ?? 0, offsets[data.length] ?? 0, data.length));
  return (row) => decode(offsets[row] as number, offsets[row + 1] as number);
}

/** Reads strings at any position in a buffer. */
export function textsIn(buffer: Uint8Array): Decode {
  const bytes = nodeBuffer(buffer);
  return remembering(bytes, (from, to) => bytes.toString('utf8', from, to));
}

/** V8 copies substrings shorter than this. A longer substring keeps its source string alive. */
const COPIED_TEXT = 13;

/** Decodes short ASCII strings all at once, which is several times faster, and other strings one by one. */
function decoder(bytes: Buffer, first: number, last: number, texts: number): Decode {
  if (last - first < COPIED_TEXT * texts) {
    const all = bytes.toString('utf8', first, last);
    // As many characters as bytes, so byte offsets are character offsets.
    if (all.length === last - first) return (from, to) => all.slice(from - first, to - first);
  }
  return (from, to) => bytes.toString('utf8', from, to);
}

const SLOTS = 2048;
/** Longer strings are not cached: they repeat less often and take longer to compare. */
const LONGEST = 32;
/** When cache misses exceed hits by this number, the strings of the column are assumed to be distinct. */
const PATIENCE = 256;

/** Caches recent strings, because values repeat. Strings are found by their bytes; equal values share one string. */
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

/** The same bytes as a Buffer. Its UTF-8 decoder is the fastest for short strings, and keeps a leading BOM. */
function nodeBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
