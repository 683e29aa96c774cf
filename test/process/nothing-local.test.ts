import { existsSync, writeFileSync } from 'node:fs';
import {
  BallistaExecutor,
  BallistaScheduler,
  BallistaSessionContext,
  DataFrame,
  RecordBatchStream,
  RowStream,
  SessionContext,
} from 'ballista';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { Actions as DataFrameActions } from '../../src/dataframe/actions.js';
import { Plans } from '../../src/dataframe/plans.js';
import { Writes } from '../../src/dataframe/writes.js';
import { Catalogs } from '../../src/session/catalogs.js';
import { SessionFiles } from '../../src/session/files.js';
import { SessionQueries } from '../../src/session/queries.js';
import { SessionTables } from '../../src/session/tables.js';
import { FLIGHTS, tempFolder } from '../support/data.js';
import { failure } from '../support/rejected.js';

// Tests a cluster without executors. If a query returns a result, it has run in this process, which is wrong.

type Action = () => Promise<unknown>;

const temp = tempFolder();
let files = 0;
const path = (): string => temp(`written-${files++}`);

/** The methods of a DataFrame that run a query. All others are in {@link INERT}. */
const ACTIONS: Readonly<Record<string, (df: DataFrame) => Action[]>> = {
  cache: (df) => [() => df.cache()],
  execute: (df) => [() => df.execute().result],
  writeParquet: (df) => [
    () => df.writeParquet(path()),
    () => df.withColumn('p', "'x'").writeParquet(path(), { partitionBy: 'p' }),
  ],
  writeCsv: (df) => [() => df.writeCsv(path())],
  writeJson: (df) => [() => df.writeJson(path())],
  writeArrow: (df) => [() => df.writeArrow(path())],
  writeTable: (df) => [() => df.select('a').writeTable('sink')],
  explain: (df) => [() => df.explain({ analyze: true })],
  explainString: (df) => [() => df.explainString({ analyze: true })],
  analyze: (df) => [() => df.analyze()],
  explainVisual: (df) => [() => df.explainVisual({ analyze: true })],
  show: (df) => [() => df.show(), () => df.show(Infinity), () => df.show(0)],
  toDisplayString: (df) => [() => df.toDisplayString()],
  count: (df) => [() => df.count()],
  collect: (df) => [() => df.collect()],
  collectColumn: (df) => [() => df.collectColumn('a')],
  tail: (df) => [() => df.tail()],
  toArrow: (df) => [() => df.toArrow()],
  toArray: (df) => [() => df.toArray()],
  toColumns: (df) => [() => df.toColumns()],
  toIPC: (df) => [() => df.toIPC(), () => df.toIPC({ format: 'file' })],
  stream: (df) => [() => df.stream().next()],
  rows: (df) => [() => df.rows().next()],
  toReadableStream: (df) => [
    () => df.toReadableStream().getReader().read(),
    () => new Response(df.toReadableStream({ format: 'ndjson' })).text(),
  ],
  [named(Symbol.asyncIterator)]: (df) => [() => drain(df)],
};

/** The methods of a DataFrame that only describe the query: its schema, plans, columns and SQL. */
const INERT = [
  'schema',
  'column',
  'findQualifiedColumns',
  'outerColumn',
  'parseSqlExpr',
  'intoView',
  'toSql',
  'logicalPlan',
  'optimizedLogicalPlan',
  'executionPlan',
  'toString',
];

/** The methods of the streams of `DataFrame.stream()` and `DataFrame.rows()` that run a query. */
const STREAM_ACTIONS: Readonly<Record<string, (df: DataFrame) => Action[]>> = {
  next: (df) => [() => df.stream().next(), () => df.rows().next()],
  toReadableStream: (df) => [
    () => df.stream().toReadableStream().getReader().read(),
    () => new Response(df.stream().toReadableStream({ format: 'ipc' })).arrayBuffer(),
  ],
  ipc: (df) => [() => drain(df.stream().ipc())],
  [named(Symbol.asyncIterator)]: (df) => [() => drain(df.stream()), () => drain(df.rows())],
};

/** The methods that end or describe a stream. */
const STREAM_INERT = ['return', 'cancel', 'toString', named(Symbol.asyncDispose)];

