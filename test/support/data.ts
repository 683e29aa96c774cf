import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

function vega(name: string): string {
  return fileURLToPath(new URL(`../../node_modules/vega-datasets/data/${name}`, import.meta.url));
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** Three million flights: date, delay, distance, origin, destination. */
export const FLIGHTS = vega('flights-3m.parquet');
/** 200 000 flights as an Arrow IPC file: delay, distance, time. */
export const FLIGHTS_ARROW = vega('flights-200k.arrow');
/** 3 376 airports: iata, name, city, state, country, latitude, longitude. */
export const AIRPORTS = vega('airports.csv');
/** An Avro file, made by `make-avro.py`: id, name, score. */
export const PEOPLE_AVRO = fixture('people.avro');
/** An Avro file, made by `make-avro.py`: id, value (a union of long and string). */
export const MIXED_AVRO = fixture('mixed.avro');
/** `mixed.avro` with a count of 1 before its two records. */
export const COUNT_AVRO = fixture('count1.avro');
/** `mixed.avro` with two more bytes in its records. */
export const LONG_AVRO = fixture('hang.avro');

/**
 * A query that takes a minute or more and can stop at any time. It hashes 120 million rows. Needs the table `flights`.
 */
export const LONG_QUERY = `
  SELECT max(sha512(sha512(sha512(sha512(CAST(date AS VARCHAR)))))) AS hash
  FROM (${Array(40).fill('SELECT date FROM flights').join(' UNION ALL ')})`;

/** A folder for the tests of a file, removed after them. */
export function tempFolder(): (...path: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return (...path) => join(folder, ...path);
}

/** The names of the files in a folder, at any depth. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

/** The content of all files in a folder. */
export function textIn(folder: string): string {
  return filesIn(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}
