import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import {
  BallistaError,
  type BallistaErrorCode,
  BallistaExecutor,
  BallistaScheduler,
  BallistaSessionContext,
  callFunction,
  col,
  type DataFrame,
  f,
  lit,
  setupTestCluster,
  sql,
} from 'ballista';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AIRPORTS, FLIGHTS, FLIGHTS_ARROW, PEOPLE_AVRO, tempFolder } from '../support/data.js';

// Every bad input fails with a BallistaError with the right code, and the next query works.

const temp = tempFolder();
const cluster = await setupTestCluster({ vcores: 2 });
const ctx = new BallistaSessionContext(cluster.url);
await ctx.registerParquet('flights', FLIGHTS);
const df = await ctx.fromColumns({ a: Int32Array.of(1, 2), s: ['x', 'y'] });
const other = await ctx.fromColumns({ b: [1] });
afterAll(async () => {
  await ctx.close();
  await cluster.close();
});

type Case = [what: string, code: BallistaErrorCode, run: () => unknown];

/** Removes the type, as in a call from untyped JavaScript. */
// biome-ignore lint/suspicious/noExplicitAny: the compiler would reject every case
const any = (value: unknown): any => value;
const show = (value: unknown) =>
  typeof value === 'function'
    ? 'a function'
    : typeof value === 'bigint'
      ? `${value}n`
      : (JSON.stringify(value) ?? String(value));

const SQL: Case[] = (
  [
    [
      'SQL_PARSE',
      [
        'SELEC 1',
        'SELECT',
        'SELECT FROM',
        "SELECT 'open",
        'SELECT "open',
        'SELECT (1',
        'SELECT 1)',
        'SELECT 1 +',
        'SELECT * FROM',
        'SELECT * FROM flights WHERE',
        'SELECT a,, b',
        'INSERT INTO',
        'CREATE TABLE',
        'COPY flights',
        'SELECT CASE WHEN 1',
        'WITH t AS SELECT 1',
        '\u0000',
        '💥',
        'SELECT 1 FROM flights GROUP',
        'EXPLAIN FORMAT nothing SELECT 1'.replace('nothing', "'"),
      ],
    ],
    [
      'PLAN',
      [
        '',
        ' ',
        '-- nothing',
        'SELECT * FROM nothing',
        'SELECT * FROM no.such.table',
        'SELECT nofunction(1)',
        "SELECT 'a' + 1",
        'SELECT sum(1, 2, 3)',
        'SELECT origin, count(*) FROM flights',
        'SELECT 1 UNION SELECT 1, 2',
        'SELECT abs()',
        "SELECT sqrt('x', 'y')",
        'SELECT * FROM flights WHERE delay',
        'SELECT count(*) FROM flights WHERE count(*) > 1',
        'DESCRIBE nothing',
        'INSERT INTO nothing VALUES (1)',
        'SELECT array[1] + 1',
        "SELECT interval '1 day' * interval '1 day'",
      ],
    ],
    [
      'SCHEMA',
      [
        'SELECT dilay FROM flights',
        'SELECT flights.x FROM flights',
        'SELECT delay FROM flights ORDER BY nothing',
        'SELECT count(*) FROM flights GROUP BY nothing',
        'SELECT origin FROM flights a JOIN flights b ON a.delay = b.delay',
        'SELECT x FROM (SELECT 1 AS y)',
        'SELECT t.a FROM (SELECT 1 AS a) AS u',
      ],
    ],
    [
      'CONFIG',
      [
        'SET nothing = 1',
        'SET datafusion.nothing = 1',
        "SET datafusion.execution.batch_size = 'many'",
        "SET ballista.client.pull = 'perhaps'",
        'RESET datafusion.nothing',
        "SET datafusion.execution.target_partitions = '-1'",
        "SET datafusion.execution.parquet.pruning = 'maybe'",
        'SET ballista.nothing = 1',
      ],
    ],
    [
      'NOT_IMPLEMENTED',
      [
        'UPDATE flights SET delay = 0',
        'DELETE FROM flights',
        'SELECT 1; SELECT 2',
        'COMMIT',
        'SELECT (SELECT max(f.delay) FROM flights f WHERE f.delay > flights.delay) FROM flights',
      ],
    ],
    [
      'JOB_FAILED',
      [
        'SELECT 1 / (x - 1) FROM (VALUES (1)) AS t(x)',
        "SELECT CAST(x AS INT) FROM (VALUES ('a')) AS t(x)",
        "SELECT CAST(x AS TIMESTAMP) FROM (VALUES ('a')) AS t(x)",
        "SELECT to_date(x) FROM (VALUES ('never')) AS t(x)",
        "SELECT arrow_cast(x, 'Int8') FROM (VALUES (1000)) AS t(x)",
      ],
    ],
  ] as const
).flatMap(([code, texts]) =>
  texts.map((text): Case => [`sql ${show(text)}`, code, async () => (await ctx.sql(text)).collect()]),
);

