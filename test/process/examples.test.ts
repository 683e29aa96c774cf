import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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
const KEYS = { accessKeyId: 'reader', secretAccessKey: 'sEcReT/key+1' };
const s3 = await serveBucket('travel', KEYS);
const web = await serveFiles({ '/airports.csv': AIRPORTS });

/** Runs a program of examples/ to its end, and returns what it prints. */
async function output(name: string, args: string[] = [], env: Record<string, string> = {}): Promise<string> {
  // As scripts/run.mjs does after its build.
  const nodeArgs = ['--import', pathToFileURL(join(ROOT, 'scripts', 'run', 'register.mjs')).href];
  const program = new Program(join(EXAMPLES, `${name}.ts`), { args, env, nodeArgs });
  const { code, stdout, stderr, left } = await program.ended;
  expect({ code, stderr, left }).toEqual({ code: 0, stderr: '', left: [] });
  return stdout;
}

/** Like {@link output}, for a program that writes files to a folder. */
async function written(name: string): Promise<{ stdout: string; file: (...path: string[]) => string }> {
  mkdirSync(folder(name));
  return { stdout: await output(name, [folder(name)]), file: (...path) => folder(name, ...path) };
}

/** The rows of a Parquet file, read by code that shares nothing with the engine. */
async function parquet(file: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
}

const tested: string[] = [];

function example(name: string, test: () => Promise<void>): void {
  tested.push(`${name}.ts`);
  it(`${name}.ts prints and writes what it should`, test);
}

describe('the programs of examples/', () => {
  example('etl', async () => {
    const { stdout, file } = await written('etl');
    expect(stdout).toMatchInlineSnapshot();
    const months = filesIn(file('orders')).map((name) => name.split('/')[0]);
    expect(new Set(months)).toEqual(new Set(['month=2026-01', 'month=2026-02', 'month=2026-03', 'month=2026-04']));
    const files = await Promise.all(filesIn(file('orders')).map((name) => parquet(file('orders', name))));
    const rows = files.flat();
    expect(rows).toHaveLength(930);
    expect(rows.every(({ amount, customer }) => Number(amount) > 0 && /^customer\d+$/.test(String(customer)))).toBe(
      true,
    );
  });

  example('http-endpoint', async () => {
    expect(await output('http-endpoint')).toMatchInlineSnapshot();
  });

  example('join-formats', async () => {
    expect((await written('join-formats')).stdout).toMatchInlineSnapshot();
  });

  example('pivot-report', async () => {
    const { stdout, file } = await written('pivot-report');
    expect(stdout).toMatchInlineSnapshot();
    expect(readFileSync(file('report.csv'), 'utf8')).toMatchInlineSnapshot();
  });

  example('dedupe', async () => {
    expect(await output('dedupe')).toMatchInlineSnapshot();
  });

  example('sessionize', async () => {
    const { stdout, file } = await written('sessionize');
    expect(stdout).toMatchInlineSnapshot();
    const sessions = await parquet(file('sessions.parquet'));
    expect(sessions.map(({ user, session, clicks }) => [user, session, clicks])).toEqual(
      [0, 1, 2].flatMap((user) => [1n, 2n, 3n].map((session) => [`user${user}`, session, 10n])),
    );
  });

  example('time-zones', async () => {
    expect(await output('time-zones')).toMatchInlineSnapshot();
  });

  example('udf-package', async () => {
    expect(await output('udf-package')).toMatchInlineSnapshot();
  });

  example('merge', async () => {
    const { stdout, file } = await written('merge');
    expect(stdout).toMatchInlineSnapshot();
    const [name = ''] = filesIn(file('products-v2'));
    expect(await parquet(file('products-v2', name))).toEqual([
      { id: 1n, name: 'Pen', price: 1.5 },
      { id: 2n, name: 'Paper A4', price: 4.75 },
      { id: 4n, name: 'Ruler', price: 2 },
    ]);
  });

  example('messy-csv', async () => {
    expect((await written('messy-csv')).stdout).toMatchInlineSnapshot();
  });

  example('remote-files', async () => {
    s3.objects.set('flights/2001.parquet', readFileSync(FLIGHTS));
    const stdout = await output(
      'remote-files',
      [`${web.url}/airports.csv`, 's3://travel/flights/', 's3://travel/busiest.parquet'],
      { AWS_ENDPOINT: s3.url, AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey },
    );
    expect(stdout).toMatchInlineSnapshot();
    const { buffer, byteOffset, byteLength } = s3.objects.get('busiest.parquet') ?? Buffer.of();
    const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    expect(await parquetReadObjects({ file, compressors })).toHaveLength(3);
  });

  it('are all tested, and have less than 60 lines', () => {
    const programs = readdirSync(EXAMPLES).filter((name) => name.endsWith('.ts') && name !== 'quickstart.ts');
    expect(programs.sort()).toEqual(tested.sort());
    for (const name of programs) {
      const lines = readFileSync(join(EXAMPLES, name), 'utf8').split('\n').length;
      expect(lines, name).toBeLessThanOrEqual(60);
    }
  });
});
