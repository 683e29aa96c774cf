/** Attacks on the option `files`: each must be refused, in every place that has the option. */

import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import {
  AmazonS3,
  BallistaError,
  BallistaExecutor,
  BallistaScheduler,
  BallistaSessionContext,
  type CsvReadOptions,
  type DataFrame,
  type FileLimits,
  LocalFileSystem,
  SessionContext,
  type SessionOptions,
  setupTestCluster,
} from 'ballista';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { serveBucket } from '../support/bucket-server.js';
import { ServerProcess } from '../support/child.js';
import { AIRPORTS, FLIGHTS_ARROW, PEOPLE_AVRO, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const temp = tempFolder();
const bucket = await serveBucket('lake');

mkdirSync(temp('data/day=1'), { recursive: true });
mkdirSync(temp('data/plain'));
mkdirSync(temp('database'));
mkdirSync(temp('parts'));
mkdirSync(temp('days'));
mkdirSync(temp('more'));
writeFileSync(temp('secret.csv'), 'word\nsecret\n');
cpSync(temp('secret.csv'), temp('database/secret.csv'));
writeFileSync(temp('secret.json'), '{"word":"secret"}\n');
writeFileSync(temp('data/day=1/a.csv'), 'word\nopen\n');
writeFileSync(temp('data/plain/a.csv'), 'word\nopen\n');
cpSync(PEOPLE_AVRO, temp('people.avro'));
cpSync(FLIGHTS_ARROW, temp('flights.arrow'));
symlinkSync(temp('secret.csv'), temp('data/link.csv'));
symlinkSync(temp('database'), temp('data/link'));
symlinkSync(temp('data/plain/a.csv'), temp('data/inside.csv'));
symlinkSync(temp('database'), temp('data/day=1/link'));
symlinkSync(temp('database'), temp('parts/day=1'));
bucket.objects.set('open/a.csv', Buffer.from('word\nopen\n'));
bucket.objects.set('open-not/a.csv', Buffer.from('word\nsecret\n'));

const FILES: FileLimits = {
  read: [temp('data'), temp('parts'), temp('days/one.csv'), `${bucket.url}/lake/open`],
  write: [temp('out'), temp('single/file.csv'), `${bucket.url}/lake/open`],
};

/** A place that has the option, and a session there. */
interface Place {
  ctx: SessionContext;
  close(): Promise<void>;
}

/** A cluster in other processes, whose client has no limits. */
async function processes(scheduler: object, executor: object, options: SessionOptions = {}): Promise<Place> {
  const one = await ServerProcess.scheduler(scheduler);
  const two = await ServerProcess.executor(one.port, { workDir: temp('work'), ...executor });
  const ctx = new BallistaSessionContext(`df://127.0.0.1:${one.port}`, options);
  const close = async () => {
    await ctx.close();
    await two.close();
    await one.close();
  };
  return { ctx, close };
}

const places: Record<string, () => Promise<Place>> = {
  'a local session': async () => {
    const ctx = SessionContext.local({ files: FILES });
    return { ctx, close: () => ctx.close() };
  },
  'a session on a cluster': async () => {
    const cluster = await setupTestCluster({ vcores: 2 });
    const ctx = new BallistaSessionContext(cluster.url, { files: FILES });
    const close = async () => {
      await ctx.close();
      await cluster.close();
    };
    return { ctx, close };
  },
  'a cluster in this process': async () => {
    const cluster = await setupTestCluster({ vcores: 2, files: FILES });
    const ctx = new BallistaSessionContext(cluster.url);
    const close = async () => {
      await ctx.close();
      await cluster.close();
    };
    return { ctx, close };
  },
  'an executor in another process': () => processes({}, { files: FILES }),
  // Only queries that it splits into stages make a scheduler list files.
  'a scheduler in another process': () =>
    processes({ files: FILES }, {}, { clusterConfig: { 'cluster.whole_query': 'never' } }),
};

/** Options of files with one column. With them, clients do not look into the files. */
const WORD: CsvReadOptions = { schema: { word: 'Utf8' } };

/** Reads that are refused. */
const READS: [what: string, read: (ctx: SessionContext) => Promise<DataFrame>][] = [
  ['an absolute path', (ctx) => ctx.readCsv(temp('secret.csv'))],
  ['a path with ..', (ctx) => ctx.readCsv(`${temp('data')}/../secret.csv`)],
  ['a folder whose name continues that of an allowed one', (ctx) => ctx.readCsv(`${temp('database')}/`)],
  ['a link to a file', (ctx) => ctx.readCsv(temp('data/link.csv'))],
  ['a link to a folder', (ctx) => ctx.readCsv(`${temp('data/link')}/`)],
  ['a file behind a link', (ctx) => ctx.readCsv(temp('data/link/secret.csv'))],
  ['a folder with a link in it', (ctx) => ctx.readCsv(`${temp('data/day=1')}/`)],
  ['a URL', (ctx) => ctx.readCsv(`file://${temp('secret.csv')}`)],
  ['a URL in capitals', (ctx) => ctx.readCsv(`FILE://${temp('secret.csv')}`)],
  ['a URL with encoded dots', (ctx) => ctx.readCsv(`file://${temp('data')}/%2e%2e/secret.csv`)],
  ['a URL with an encoded letter', (ctx) => ctx.readCsv(`file://${temp('')}/%64atabase/secret.csv`)],
  ['a glob above', (ctx) => ctx.readCsv(temp('data*/secret.csv'))],
  ['a glob through a link', (ctx) => ctx.readCsv(temp('data/l*/secret.csv'))],
  ['a file beside an allowed file', (ctx) => ctx.readCsv(temp('days/two.csv'))],
  ['an Avro file', (ctx) => ctx.readAvro(temp('people.avro'))],
  ['an Arrow file', (ctx) => ctx.readArrow(temp('flights.arrow'))],
  ['a JSON file', (ctx) => ctx.readJson(temp('secret.json'))],
  ['a bucket', (ctx) => ctx.readCsv('s3://lake/open-not/a.csv')],
];

/** Reads that are refused, and of which a client does not see the files. */
const BLIND: typeof READS = [
  [
    'CREATE EXTERNAL TABLE',
    async (ctx) => {
      const path = temp('secret.csv');
      await ctx.sql(`CREATE EXTERNAL TABLE IF NOT EXISTS stolen (word VARCHAR) STORED AS CSV LOCATION '${path}'`);
      return ctx.table('stolen');
    },
  ],
  [
    'partition folders',
    (ctx) => ctx.readCsv(`${temp('parts')}/`, { tablePartitionCols: [['day', 'Int32']], schema: { word: 'Utf8' } }),
  ],
  [
    'a local store with a prefix',
    async (ctx) => {
      await ctx.registerObjectStore('mine://files', new LocalFileSystem({ prefix: temp('') }));
      return ctx.readCsv('mine://files/secret.csv', WORD);
    },
  ],
  [
    'a bucket of another server',
    async (ctx) => {
      const other = new AmazonS3({
        bucketName: 'lake',
        region: 'eu-1',
        endpoint: 'http://127.0.0.1:9',
        allowHttp: true,
      });
      await ctx.registerObjectStore('s4://lake', other);
      return ctx.readCsv('s4://lake/open/a.csv', WORD);
    },
  ],
];

/** Writes that are refused. */
const WRITES: [what: string, write: (ctx: SessionContext) => Promise<unknown>][] = [
  ['COPY TO a file', (ctx) => run(ctx, `COPY (SELECT 1 AS a) TO '${temp('evil.csv')}' STORED AS CSV`)],
  ['COPY TO a folder', (ctx) => run(ctx, `COPY (SELECT 1 AS a) TO '${temp('evil')}/' STORED AS CSV`)],
  ['COPY TO a URL', (ctx) => run(ctx, `COPY (SELECT 1 AS a) TO 'FILE://${temp('evil.csv')}' STORED AS CSV`)],
  ['COPY TO a path with ..', (ctx) => run(ctx, `COPY (SELECT 1 AS a) TO '${temp('out')}/../evil/' STORED AS CSV`)],
  ['COPY TO a link', (ctx) => run(ctx, `COPY (SELECT 1 AS a) TO '${temp('out/link')}/' STORED AS CSV`)],
  ['COPY TO behind a link', (ctx) => run(ctx, `COPY (SELECT 1 AS a) TO '${temp('out/link/x.csv')}' STORED AS CSV`)],
  [
    'COPY TO a folder that may be read',
    (ctx) => run(ctx, `COPY (SELECT 1 AS a) TO '${temp('data/new')}/' STORED AS CSV`),
  ],
  [
    'COPY TO beside an allowed file',
    (ctx) => run(ctx, `COPY (SELECT 1 AS a) TO '${temp('single/b.csv')}' STORED AS CSV`),
  ],
  [
    'COPY TO partition folders',
    (ctx) => run(ctx, `COPY (SELECT 1 AS a, 2 AS b) TO '${temp('evil')}/' STORED AS CSV PARTITIONED BY (b)`),
  ],
  [
    'INSERT INTO an external table',
    async (ctx) => {
      const path = `${temp('data/plain')}/`;
      await ctx.sql(`CREATE EXTERNAL TABLE IF NOT EXISTS plain (word VARCHAR) STORED AS CSV LOCATION '${path}'`);
      await run(ctx, "INSERT INTO plain VALUES ('evil')");
    },
  ],
  ['writeParquet', async (ctx) => (await ctx.sql('SELECT 1 AS a')).writeParquet(temp('evil.parquet'))],
  ['writeArrow', async (ctx) => (await ctx.sql('SELECT 1 AS a')).writeArrow(temp('evil.arrow'))],
  ['COPY TO a bucket', (ctx) => run(ctx, "COPY (SELECT 1 AS a) TO 's3://lake/evil/' STORED AS CSV")],
];

async function run(ctx: SessionContext, query: string): Promise<void> {
  await (await ctx.sql(query)).collect();
}

/** All files of the test, with their sizes. */
function listing(): string[] {
  const files = readdirSync(temp(''), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => !file.startsWith('work')).map((file) => `${file} ${statSync(temp(file)).size}`);
}

describe.each(Object.keys(places))('%s', (name) => {
  const isClient = name === 'a session on a cluster';
  const isScheduler = name === 'a scheduler in another process';
  let place: Place;
  let ctx: SessionContext;
  beforeAll(async () => {
    place = await (places[name] as () => Promise<Place>)();
    ctx = place.ctx;
    const store = { bucketName: 'lake', region: 'eu-1', endpoint: bucket.url, allowHttp: true };
    await ctx.registerObjectStore('s3://lake', new AmazonS3({ ...store, accessKeyId: 'a', secretAccessKey: 'b' }));
  });
  afterAll(() => place.close());
  beforeEach(() => {
    rmSync(temp('out'), { recursive: true, force: true });
    rmSync(temp('single'), { recursive: true, force: true });
    mkdirSync(temp('out'));
    mkdirSync(temp('single'));
    symlinkSync(temp('database'), temp('out/link'));
    writeFileSync(temp('days/one.csv'), 'word\nopen\n');
    writeFileSync(temp('days/two.csv'), 'word\nsecret\n');
  });

  it.each(isClient ? READS : [...READS, ...BLIND])('refuses to read %s', async (_, read) => {
    const error = await rejected(read(ctx).then((df) => df.toArray()));
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
    expect(error.message).toMatch(/files\.read/);
  });

  it('reads what is allowed', async () => {
    const open = [{ word: 'open' }];
    expect(await (await ctx.readCsv(temp('data/plain/a.csv'))).toArray()).toEqual(open);
    expect(await (await ctx.readCsv(`${temp('data/plain')}/`)).toArray()).toEqual(open);
    expect(await (await ctx.readCsv(temp('data/inside.csv'))).toArray()).toEqual(open);
    expect(await (await ctx.readCsv(temp('days/one.csv'))).toArray()).toEqual(open);
    expect(await (await ctx.readCsv('s3://lake/open/a.csv')).toArray()).toEqual(open);
    expect(await (await ctx.readCsv('s3://lake/open/')).toArray()).toEqual(open);
    const table = await ctx.fromColumns({ a: [1, 2] });
    expect(await table.count()).toBe(2);
  });

  // Writes of a session on a cluster are work of the executors.
  it.skipIf(isClient || isScheduler).each(WRITES)('refuses %s', async (_, write) => {
    const before = listing();
    const error = await rejected(write(ctx));
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
    expect(error.message).toMatch(/files\.write/);
    expect(listing()).toEqual(before);
    expect([...bucket.objects.keys()].some((key) => key.startsWith('evil'))).toBe(false);
  });

  it.skipIf(isClient || isScheduler)('writes what is allowed', async () => {
    await run(ctx, `COPY (SELECT 1 AS a) TO '${temp('out/new')}/' STORED AS CSV`);
    await run(ctx, `COPY (SELECT 1 AS a) TO '${temp('out/new.csv')}' STORED AS CSV`);
    await run(ctx, `COPY (SELECT 1 AS a, 2 AS b) TO '${temp('out/parts')}/' STORED AS CSV PARTITIONED BY (b)`);
    await run(ctx, `COPY (SELECT 1 AS a) TO '${temp('single/file.csv')}' STORED AS CSV`);
    await run(ctx, "COPY (SELECT 1 AS a) TO 's3://lake/open/new.csv' STORED AS CSV");
    expect(readdirSync(temp('out')).sort()).toEqual(['link', 'new', 'new.csv', 'parts']);
    expect(readdirSync(temp('out/parts'))).toEqual(['b=2']);
    expect(readdirSync(temp('single'))).toEqual(['file.csv']);
    expect(bucket.objects.delete('open/new.csv')).toBe(true);
  });
});

describe('a local session', () => {
  it('reads nothing with an empty list, and writes nothing without one', async () => {
    const ctx = SessionContext.local({ files: { read: [] } });
    expect(await rejected(ctx.readCsv(AIRPORTS))).toMatchObject({ code: 'FORBIDDEN' });
    const write = run(ctx, `COPY (SELECT 1 AS a) TO '${temp('more/x.csv')}' STORED AS CSV`);
    expect(await rejected(write)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await (await ctx.fromColumns({ a: [1] })).count()).toBe(1);
    await ctx.close();
  });

  it('reads everything with only write', async () => {
    const ctx = SessionContext.local({ files: { write: [temp('more')] } });
    expect(await (await ctx.readCsv(AIRPORTS)).count()).toBe(3376);
    await run(ctx, `COPY (SELECT 1 AS a) TO '${temp('more/x.csv')}' STORED AS CSV`);
    const write = run(ctx, `COPY (SELECT 1 AS a) TO '${temp('x.csv')}' STORED AS CSV`);
    expect(await rejected(write)).toMatchObject({ code: 'FORBIDDEN' });
    await ctx.close();
  });

  it('refuses unbounded tables and other folders for temporary files', async () => {
    const ctx = SessionContext.local({ files: FILES });
    const path = temp('secret.csv');
    for (const query of [
      `CREATE UNBOUNDED EXTERNAL TABLE t (word VARCHAR) STORED AS CSV LOCATION '${path}'`,
      `SET datafusion.runtime.temp_directory = '${temp('more')}'`,
    ])
      expect(await rejected(ctx.sql(query)), query).toMatchObject({ code: 'FORBIDDEN' });
    await ctx.close();
  });

  it('never reads through a link that changes', async () => {
    symlinkSync(temp('data/plain'), temp('data/flip'));
    cpSync(temp('secret.csv'), temp('database/a.csv'));
    const ctx = SessionContext.local({ files: FILES });
    let flipping = true;
    const flips = (async () => {
      for (let i = 0; flipping; i++) {
        symlinkSync(temp(i % 2 ? 'data/plain' : 'database'), temp('flip'));
        renameSync(temp('flip'), temp('data/flip'));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const seen = { open: 0, refused: 0 };
    for (let i = 0; i < 300; i++) {
      const read = ctx.readCsv(temp('data/flip/a.csv'), WORD);
      const rows = await read.then((df) => df.toArray()).catch((error: unknown) => error);
      if (Array.isArray(rows)) {
        expect(rows).toEqual([{ word: 'open' }]);
        seen.open++;
      } else if (BallistaError.is(rows) && rows.code === 'FORBIDDEN') seen.refused++;
      // The link was replaced between the opening and the check.
      else expect(String(rows)).toContain('was replaced while it was opened');
    }
    flipping = false;
    await flips;
    rmSync(temp('data/flip'));
    expect(seen.open).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
    await ctx.close();
  });
});

describe('an executor', () => {
  it('bounds a query that it runs whole, and one in stages', async () => {
    const scheduler = new BallistaScheduler({ port: 0 });
    await scheduler.start();
    const executor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, files: { read: [] } });
    await executor.start();
    for (const way of ['always', 'never']) {
      const ctx = new BallistaSessionContext(scheduler.url, { clusterConfig: { 'cluster.whole_query': way } });
      const error = await rejected((await ctx.readCsv(AIRPORTS)).count());
      expect(error, way).toMatchObject({ code: 'FORBIDDEN' });
      await ctx.close();
    }
    await executor.close();
    await scheduler.close();
  });
});