const NOT_TEXT = [undefined, null, 5, 5n, true, {}, [], () => 1, Symbol.iterator];
const NOT_A_NAME = [...NOT_TEXT, ''];
const NOT_A_VALUE = [undefined, () => 1, Symbol.iterator, new WeakMap()];

const PARAMS: Case[] = [
  ...NOT_TEXT.map((text): Case => [`sql of ${String(text)}`, 'INVALID_ARGUMENT', () => ctx.sql(any(text))]),
  ...[5, 'x', true, () => 1].map(
    (params): Case => [
      `params ${show(params)}`,
      'INVALID_ARGUMENT',
      () => ctx.sql('SELECT $1', { params: any(params) }),
    ],
  ),
  ...NOT_A_VALUE.map(
    (value): Case => [
      `parameter ${String(value)}`,
      'INVALID_ARGUMENT',
      () => ctx.sql('SELECT $1', { params: any([value]) }),
    ],
  ),
  ...NOT_A_VALUE.map(
    (value): Case => [`sql tag of ${String(value)}`, 'INVALID_ARGUMENT', () => ctx.sql(sql`SELECT ${any(value)}`)],
  ),
  ...NOT_A_NAME.map((name): Case => [`sql.ident ${String(name)}`, 'INVALID_ARGUMENT', () => sql.ident(any(name))]),
  ['a lone surrogate', 'INVALID_ARGUMENT', () => ctx.sql('SELECT $1', { params: ['\uD800'] })],
  ['too few parameters', 'INVALID_ARGUMENT', () => ctx.sql('SELECT $2', { params: [1] })],
  ['a parameter with another name', 'INVALID_ARGUMENT', () => ctx.sql('SELECT $a', { params: { b: 1 } })],
  ...[{ parms: [] }, { allowDdl: 'no' }, { allowDml: 1 }, { signal: {} }].map(
    (options): Case => [`sql with ${show(options)}`, 'INVALID_ARGUMENT', () => ctx.sql('SELECT 1', any(options))],
  ),
];

