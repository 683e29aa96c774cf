import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { tpch } from '../../scripts/tpch.mjs';
import type { DataFrame } from '../../src/dataframe/dataframe.js';
import type { SessionContext } from '../../src/session/session-context.js';

/** The scale factor of the tests: 600 572 line items of 150 000 orders. */
const SCALE = 0.1;

const TABLES = ['customer', 'lineitem', 'nation', 'orders', 'part', 'partsupp', 'region', 'supplier'] as const;
type Table = (typeof TABLES)[number];

/** The folder of the queries. */
export const TPCH_QUERIES = fileURLToPath(new URL('../tpch/queries/', import.meta.url));

/** The SQL of a TPC-H query, with the validation parameters of the specification. */
export function tpchQuery(number: number): string {
  return readFileSync(join(TPCH_QUERIES, `q${String(number).padStart(2, '0')}.sql`), 'utf8');
}

/** The folder of the tables, with a folder for each. Generates the data the first time, which may need a build. */
export function tpchFolder(): Promise<string> {
  return tpch(SCALE);
}

/** Registers the tables of {@link tpchFolder} by name in contexts. */
export async function registerTpch(...contexts: SessionContext[]): Promise<void> {
  const folder = await tpchFolder();
  for (const ctx of contexts) {
    for (const table of TABLES) await ctx.registerParquet(table, join(folder, table));
  }
}

/** The registered tables. */
export async function tpchTables(ctx: SessionContext): Promise<Record<Table, DataFrame>> {
  const entries = await Promise.all(TABLES.map(async (name) => [name, await ctx.table(name)] as const));
  return Object.fromEntries(entries) as Record<Table, DataFrame>;
}