/** Calls of a context that run immediately, and statements that run when their DataFrame is collected. */
const CONTEXT_ACTIONS: Readonly<Record<string, (ctx: BallistaSessionContext) => Action[]>> = {
  query: (ctx) => [() => ctx.query('SELECT 1')],
  execute: (ctx) => [() => ctx.execute('INSERT INTO sink VALUES (1)')],
  sql: (ctx) => [
    () => ctx.sql('CREATE TABLE made AS SELECT 1 AS a'),
    () => ctx.sql('CREATE TABLE made (a BIGINT) AS VALUES (1)'),
    ...[
      'INSERT INTO sink VALUES (1)',
      "UPDATE sink SET a = 'x'",
      "DELETE FROM sink WHERE a = 'x'",
      'DELETE FROM sink',
      'TRUNCATE TABLE sink',
      'EXPLAIN ANALYZE SELECT 1',
      `COPY (SELECT 1) TO '${path()}' STORED AS CSV`,
    ].map((text) => async () => (await ctx.sql(text)).collect()),
  ],
  executeLogicalPlan: (ctx) => [
    async () => (await ctx.executeLogicalPlan((await ctx.sql('SELECT 1')).logicalPlan())).collect(),
  ],
};

/** The methods of a context that describe tables and settings, or define a query or a table, without running a query. */
const CONTEXT_INERT = [
  ...['toString', 'close', 'ready', 'prepare', 'cancelJob', 'jobs', 'job', 'executors', named(Symbol.asyncDispose)],
  ...['catalogNames', 'catalog', 'registerCatalogProvider', 'getTables', 'refreshCatalogs'],
  ...['registerTable', 'tableProvider', 'readTable', 'registerObjectStore', 'deregisterObjectStore'],
  ...['readParquet', 'readCsv', 'readJson', 'readAvro', 'readArrow'],
  ...['registerParquet', 'registerCsv', 'registerJson', 'registerAvro', 'registerArrow', 'registerListingTable'],
  ...['createDataFrame', 'fromArrow', 'fromRows', 'fromColumns', 'readBatch', 'readBatches', 'emptyTable'],
  ...['registerBatch', 'registerRecordBatches', 'registerView', 'table', 'tables', 'tableExists', 'deregisterTable'],
];

/** Queries that a client could answer without a cluster, such as constants, file statistics or empty results. */
const SOURCES: Readonly<Record<string, (ctx: BallistaSessionContext) => Promise<DataFrame> | DataFrame>> = {
  'a constant': (ctx) => ctx.sql('SELECT 1 AS a'),
  VALUES: (ctx) => ctx.sql('SELECT * FROM (VALUES (1), (2)) AS t(a)'),
  'a series': (ctx) => ctx.sql('SELECT value AS a FROM range(0, 10)'),
  'an in-memory table': (ctx) => ctx.fromColumns({ a: [1, 2, 3] }),
  'a cached result': (ctx) => ctx.table('cached'),
  'a view': (ctx) => ctx.table('view'),
  'a CSV file': (ctx) => ctx.table('text'),
  'the statistics of a Parquet file': async (ctx) => (await ctx.table('flights')).aggregate([], 'max(delay) AS a'),
  'the row count of a Parquet file': async (ctx) => (await ctx.table('flights')).aggregate([], 'count(*) AS a'),
  'no rows': (ctx) => ctx.sql('SELECT 1 AS a WHERE false'),
  'a recursive query': (ctx) =>
    ctx.sql('WITH RECURSIVE r(a) AS (SELECT a FROM text UNION ALL SELECT a + 1 FROM r WHERE a < 5) SELECT a FROM r'),
  'LIMIT 0': async (ctx) => (await ctx.table('text')).limit(0),
  'describe()': async (ctx) => (await ctx.table('text')).describe(),
};

let scheduler: BallistaScheduler;
let executor: BallistaExecutor;
let ctx: BallistaSessionContext;
const frames: Record<string, DataFrame> = {};

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 2 });
  await executor.start();
  ctx = new BallistaSessionContext(scheduler.url, { executorTimeoutMs: 100 });
  writeFileSync(temp('text.csv'), 'a\n1\n2\n');
  await ctx.registerCsv('text', temp('text.csv'));
  await ctx.registerParquet('flights', FLIGHTS);
  await ctx.registerView('view', (await ctx.table('text')).filter('a > 1'));
  await ctx.registerTable('cached', await (await ctx.table('text')).cache());
  await ctx.sql('CREATE TABLE sink (a VARCHAR)');
  for (const [name, make] of Object.entries(SOURCES)) frames[name] = await make(ctx);
});
afterAll(async () => {
  await ctx.close();
  await scheduler.close();
  vi.restoreAllMocks();
});

async function drain(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pieces);
}