const FORMATS = ['Parquet', 'Csv', 'Json', 'Avro', 'Arrow'] as const;
mkdirSync(temp('empty'));
const PATHS: Case[] = FORMATS.flatMap((format) => {
  const read = (path: unknown, options?: unknown) => ctx[`read${format}`](any(path), any(options));
  const register = (path: unknown, name: unknown = 't') => ctx[`register${format}`](any(name), any(path));
  return [
    ...[undefined, null, 5, '', [], [''], [5], {}].flatMap((path): Case[] => [
      [`read${format}(${show(path)})`, 'INVALID_ARGUMENT', () => read(path)],
      [`register${format}(${show(path)})`, 'INVALID_ARGUMENT', () => register(path)],
    ]),
    ...['nothing', 'empty', 'empty/', '*.nothing', 'no/such/folder/'].map(
      (path): Case => [`read${format}(${path})`, 'OBJECT_STORE', () => read(temp(path))],
    ),
    [`register${format} of a missing file`, 'OBJECT_STORE', () => register(temp('nothing'))],
    [
      `register${format} of a taken name`,
      'EXECUTION',
      () =>
        register(
          { Parquet: FLIGHTS, Csv: AIRPORTS, Json: LINES, Avro: PEOPLE_AVRO, Arrow: FLIGHTS_ARROW }[format],
          'flights',
        ),
    ],
    ...NOT_A_NAME.slice(1).map(
      (name): Case => [`register${format} as ${String(name)}`, 'INVALID_ARGUMENT', () => register(FLIGHTS, name)],
    ),
    ...[
      { fileExtention: 'x' },
      { schema: {} },
      { fileExtension: 5 },
      { tablePartitionCols: 'year' },
      { tablePartitionCols: [['year', 'Nope']] },
      { fileSortOrder: [5] },
    ].map((options): Case => [`read${format} with ${show(options)}`, 'INVALID_ARGUMENT', () => read(FLIGHTS, options)]),
  ];
});

const LINES = temp('lines.json');
writeFileSync(LINES, '{"a": 1}\n');
/** This file has a correct end, and it has the schema. So the error is found later. */
const FOUND_LATE: Record<string, BallistaErrorCode> = { 'Parquet with only its second half': 'OBJECT_STORE' };

const CORRUPT: Case[] = (
  [
    ['Parquet', FLIGHTS],
    ['Avro', PEOPLE_AVRO],
    ['Arrow', FLIGHTS_ARROW],
  ] as const
).flatMap(([format, path]) => {
  const bytes = readFileSync(path);
  const parts = {
    'no bytes': bytes.subarray(0, 0),
    'only one byte': bytes.subarray(0, 1),
    'only its first half': bytes.subarray(0, bytes.length >> 1),
    'only its second half': bytes.subarray(bytes.length >> 1),
    'only text': Buffer.from('no such format\n'.repeat(100)),
    'only zeros': Buffer.alloc(4096),
  };
  return Object.entries(parts).map(([what, content], i): Case => {
    const file = temp(`${format}-${i}`);
    writeFileSync(file, content);
    return [
      `${format} with ${what}`,
      FOUND_LATE[`${format} with ${what}`] ?? 'EXECUTION',
      async () => (await ctx[`read${format}`](file)).collect(),
    ];
  });
});

const TEXT: Case[] = (
  [
    ['Json', 'EXECUTION', 'no json\n'],
    ['Json', 'EXECUTION', '{"a": 1\n'],
    ['Json', 'EXECUTION', '[1, 2]\n'],
    ['Json', 'EXECUTION', '\u0000\u0001'],
    ['Json', 'JOB_FAILED', `${'{"a": 1}\n'.repeat(1200)}{"a": "x"}\n`],
    ['Csv', 'JOB_FAILED', `a\n${'1\n'.repeat(1200)}x\n`],
    ['Csv', 'EXECUTION', 'a,b\n1,2,3\n'],
    ['Csv', 'JOB_FAILED', `a,b\n${'1,2\n'.repeat(1200)}1,2,3\n`],
  ] as const
).map(([format, code, text], i): Case => {
  const file = temp(`text-${i}`);
  writeFileSync(file, text);
  return [`${format} of ${show(text.slice(-12))}`, code, async () => (await ctx[`read${format}`](file)).collect()];
});

