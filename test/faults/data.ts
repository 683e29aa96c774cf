import { join } from 'node:path';
import { SessionContext } from 'ballista';

import { type Digest, Digester } from './rows.js';

/** A table in Parquet files, and queries on it with their right results. */
export interface Data {
  readonly folder: string;
  /** Two stages that take a while, and a result of some megabytes. */
  readonly sql: string;
  readonly expected: Digest;
  readonly small: string;
  readonly smallExpected: Digest;
}

const FILES = 8;
const ROWS = 150_000;

const SQL = `
  SELECT k, n, s, CAST(ascii(md5(CAST(s AS VARCHAR))) AS BIGINT) AS m
  FROM (SELECT k, count(*) AS n, sum(v * ascii(md5(CAST(v AS VARCHAR)))) AS s FROM t GROUP BY k)`;
const SMALL = 'SELECT count(*) AS n, sum(v) AS s FROM t';

/** Writes the files into a folder. */
export async function makeData(folder: string): Promise<Data> {
  const ctx = SessionContext.local();
  try {
    return await make(ctx, folder);
  } finally {
    await ctx.close();
  }
}

async function make(ctx: SessionContext, folder: string): Promise<Data> {
  for (let file = 0; file < FILES; file++) {
    const rows = `range(${file * ROWS}, ${(file + 1) * ROWS})`;
    const df = await ctx.sql(`SELECT value AS v, value * 7919 % 300007 AS k FROM ${rows}`);
    await df.writeParquet(join(folder, `${file}.parquet`), { singleFileOutput: true });
  }
  await ctx.registerParquet('t', folder);
  const digest = async (sql: string): Promise<Digest> => {
    const digester = new Digester();
    for await (const batch of (await ctx.sql(sql)).stream()) digester.add(batch);
    return digester.digest;
  };
  return { folder, sql: SQL, expected: await digest(SQL), small: SMALL, smallExpected: await digest(SMALL) };
}
