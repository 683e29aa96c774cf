import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, it } from 'vitest';

import { serveBucket } from '../support/bucket-server.js';
import { ROOT } from '../support/child.js';
import { AIRPORTS, FLIGHTS, filesIn, tempFolder } from '../support/data.js';
import { serveFiles } from '../support/file-server.js';
import { Program } from '../support/program.js';

const EXAMPLES = join(ROOT, 'examples');
const folder = tempFolder();

/** Runs a program of examples/ to its end, and returns what it prints. */
async function output(name: string, args: string[] = [], env: Record<string, string> = {}): Promise<string> {
  const program = new Program(join(ROOT, 'build', 'examples', `${name}.mjs`), { args, env });
  const { code, stdout, stderr, left } = await program.ended;
  expect({ code, stderr, left }).toEqual({ code: 0, stderr: '', left: [] });
  return stdout;
}

/** Like {@link output}, for a program that writes files to a folder. */
async function written(name: string): Promise<{ stdout: string; file: (...path: string[]) => string }> {
  const file = tempFolder();
  return { stdout: await output(name, [file()]), file };
}

/** The rows of a Parquet file, read by code that shares nothing with the engine. */
async function parquet(file: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
}
