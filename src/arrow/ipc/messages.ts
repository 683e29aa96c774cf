/**
 * Handles Arrow IPC streams as messages: joins several streams of the same schema without decoding them.
 *
 * A stream is `schema message, messages…, end mark`. A message starts with 0xFFFFFFFF and the length of its metadata;
 * a schema message has no body. https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 *
 * @module
 */

import { BallistaError } from '../../errors.js';

const CONTINUATION = 0xffffffff;

/** The eight bytes that end an IPC stream. */
export const END_OF_STREAM: Uint8Array = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** The first message of a stream: its schema. A view. */
export function schemaMessage(stream: Uint8Array): Uint8Array {
  return stream.subarray(0, schemaEnd(stream));
}

/** The messages between the schema and the end mark: dictionaries and record batches. A view. */
export function bodyMessages(stream: Uint8Array): Uint8Array {
  const end = stream.byteLength - END_OF_STREAM.byteLength;
  const ends = end >= 0 && END_OF_STREAM.every((byte, i) => stream[end + i] === byte);
  return stream.subarray(schemaEnd(stream), ends ? end : stream.byteLength);
}

/** Joins byte arrays; the only copy in this module. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

function schemaEnd(stream: Uint8Array): number {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const end = stream.byteLength >= 8 && view.getUint32(0, true) === CONTINUATION ? 8 + view.getInt32(4, true) : 0;
  if (end < 8 || end > stream.byteLength) throw new BallistaError('ARROW', 'The bytes are not an Arrow IPC stream.');
  return end;
}