const NO_EXPR = [5, null, undefined, {}, () => 1];
const VERBS: Case[] = [
  ...NO_EXPR.flatMap((value): Case[] => [
    [`select(${show(value)})`, 'INVALID_ARGUMENT', () => df.select(any(value))],
    [`filter(${show(value)})`, 'INVALID_ARGUMENT', () => df.filter(any(value))],
    [`withColumn(${show(value)})`, 'INVALID_ARGUMENT', () => df.withColumn('b', any(value))],
    [`aggregate by ${show(value)}`, 'INVALID_ARGUMENT', () => df.aggregate(any(value), f.count())],
    [`aggregate of ${show(value)}`, 'INVALID_ARGUMENT', () => df.aggregate('a', any(value))],
    [`sort(${show(value)})`, 'INVALID_ARGUMENT', () => df.sort(any(value))],
    [`f.sum(${show(value)})`, 'INVALID_ARGUMENT', () => f.sum(any(value))],
    [`join with ${show(value)}`, 'INVALID_ARGUMENT', () => df.join(any(value), 'a')],
    [`union with ${show(value)}`, 'INVALID_ARGUMENT', () => df.union(any(value))],
    [`registerView of ${show(value)}`, 'INVALID_ARGUMENT', () => ctx.registerView('v', any(value))],
  ]),
  ...[-1, 1.5, Number.NaN, Infinity, 2 ** 53, '5', null].flatMap((count): Case[] => [
    [`limit(${show(count)})`, 'INVALID_ARGUMENT', () => df.limit(any(count))],
    [`limit(1, ${show(count)})`, 'INVALID_ARGUMENT', () => df.limit(1, any(count))],
  ]),
  ...[-1, 1.5, '5', null].map((count): Case => [`show(${show(count)})`, 'INVALID_ARGUMENT', () => df.show(any(count))]),
  ...['', 'outer', 5, null].map(
    (how): Case => [`join how ${show(how)}`, 'INVALID_ARGUMENT', () => df.join(other, 'a', any(how))],
  ),
  ...['', 5, null, [], [''], { left: 'a' }, { left: ['a'], right: [] }].map(
    (on): Case => [`join on ${show(on)}`, 'INVALID_ARGUMENT', () => df.join(other, any(on))],
  ),
  ...NOT_A_NAME.map((name): Case => [`col(${String(name)})`, 'INVALID_ARGUMENT', () => col(any(name))]),
  ...NOT_A_NAME.map(
    (name): Case => [`callFunction(${String(name)})`, 'INVALID_ARGUMENT', () => callFunction(any(name))],
  ),
  ...NOT_A_VALUE.map((value): Case => [`lit(${String(value)})`, 'INVALID_ARGUMENT', () => lit(any(value))]),
  ...NOT_A_VALUE.map(
    (value): Case => [`col.add(${String(value)})`, 'INVALID_ARGUMENT', () => col('a').add(any(value))],
  ),
  ['select of an unknown column', 'SCHEMA', () => df.select('nothing')],
  ['filter on an unknown column', 'SCHEMA', () => df.filter('nothing > 1')],
  ['filter that does not parse', 'SQL_PARSE', () => df.filter('a >')],
  ['sort by an unknown column', 'SCHEMA', () => df.sort('nothing')],
  ['aggregate of an unknown column', 'SCHEMA', () => df.aggregate('nothing', f.count())],
  ['join on an unknown column', 'SCHEMA', () => df.join(other, 'nothing')],
  ['union of different numbers of columns', 'PLAN', () => df.union(df.select('a'))],
  ['select of two columns with the same name', 'PLAN', () => df.select('a', 'a')],
  ['an unknown function', 'PLAN', () => df.select(callFunction('nothing', col('a')))],
];

const actions = [
  'collect',
  'toArray',
  'toArrow',
  'toColumns',
  'toIPC',
  'count',
  'cache',
  'stream',
  'rows',
  'toReadableStream',
] as const;
const ACTIONS: Case[] = actions.flatMap((action) =>
  [null, 'x', 5, { signla: 1 }, { signal: {} }, { signal: 5 }].map(
    (options): Case => [`${action}(${show(options)})`, 'INVALID_ARGUMENT', () => df[action](any(options))],
  ),
);