function actionsOf(df: DataFrame): [name: string, run: Action][] {
  const tables = { ...ACTIONS, ...prefixed('stream ', STREAM_ACTIONS) };
  return Object.entries(tables).flatMap(([name, of]) => of(df).map((run): [string, Action] => [name, run]));
}

function prefixed<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));
}

/** The name of a symbol. Names are compared, because Node 20 has its own symbols for later symbols of the language. */
function named(symbol: symbol): string {
  return `[${symbol.description}]`;
}

/** The names of the public methods. */
function methodsOf(...classes: { readonly prototype: object }[]): string[] {
  const keys = classes.flatMap(({ prototype }) =>
    Reflect.ownKeys(prototype)
      .filter((key) => typeof Object.getOwnPropertyDescriptor(prototype, key)?.value === 'function')
      .map((key) => (typeof key === 'symbol' ? named(key) : key)),
  );
  // Not public: constructors, inspect hooks and protected methods.
  const inside = [
    'constructor',
    'distinctValues',
    'open',
    '[nodejs.util.inspect.custom]',
    'derive',
    'make',
    'call',
    'callSync',
    'callTask',
    'frame',
  ];
  return [...new Set(keys)].filter((name) => !inside.includes(name)).sort();
}

describe('every method is listed as running a query or not', () => {
  it.each([
    ['DataFrame', methodsOf(DataFrame, Plans, Writes, DataFrameActions), [...Object.keys(ACTIONS), ...INERT], 34],
    ['streams', methodsOf(RecordBatchStream, RowStream), [...Object.keys(STREAM_ACTIONS), ...STREAM_INERT], 8],
    [
      'contexts',
      methodsOf(BallistaSessionContext, SessionContext, SessionQueries, SessionTables, SessionFiles, Catalogs),
      [...Object.keys(CONTEXT_ACTIONS), ...CONTEXT_INERT],
      35,
    ],
  ])('%s', (_, methods, known, least) => {
    expect(methods).toEqual(known.sort());
    expect(methods.length).toBeGreaterThanOrEqual(least);
  });
});

describe('with an executor', () => {
  it('every action returns a result', async () => {
    let answered = 0;
    for (const [name, run] of actionsOf(await ctx.sql("SELECT 'x' AS a, 1 AS b"))) {
      await run().catch((error: unknown) => expect.soft(error, name).toBeUndefined());
      answered++;
    }
    expect(answered).toBeGreaterThan(30);
  });
});

describe('with the executors stopped', () => {
  beforeAll(() => executor.close());

  it.each(Object.keys(SOURCES))('every action fails with NO_EXECUTORS: %s', async (source) => {
    const df = frames[source] as DataFrame;
    const actions = actionsOf(source === 'describe()' ? df.withColumnRenamed('a', 'b').withColumn('a', 'b') : df);
    const failing = actions.map(async ([name, run]) => {
      const error = await failure(run()).catch((answer: unknown) => answer);
      expect.soft(error, `${name} of ${source}`).toMatchObject({ code: 'NO_EXECUTORS' });
    });
    await Promise.all(failing);
    expect(failing.length).toBeGreaterThan(30);
  });

  it('every statement fails with NO_EXECUTORS', async () => {
    const runs = Object.values(CONTEXT_ACTIONS).flatMap((of) => of(ctx));
    for (const run of runs) await expect(run(), String(run)).rejects.toMatchObject({ code: 'NO_EXECUTORS' });
    expect(runs).toHaveLength(12);
    expect(await ctx.tableExists('made')).toBe(false);
  });

  it('no file is written', () => {
    const written = Array.from({ length: files }, (_, i) => temp(`written-${i}`));
    // The first files were written while the executor was running.
    expect(written.filter((file) => existsSync(file))).toEqual(written.slice(0, 5));
    expect(files).toBeGreaterThan(60);
  });

  it('metadata and a local session are available', async () => {
    const df = frames['the statistics of a Parquet file'] as DataFrame;
    expect([String(df), df.schema().fields.length]).toEqual(['DataFrame { a: Int64 }', 1]);
    expect(df.toSql()).toContain('max');
    expect(String(df.logicalPlan())).toContain('Aggregate');
    expect(String(await df.optimizedLogicalPlan())).toContain('Aggregate');
    expect(String(await df.executionPlan())).toContain('Exec');
    expect(ctx.catalogNames()).toEqual(['datafusion']);
    expect((await ctx.tables()).map(({ name }) => name)).toContain('cached');
    await using local = SessionContext.local();
    expect(await (await local.readParquet(FLIGHTS)).count()).toBe(3_000_000);
  });
});
