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
    expect(stdout).toMatchInlineSnapshot(`
      "930 of 1000 orders are in the lake.
      +---------+--------+-----------+-----------+
      | month   | orders | customers | revenue   |
      +---------+--------+-----------+-----------+
      | 2026-02 | 240    | 24        | 119800.00 |
      | 2026-03 | 250    | 25        | 125125.00 |
      | 2026-04 | 240    | 24        | 120800.00 |
      +---------+--------+-----------+-----------+
      "
    `);
    const months = filesIn(file('orders')).map((name) => name.split('/')[0]);
    expect(new Set(months)).toEqual(new Set(['month=2026-01', 'month=2026-02', 'month=2026-03', 'month=2026-04']));
    const files = await Promise.all(filesIn(file('orders')).map((name) => parquet(file('orders', name))));
    const rows = files.flat();
    expect(rows).toHaveLength(930);
    // A second run replaces the files.
    expect(await output('etl', [folder('etl')])).toBe(stdout);
    expect(rows.every(({ amount, customer }) => Number(amount) > 0 && /^customer\d+$/.test(String(customer)))).toBe(
      true,
    );
  });

  // test/interop/web-streams.test.ts checks that the scheduler has no such job any more.
  example('http-endpoint', async () => {
    expect(await output('http-endpoint')).toMatchInlineSnapshot(`
      "{"n":1,"square":1}
      {"n":2,"square":4}
      {"n":3,"square":9}

      Status of a wrong request: 400
      A client disconnected, so its query is cancelled.
      "
    `);
  });

  example('join-formats', async () => {
    expect((await written('join-formats')).stdout).toMatchInlineSnapshot(`
      "+--------+---------+-------+-------+----------+
      | name   | country | items | total | unpriced |
      +--------+---------+-------+-------+----------+
      | Ada    | GB      | 6     | 22.99 | 0        |
      | Blaise | FR      | 11    | 9.90  | 1        |
      +--------+---------+-------+-------+----------+
      No basket: [ { name: 'Carl' } ]
      "
    `);
  });

  example('pivot-report', async () => {
    const { stdout, file } = await written('pivot-report');
    expect(stdout).toMatchInlineSnapshot(`
      "Quarters: Q1, Q2, Q3, Q4
      +-------------+------+------+------+------+-------+
      | region      | Q1   | Q2   | Q3   | Q4   | total |
      +-------------+------+------+------+------+-------+
      | North       | 1872 | 1908 | 1944 | 616  | 6340  |
      | South       | 1872 | 1908 | 1944 | 656  | 6380  |
      | West        | 1872 | 1908 | 1944 | 696  | 6420  |
      | All regions | 5616 | 5724 | 5832 | 1968 | 19140 |
      +-------------+------+------+------+------+-------+
      +--------+----------+---------+----------+---------+
      | region | Q1_sales | Q1_best | Q2_sales | Q2_best |
      +--------+----------+---------+----------+---------+
      | North  | 12       | 211     | 12       | 214     |
      | South  | 12       | 212     | 12       | 215     |
      | West   | 12       | 210     | 12       | 213     |
      +--------+----------+---------+----------+---------+
      "
    `);
    expect(readFileSync(file('report.csv'), 'utf8')).toMatchInlineSnapshot(`
      "region;Q1;Q2;Q3;Q4;total
      North;1872;1908;1944;616;6340
      South;1872;1908;1944;656;6380
      West;1872;1908;1944;696;6420
      All regions;5616;5724;5832;1968;19140
      "
    `);
  });

  example('dedupe', async () => {
    expect(await output('dedupe')).toMatchInlineSnapshot(`
      "[ { rows: 7, contacts: 4 } ]
      +-------------------+------+-----------+
      | key               | rows | sources   |
      +-------------------+------+-----------+
      | ada@example.com   | 2    | crm, shop |
      | alan@example.com  | 2    | crm, shop |
      | grace@example.com | 2    | crm       |
      +-------------------+------+-----------+
      +--------------------+-----------------+-------+--------+
      | key                | name            | phone | source |
      +--------------------+-----------------+-------+--------+
      | ada@example.com    | Ada King        |       | shop   |
      | alan@example.com   | Alan Turing     |       | crm    |
      | edsger@example.com | Edsger Dijkstra | +31 9 | shop   |
      | grace@example.com  | Grace Hopper    | +1 7  | crm    |
      +--------------------+-----------------+-------+--------+
      +--------------------+-----------------+-------+
      | key                | name            | phone |
      +--------------------+-----------------+-------+
      | ada@example.com    | Ada King        | +44 1 |
      | alan@example.com   | Alan Turing     | +44 2 |
      | edsger@example.com | Edsger Dijkstra | +31 9 |
      | grace@example.com  | Grace Hopper    | +1 7  |
      +--------------------+-----------------+-------+
      "
    `);
  });

  example('sessionize', async () => {
    const { stdout, file } = await written('sessionize');
    expect(stdout).toMatchInlineSnapshot(`
      "+-------+----------+--------+---------+
      | user  | sessions | clicks | minutes |
      +-------+----------+--------+---------+
      | user0 | 3        | 10.0   | 9.0     |
      | user1 | 3        | 10.0   | 45.0    |
      | user2 | 3        | 10.0   | 81.0    |
      +-------+----------+--------+---------+
      "
    `);
    const sessions = await parquet(file('sessions.parquet'));
    expect(sessions.map(({ user, session, clicks }) => [user, session, clicks])).toEqual(
      [0, 1, 2].flatMap((user) => [1n, 2n, 3n].map((session) => [`user${user}`, session, 10n])),
    );
  });

  example('time-zones', async () => {
    expect(await output('time-zones')).toMatchInlineSnapshot(`
      "UTC 2026-03-28: 24, 2026-03-29: 24, 2026-03-30: 24
      Europe/Berlin 2026-03-28: 23, 2026-03-29: 23, 2026-03-30: 24, 2026-03-31: 2
      Asia/Kolkata 2026-03-28: 19, 2026-03-29: 24, 2026-03-30: 24, 2026-03-31: 5
      +---------------------------+----------------------+----------------------+--------+
      | begins                    | first                | last                 | orders |
      +---------------------------+----------------------+----------------------+--------+
      | 2026-03-28T00:00:00+01:00 | 2026-03-28T00:00:00Z | 2026-03-28T22:00:00Z | 23     |
      | 2026-03-29T00:00:00+01:00 | 2026-03-28T23:00:00Z | 2026-03-29T21:00:00Z | 23     |
      | 2026-03-30T00:00:00+02:00 | 2026-03-29T22:00:00Z | 2026-03-30T21:00:00Z | 24     |
      | 2026-03-31T00:00:00+02:00 | 2026-03-30T22:00:00Z | 2026-03-30T23:00:00Z | 2      |
      +---------------------------+----------------------+----------------------+--------+
      +---------------------------+---------------------------+---------------------------+
      | meeting                   | two_days                  | hours                     |
      +---------------------------+---------------------------+---------------------------+
      | 2026-03-28T09:00:00+01:00 | 2026-03-30T09:00:00+02:00 | 2026-03-30T10:00:00+02:00 |
      +---------------------------+---------------------------+---------------------------+
      "
    `);
  });

  example('udf-package', async () => {
    expect(await output('udf-package')).toMatchInlineSnapshot(`
      "+-----------+----------+-------+----------------------+
      | tenant    | sign_ins | users | last                 |
      +-----------+----------+-------+----------------------+
      | globex    | 222      | 3     | 2026-01-01T04:58:00Z |
      | acme      | 75       | 3     | 2026-01-01T04:56:00Z |
      | (damaged) | 3        | 0     | 2026-01-01T04:59:00Z |
      +-----------+----------+-------+----------------------+
      "
    `);
  });

  example('merge', async () => {
    const { stdout, file } = await written('merge');
    expect(stdout).toMatchInlineSnapshot(`
      "3 products
      +----+----------+-------+
      | id | name     | price |
      +----+----------+-------+
      | 1  | Pen      | 1.5   |
      | 2  | Paper A4 | 4.75  |
      | 4  | Ruler    | 2.0   |
      +----+----------+-------+
      [
        { id: 2, before: 4, after: 4.75 },
        { id: 3, before: 9.5, after: null },
        { id: 4, before: null, after: 2 }
      ]
      "
    `);
    const [name = ''] = filesIn(file('products-v2'));
    expect(await parquet(file('products-v2', name))).toEqual([
      { id: 1n, name: 'Pen', price: 1.5 },
      { id: 2n, name: 'Paper A4', price: 4.75 },
      { id: 4n, name: 'Ruler', price: 2 },
    ]);
  });

  example('messy-csv', async () => {
    expect((await written('messy-csv')).stdout).toMatchInlineSnapshot(`
      "5 of 6 lines have the right number of values.
      +---------+------------+-------+-----------------+
      | station | day        | value | remark          |
      +---------+------------+-------+-----------------+
      | north   | 2026-01-31 | 1.50  | windy; cold     |
      | north   | 2026-02-01 |       |                 |
      | south   | 2026-02-01 | 2.25  | a "quoted" word |
      | south   |            | 3.00  |                 |
      | west    | 2026-02-03 |       |                 |
      +---------+------------+-------+-----------------+
      [
        { station: 'south', problem: 'day yesterday' },
        { station: 'west', problem: 'value 12a' }
      ]
      "
    `);
  });

  example('remote-files', async () => {
    s3.objects.set('flights/2001.parquet', readFileSync(FLIGHTS));
    const stdout = await output(
      'remote-files',
      [`${web.url}/airports.csv`, 's3://travel/flights/', 's3://travel/busiest.parquet'],
      {
        AWS_ENDPOINT: s3.url,
        AWS_ALLOW_HTTP: 'true',
        AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      },
    );
    expect(stdout).toMatchInlineSnapshot(`
      "+-------------------+---------+-------+
      | city              | flights | delay |
      +-------------------+---------+-------+
      | Atlanta           | 124711  | 8.8   |
      | Chicago           | 190871  | 8.8   |
      | Dallas-Fort Worth | 157162  | 7.7   |
      +-------------------+---------+-------+
      "
    `);
    const { buffer, byteOffset, byteLength } = s3.objects.get('busiest.parquet') ?? Buffer.of();
    const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    expect(await parquetReadObjects({ file, compressors })).toHaveLength(3);
  });

  example('progress', async () => {
    const [line = '', ...table] = (await output('progress')).split('\n');
    expect(line).toMatch(/^succeeded, ([1-9]\d+) of \1 tasks$/);
    expect(table.join('\n')).toContain('| 0   | 2000000 | true   |\n| 1   | 2000000 | true   |');
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
