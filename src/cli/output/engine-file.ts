/**
 * Results in formats that the engine writes: Parquet files and Arrow files.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ActionOptions, DataFrame } from 'ballista';

import type { Query } from './query.js';

/** The bytes of the file, which the engine writes into a temporary folder first. */
export async function* engineFile(query: Query, format: 'parquet' | 'arrow'): AsyncGenerator<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'ballista-'));
  try {
    const file = join(folder, `result.${format}`);
    if (query.local) await write(query.frame, file, format, query.action);
    else await writeHere(query, folder, file, format);
    yield* createReadStream(file) as AsyncIterable<Buffer>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(
  frame: DataFrame,
  file: string,
  format: 'parquet' | 'arrow',
  action: ActionOptions,
): Promise<void> {
  const options = { ...action, singleFileOutput: true };
  await (format === 'parquet' ? frame.writeParquet(file, options) : frame.writeArrow(file, options));
}

/** Executors would write the file on their machines. So the rows come here first, as an Arrow stream. */
async function writeHere(
  { frame, action }: Query,
  folder: string,
  file: string,
  format: 'parquet' | 'arrow',
): Promise<void> {
  const rows = join(folder, 'rows.arrow');
  await writeFile(rows, frame.stream(action).ipc());
  const { SessionContext } = await import('ballista');
  const here = SessionContext.local();
  try {
    await write(await here.readArrow(rows), file, format, { signal: action.signal });
  } finally {
    await here.close();
  }
}