const MEMORY: Case[] = [
  ...[undefined, null, 5, 'x', {}, [5], [{ a: Symbol.iterator }], [{ a: () => 1 }], [{ a: 1 }, 5]].map(
    (rows): Case => [`fromRows ${show(rows)}`, 'INVALID_ARGUMENT', () => ctx.fromRows(any(rows))],
  ),
  ...[undefined, null, 5, 'x', [], { a: 5 }, { a: [1], b: [1, 2] }, { a: [() => 1] }].map(
    (columns): Case => [`fromColumns ${show(columns)}`, 'INVALID_ARGUMENT', () => ctx.fromColumns(any(columns))],
  ),
  ...[undefined, null, 5, 'x', {}].map(
    (data): Case => [`fromArrow ${show(data)}`, 'INVALID_ARGUMENT', () => ctx.fromArrow(any(data))],
  ),
  ...[undefined, null, 5, [5], [[5]]].map(
    (data): Case => [`createDataFrame ${show(data)}`, 'INVALID_ARGUMENT', () => ctx.createDataFrame(any(data))],
  ),
  ['fromArrow of bytes that are not IPC', 'ARROW', () => ctx.fromArrow(new Uint8Array(100).fill(7))],
  [
    'registerRecordBatches of a taken name',
    'EXECUTION',
    async () => ctx.registerRecordBatches('flights', await df.collect()),
  ],
];

const CONTEXTS: Case[] = [
  ...[
    ...NOT_TEXT,
    '',
    'localhost',
    'df://',
    'df://localhost:0',
    'df://localhost:99999',
    'df://localhost:x',
    'df://a b',
    'df://localhost/path',
  ].map(
    (address): Case => [
      `a context at ${String(address)}`,
      'INVALID_ARGUMENT',
      () => new BallistaSessionContext(any(address)),
    ],
  ),
  ...[
    { nothing: 1 },
    { executorTimeoutMs: -1 },
    { executorTimeoutMs: 'x' },
    { memoryTableLimitBytes: 1.5 },
    { convert: { int64: 'float' } },
    { convert: 5 },
    { clusterConfig: 5 },
  ].map(
    (options): Case => [
      `a context with ${show(options)}`,
      'INVALID_ARGUMENT',
      () => new BallistaSessionContext('df://localhost', any(options)),
    ],
  ),
  [
    'a context with an unknown key',
    'CONFIG',
    () => new BallistaSessionContext('df://localhost', { clusterConfig: { nothing: 1 } }),
  ],
  [
    'a context at an address without a scheduler',
    'CONNECTION',
    () => new BallistaSessionContext('df://127.0.0.1:1').ready(),
  ],
  ...[
    { executors: 0 },
    { executors: 1.5 },
    { vcores: 0 },
    { vcores: 'x' },
    { port: 70_000 },
    { port: -1 },
    { host: 5 },
    { host: '' },
    { nothing: 1 },
  ].map(
    (options): Case => [`a cluster with ${show(options)}`, 'INVALID_ARGUMENT', () => setupTestCluster(any(options))],
  ),
  ['a cluster on a taken port', 'ADDRESS_IN_USE', () => setupTestCluster({ port: cluster.port })],
  [
    'a scheduler on a remote host',
    'INVALID_ARGUMENT',
    () => new BallistaScheduler({ host: '203.0.113.1', port: 0, insecure: true }).start(),
  ],
  ['a scheduler that others can reach', 'INVALID_ARGUMENT', () => new BallistaScheduler({ host: '0.0.0.0' })],
  ['an executor that others can reach', 'INVALID_ARGUMENT', () => new BallistaExecutor({ host: '::' })],
  ['a cluster that others can reach', 'INVALID_ARGUMENT', () => setupTestCluster({ host: '0.0.0.0' })],
  ['a scheduler with TLS, but no certificate', 'INVALID_ARGUMENT', () => new BallistaScheduler({ tls: { ca: 'x' } })],
  ...(
    [
      ['INVALID_ARGUMENT', { tls: 5 }],
      ['INVALID_ARGUMENT', { tls: { cert: 'x' } }],
      ['INVALID_ARGUMENT', { tls: { clientAuth: true } }],
      ['INVALID_ARGUMENT', { tls: { ca: FLIGHTS } }],
      ['IO', { tls: { ca: '/nowhere/ca.pem' } }],
      ['INVALID_ARGUMENT', { token: 5 }],
      ['INVALID_ARGUMENT', { token: '' }],
      ['INVALID_ARGUMENT', { token: 'two words' }],
      ['INVALID_ARGUMENT', { token: {} }],
      ['IO', { token: { file: '/nowhere/token' } }],
    ] as const
  ).map(
    ([code, options]): Case => [
      `a context with ${show(options)}`,
      code,
      () => new BallistaSessionContext('df://localhost', any(options)),
    ],
  ),
  [
    'an executor without a scheduler',
    'CONNECTION',
    () => new BallistaExecutor({ schedulerHost: '127.0.0.1', schedulerPort: 1, port: 0, grpcPort: 0 }).start(),
  ],
  ['the port of a scheduler that has not started', 'INVALID_ARGUMENT', () => new BallistaScheduler({ port: 0 }).port],
  ...NOT_A_NAME.flatMap((name): Case[] => [
    [`table(${String(name)})`, 'INVALID_ARGUMENT', () => ctx.table(any(name))],
    [`cancelJob(${String(name)})`, 'INVALID_ARGUMENT', () => ctx.cancelJob(any(name))],
  ]),
];

