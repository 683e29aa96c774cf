/**
 * Clients and clusters of this package and of stock Ballista 55 with each other. `npm test -- stock-interop` also writes what
 * works into docs/guides/clusters.md if it has changed.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { setupTestCluster, type TestCluster } from '../../src/cluster/test-cluster.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { SessionContext } from '../../src/session/session-context.js';
import { ServerProcess } from '../support/child.js';
import { AIRPORTS, FLIGHTS, tempFolder } from '../support/data.js';
import { markdown, writeBetween } from '../support/page.js';

const PAGE = 'docs/guides/clusters.md';
const temp = tempFolder();

const csv = (table: string) =>
  `CREATE EXTERNAL TABLE ${table} STORED AS CSV LOCATION '${AIRPORTS}' OPTIONS ('format.has_header' 'true')`;
const parquet = `CREATE EXTERNAL TABLE flights STORED AS PARQUET LOCATION '${FLIGHTS}'`;

const FEATURES: Readonly<Record<string, (client: string) => string>> = {
  'joins and aggregates over files': () =>
    `SELECT a.state, count(*) AS n, max(f.delay) AS delay FROM flights f JOIN airports a ON a.iata = f.origin
     GROUP BY a.state ORDER BY n DESC, a.state LIMIT 5`,
  'CREATE EXTERNAL TABLE of a CSV file': () => 'SELECT count(*) AS n FROM external',
  windows: () =>
    `SELECT iata, row_number() OVER (PARTITION BY state ORDER BY iata) AS n FROM airports ORDER BY iata LIMIT 5`,
  'joins on a condition without equal keys': () =>
    `SELECT count(*) AS n FROM (SELECT iata FROM airports WHERE state = 'WA') a
     LEFT JOIN (SELECT iata FROM airports WHERE state = 'OR') b ON a.iata > b.iata`,
  'subqueries with IN, EXISTS and scalars': () =>
    `SELECT count(*) AS n FROM airports a WHERE iata IN (SELECT origin FROM flights)
     AND EXISTS (SELECT 1 FROM flights f WHERE f.destination = a.iata) AND latitude > (SELECT avg(latitude) FROM airports)`,
  OFFSET: () => 'SELECT iata FROM airports ORDER BY iata LIMIT 2 OFFSET 5',
  'all rows of a large table': () => 'SELECT delay FROM flights WHERE delay > 60',
  'recursive queries': () =>
    'WITH RECURSIVE n AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM n WHERE a < 5) SELECT a FROM n ORDER BY a',
  'array functions': () => 'SELECT array_length(make_array(iata, city)) AS n FROM airports LIMIT 1',
  'generate_series with many numbers': () => 'SELECT sum(value) AS s FROM generate_series(1, 100000)',
  'COPY TO': (client) => `COPY (SELECT iata FROM airports) TO '${temp(`${client}.parquet`)}' STORED AS PARQUET`,
};

type Run = (sql: string) => Promise<string[][]>;

function ours(ctx: SessionContext): Run {
  return async (sql) => {
    const rows = await (await ctx.sql(sql)).toArray();
    return rows.map((row) => Object.values(row).map((value) => String(value)));
  };
}

/** The stock client as a process. */
class StockClient {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(url: string) {
    this.#child = spawn(process.execPath, ['scripts/stock.mjs', 'client', url]);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  readonly run: Run = async (sql) => {
    this.#child.stdin.write(`${JSON.stringify({ sql })}\n`);
    const { value } = await this.#lines.next();
    const { rows, error } = JSON.parse(String(value)) as { rows?: string[][]; error?: string };
    if (rows === undefined) throw new Error(error);
    return rows;
  };

  async close(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exit;
  }
}

let cluster: TestCluster;
let stock: ServerProcess;
let local: SessionContext;
let ownClient: BallistaSessionContext;
const clients: Record<string, Run> = {};
const closing: (() => unknown)[] = [];

// The first run compiles the stock programs with cargo.
beforeAll(async () => {
  stock = await ServerProcess.start('scripts/stock.mjs', 'serve');
  // A stock client cannot send tokens.
  cluster = await setupTestCluster({ executors: 2, vcores: 1, processOnly: false });
  local = SessionContext.local();
  ownClient = new BallistaSessionContext(`df://127.0.0.1:${stock.port}`);
  const foreign = new StockClient(cluster.url);
  closing.push(
    () => local.close(),
    () => ownClient.close(),
    () => foreign.close(),
  );
  clients['this client, stock cluster'] = ours(ownClient);
  clients['stock client, this cluster'] = foreign.run;
  for (const ctx of [local, ownClient]) {
    await ctx.registerParquet('flights', FLIGHTS);
    await ctx.registerCsv('airports', AIRPORTS);
    await ctx.sql(csv('external'));
  }
  for (const table of [parquet, csv('airports'), csv('external')]) await foreign.run(table);
}, 3_600_000);

afterAll(async () => {
  for (const close of closing) await close();
  await stock.close();
  await cluster.close();
});

async function outcome(run: Run, sql: string, expected: string[][]): Promise<string> {
  try {
    const rows = await run(sql);
    return JSON.stringify(rows.toSorted()) === JSON.stringify(expected.toSorted()) ? 'yes' : 'wrong rows';
  } catch {
    return 'no';
  }
}

it('the guide says what works', async () => {
  const rows = [];
  for (const [query, sql] of Object.entries(FEATURES)) {
    const expected = await ours(local)(sql('local'));
    const row: Record<string, string> = { query };
    for (const [name, run] of Object.entries(clients))
      row[name] = await outcome(run, sql(name.split(' ')[0] ?? ''), expected);
    rows.push(row);
  }
  const table = markdown(rows);
  const isCurrent = readFileSync(PAGE, 'utf8').includes(table);
  if (!isCurrent && process.env['CI'] === undefined) writeBetween(PAGE, 'stock', table);
  expect(isCurrent, `the table in ${PAGE} was stale:\n${table}`).toBe(true);
  expect(rows.length).toBeGreaterThan(8);
  expect(rows[0]).toEqual({
    query: 'joins and aggregates over files',
    'this client, stock cluster': 'yes',
    'stock client, this cluster': 'yes',
  });
});

it('a job of a stock client fails with a message that names the reason', async () => {
  const run = clients['stock client, this cluster'];
  await expect(run?.('SELECT CAST(city AS BIGINT) FROM airports')).rejects.toThrow(
    /Cannot cast string .* to value of Int64/,
  );
});
