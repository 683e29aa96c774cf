import { readFileSync } from 'node:fs';
import { tableFromIPC } from 'apache-arrow';
import polars from 'nodejs-polars';
import { expect, it } from 'vitest';

import { ballista } from '../support/command.js';
import { tempFolder } from '../support/data.js';
import { withDuckdb } from '../support/duckdb.js';

const temp = tempFolder();
const duckdb = await withDuckdb();

const QUERY = `select * from (values
  (1, 0.5, 'a,"b"|', date '2024-02-29', true),
  (9007199254740993, -1e300, null, null, false),
  (3, null, 'line
end', date '1969-12-31', null)) as t(id, number, text, day, truth) order by id`;

/** What each program must read. */
const ROWS = [
  { id: '1', number: 0.5, text: 'a,"b"|', day: '2024-02-29', truth: true },
  { id: '3', number: null, text: 'line\nend', day: '1969-12-31', truth: null },
  { id: '9007199254740993', number: -1e300, text: null, day: null, truth: false },
];

async function duckdbReads(from: string): Promise<unknown[]> {
  const query = `SELECT id::VARCHAR AS id, number::DOUBLE AS number, text, day::VARCHAR AS day, truth FROM ${from} ORDER BY id::BIGINT`;
  return (await duckdb.runAndReadAll(query)).getRowObjectsJS();
}

async function written(name: string, ...options: string[]): Promise<string> {
  const file = temp(name);
  expect(await ballista(['sql', '-o', file, ...options, QUERY])).toEqual({ code: 0, stdout: '', stderr: '' });
  return file;
}

it('DuckDB reads CSV', async () => {
  expect(await duckdbReads(`read_csv('${await written('out.csv')}')`)).toEqual(ROWS);
});

it('DuckDB reads TSV', async () => {
  expect(await duckdbReads(`read_csv('${await written('out.tsv')}', delim = '\\t')`)).toEqual(ROWS);
});

it.each(['out.json', 'out.ndjson'])('DuckDB reads %s', async (name) => {
  const format = name.endsWith('.json') ? 'array' : 'newline_delimited';
  expect(await duckdbReads(`read_json('${await written(name)}', format = '${format}')`)).toEqual(ROWS);
});

it('DuckDB reads Parquet', async () => {
  expect(await duckdbReads(`read_parquet('${await written('out.parquet')}')`)).toEqual(ROWS);
});

it('Polars reads Arrow files, and Apache Arrow Arrow streams', async () => {
  const frame = polars.readIPC(readFileSync(await written('out.arrow')));
  expect(frame.getColumn('text').toArray()).toEqual(ROWS.map(({ text }) => text));
  const table = tableFromIPC(readFileSync(await written('out.arrows')));
  expect([...(table.getChild('id') ?? [])].map(String)).toEqual(ROWS.map(({ id }) => id));
});