const closed = new BallistaSessionContext(cluster.url);
let orphan: DataFrame;
beforeAll(async () => {
  orphan = await closed.sql('SELECT 1 AS a');
  await closed.close();
});
const CLOSED: Case[] = [
  ...FORMATS.flatMap((format): Case[] => [
    [`read${format} after close`, 'CLOSED', () => closed[`read${format}`](FLIGHTS)],
    [`register${format} after close`, 'CLOSED', () => closed[`register${format}`]('t', FLIGHTS)],
  ]),
  ['sql after close', 'CLOSED', () => closed.sql('SELECT 1')],
  ['table after close', 'CLOSED', () => closed.table('t')],
  ['tables after close', 'CLOSED', () => closed.tables()],
  ['fromRows after close', 'CLOSED', () => closed.fromRows([{ a: 1 }])],
  ['ready after close', 'CLOSED', () => closed.ready()],
  ...actions.map((action): Case => [`${action} after close`, 'CLOSED', () => orphan[action]()]),
  ['a verb after close', 'CLOSED', () => orphan.limit(1)],
  [
    'a stream after cancel',
    'CLOSED',
    async () => {
      const stream = df.stream();
      await stream.cancel();
      await stream.next();
    },
  ],
  [
    'a scheduler after close',
    'CLOSED',
    async () => {
      const scheduler = new BallistaScheduler({ port: 0 });
      await scheduler.close();
      await scheduler.start();
    },
  ],
];

const CASES = [
  ...SQL,
  ...PARAMS,
  ...PATHS,
  ...CORRUPT,
  ...TEXT,
  ...VERBS,
  ...ACTIONS,
  ...MEMORY,
  ...CONTEXTS,
  ...CLOSED,
];

it('has at least 300 cases', () => expect(CASES.length).toBeGreaterThanOrEqual(300));

it.each(CASES)('%s: %s', async (_, code, run) => {
  const outcome = await Promise.resolve()
    .then(run)
    .then(
      (value) => ({ resolved: value }),
      (error: unknown) => error,
    );
  expect(outcome).toSatisfy(BallistaError.is);
  expect((outcome as BallistaError).code, String(outcome)).toBe(code);
  expect(await (await ctx.sql('SELECT 1 AS a')).toArray()).toEqual([{ a: 1n }]);
});
