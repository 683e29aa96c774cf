/**
 * Where output goes: standard output, or a file.
 *
 * @module
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { writeWhole } from '../../platform/whole-file.js';

/** Text or bytes, in pieces. */
export type Pieces = AsyncIterable<string | Uint8Array>;

/** Writes to a stream, as fast as it takes the pieces. The stream stays open. */
export async function writeTo(
  stream: Writable,
  pieces: Pieces | Iterable<string | Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  for await (const piece of pieces) {
    signal?.throwIfAborted();
    if (!stream.write(piece)) await drained(stream, signal);
  }
  // An error of the last write comes later.
  await new Promise((resolve) => stream.write('', resolve));
  signal?.throwIfAborted();
}

/** Waits until a stream takes more. Rejects with the reason of the abort. */
async function drained(stream: Writable, signal: AbortSignal | undefined): Promise<void> {
  try {
    await once(stream, 'drain', { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Writes to a file: all of it or nothing. What exists and is not a file, such as a named pipe, gets the pieces directly.
 *
 * @throws BallistaError `IO`
 */
export async function writeToFile(file: string, pieces: Pieces): Promise<void> {
  const known = await stat(file).catch(() => undefined);
  if (known === undefined || known.isFile() || known.isDirectory()) return writeWhole(file, pieces);
  const stream = createWriteStream(file);
  await writeTo(stream, pieces);
  stream.end();
  await finished(stream);
}
