import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { AmazonS3 } from '../../src/object-store/amazon-s3.js';
import { GoogleCloud } from '../../src/object-store/google-cloud.js';
import { HttpStore } from '../../src/object-store/http-store.js';
import { LocalFileSystem } from '../../src/object-store/local-file-system.js';
import { MicrosoftAzure } from '../../src/object-store/microsoft-azure.js';
import { ACCOUNT, ACCOUNT_KEY, serveAzure } from '../support/azurite.js';
import { serveBucket } from '../support/bucket-server.js';
import { LOCAL, withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, FLIGHTS, tempFolder } from '../support/data.js';
import { serveFiles } from '../support/file-server.js';
import { rejected } from '../support/rejected.js';

const KEYS = { accessKeyId: 'reader', secretAccessKey: 'sEcReT/key+1', sessionToken: 'sEcReT-token' };
const BUCKET = 'travel';

// Azurite starts before the cluster, because the processes of the cluster inherit its address.
const azure = await serveAzure('travel');
const [s3, gcs] = await Promise.all([serveBucket(BUCKET, KEYS), serveBucket(BUCKET)]);
const web = await serveFiles({ '/data/flights.parquet': FLIGHTS, '/data/airports.csv': AIRPORTS });
const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

const account = {
  private_key: 'x',
  private_key_id: 'x',
  client_email: 'x',
  disable_oauth: true,
  gcs_base_url: gcs.url,
};
writeFileSync(temp('account.json'), JSON.stringify(account));
mkdirSync(temp('prefix'));

function s3Store(options: object = {}): AmazonS3 {
  return new AmazonS3({ bucketName: BUCKET, region: 'eu-1', endpoint: s3.url, allowHttp: true, ...KEYS, ...options });
}

await ctx.registerObjectStore(`s3://${BUCKET}`, s3Store());
await ctx.registerObjectStore(
  `gs://${BUCKET}`,
  new GoogleCloud({ bucketName: BUCKET, serviceAccountPath: temp('account.json') }),
);
await ctx.registerObjectStore('az://travel', new MicrosoftAzure({ containerName: 'travel', useEmulator: true }));
await ctx.registerObjectStore(web.url, new HttpStore({ url: web.url }));
await ctx.registerCsv('airports', AIRPORTS);
await ctx.registerParquet('flights', FLIGHTS);
await ctx.registerObjectStore('prefix://files', new LocalFileSystem({ prefix: temp('prefix') }));

for (const { objects } of [s3, gcs]) {
  objects.set('data/flights.parquet', readFileSync(FLIGHTS));
  objects.set('data/airports.csv', readFileSync(AIRPORTS));
  // More objects than one page of a list has.
  for (let part = 0; part < 8; part++) objects.set(`parts/year=${part}/part ü.csv`, Buffer.from(`a\n${part}\n`));
}

async function rows(df: Promise<DataFrame> | DataFrame) {
  return (await df).toArray({ int64: 'number' });
}

describe.each([
  ['S3', `s3://${BUCKET}`, s3.log],
  ['Google Cloud Storage', `gs://${BUCKET}`, gcs.log],
  ['a web server', web.url, web.log],
])('reading from %s', (_name, url, log) => {
  it('fetches Parquet files in ranges', async () => {
    log.length = 0;
    const flights = await ctx.readParquet(`${url}/data/flights.parquet`);
    expect(await flights.count()).toBe(3_000_000);
    await cluster.betweenQueries();
    expect(await rows(flights.filter("origin = 'SEA'").aggregate([], 'count(*) AS n'))).toEqual([{ n: 50_231 }]);
    const statuses = new Set(log.map((line) => line.split(' ').slice(0, 2).join(' ')));
    expect(statuses).toContain('GET 206');
    expect(statuses).not.toContain('GET 200');
  });

  it('returns the rows of CSV files, also in SQL', async () => {
    expect(await (await ctx.readCsv(`${url}/data/airports.csv`)).filter("state = 'AK'").count()).toBe(263);
    await cluster.betweenQueries();
    await ctx.registerCsv('remote', `${url}/data/airports.csv`);
    expect(await rows(ctx.sql("SELECT count(*) AS n FROM remote WHERE state = 'AK'"))).toEqual([{ n: 263 }]);
    await ctx.deregisterTable('remote');
  });

  it('fails with OBJECT_STORE for a missing file', async () => {
    expect(await rejected(ctx.readParquet(`${url}/none.parquet`))).toMatchObject({
      code: 'OBJECT_STORE',
      message: expect.stringContaining('none.parquet'),
    });
  });
});

describe.each([
  ['S3', `s3://${BUCKET}`],
  ['Google Cloud Storage', `gs://${BUCKET}`],
])('a bucket in %s', (_name, url) => {
  it('lists all pages of a folder, with partitions and special characters', async () => {
    const parts = await ctx.readCsv(`${url}/parts/`, { tablePartitionCols: [['year', 'Int32']] });
    expect(await rows(parts.aggregate([], ['count(*) AS n', 'sum(a) AS a', 'sum(year) AS y']))).toEqual([
      { n: 8, a: 28, y: 28 },
    ]);
  });
});

describe('a folder', () => {
  const count = async (url: string) => (await ctx.readCsv(url)).count();

  it('is listed again by each query that reads it', async () => {
    s3.objects.set('growing/1.csv', Buffer.from('a\n1\n'));
    expect(await count(`s3://${BUCKET}/growing/`)).toBe(1);
    s3.objects.set('growing/2.csv', Buffer.from('a\n2\n'));
    await cluster.betweenQueries();
    expect(await count(`s3://${BUCKET}/growing/`)).toBe(2);
    s3.objects.delete('growing/1.csv');
    expect(await rows(ctx.readCsv(`s3://${BUCKET}/growing/`))).toEqual([{ a: 2 }]);
  });

  it('has other files than a folder with the same path in another store', async () => {
    s3.objects.set('alike/1.csv', Buffer.from('a\n1\n'));
    gcs.objects.set('alike/2.csv', Buffer.from('a\n2\n'));
    expect(await rows(ctx.readCsv(`s3://${BUCKET}/alike/`))).toEqual([{ a: 1 }]);
    expect(await rows(ctx.readCsv(`gs://${BUCKET}/alike/`))).toEqual([{ a: 2 }]);
  });
});

describe('the columns of many files', () => {
  it.each([
    ['lines', (i: number) => `{"a": ${i}}\n`.repeat(1000), 1],
    ['arrays', (i: number) => `[{"a": ${i}}]`, 11],
  ])('are found with few requests: %s', async (name, content, most) => {
    for (let i = 0; i < 5; i++) s3.objects.set(`json-${name}/${i}.json`, Buffer.from(content(i)));
    s3.log.length = 0;
    const df = await ctx.readJson(`s3://${BUCKET}/json-${name}/`);
    expect(df.schema().fields.map((field) => field.name)).toEqual(['a']);
    const gets = s3.log.filter((line) => line.startsWith(`GET 200 json-${name}/`));
    expect(gets.length).toBeGreaterThan(0);
    expect(gets.length).toBeLessThanOrEqual(most);
    expect(await df.count()).toBe(name === 'lines' ? 5000 : 5);
  });

  it('are found without asking for each file of a pattern', async () => {
    // The columns are those of the first 1000 rows.
    for (let i = 0; i < 5; i++) s3.objects.set(`pattern/${i}/x.csv`, Buffer.from(`a\n${`${i}\n`.repeat(1000)}`));
    s3.log.length = 0;
    const df = await ctx.readCsv(`s3://${BUCKET}/pattern/*/x.csv`);
    expect(s3.log.filter((line) => line.startsWith('HEAD'))).toEqual([]);
    expect(s3.log.filter((line) => line.startsWith('GET 200 pattern/'))).toHaveLength(1);
    expect(await df.count()).toBe(5000);
  });
});

describe.each([
  ['S3', `s3://${BUCKET}`],
  ['Google Cloud Storage', `gs://${BUCKET}`],
  ['Azure', 'az://travel'],
  ['a local folder with a custom URL', 'prefix://files'],
])('writing to %s', (_name, url) => {
  it.each(['PARQUET', 'CSV'] as const)('stores %s files that can be read back', async (format) => {
    const target = `${url}/out/${format}/`;
    const copied = await ctx.sql(`COPY (SELECT iata, state FROM airports) TO '${target}' STORED AS ${format}`);
    expect(await rows(copied)).toEqual([{ count: 3376 }]);
    await cluster.betweenQueries();
    const back = await (format === 'CSV' ? ctx.readCsv(target) : ctx.readParquet(target));
    expect(await back.filter("state = 'AK'").count()).toBe(263);
    expect(await back.select('iata').distinct().count()).toBe(3376);
  });

  it('stores a large file in parts', async () => {
    const target = `${url}/large/flights.parquet`;
    await ctx.execute(`COPY flights TO '${target}' STORED AS PARQUET`);
    await cluster.betweenQueries();
    const back = await ctx.readParquet(target);
    expect(await rows(back.aggregate([], ['count(*) AS n', 'sum(CAST(delay AS BIGINT)) AS d']))).toEqual(
      await rows((await ctx.readParquet(FLIGHTS)).aggregate([], ['count(*) AS n', 'sum(CAST(delay AS BIGINT)) AS d'])),
    );
  });
});

describe('a second write', () => {
  it('to a folder of a bucket follows its mode', async () => {
    const airports = await ctx.table('airports');
    const target = `s3://${BUCKET}/modes/`;
    const states = async () => (await ctx.readParquet(target)).select('state').distinct().count();
    const folders = { partitionBy: 'state' } as const;
    await airports.filter("state = 'AK'").writeParquet(target, folders);
    expect((await rejected(airports.writeParquet(target))).code).toBe('FILE_EXISTS');
    expect(await airports.writeParquet(target, { mode: 'ignore' })).toBe(0);
    const hawaii = airports.filter("state = 'HI'");
    await hawaii.writeParquet(target, { ...folders, mode: 'append' });
    expect(await states()).toBe(2);
    await cluster.betweenQueries();
    await hawaii.writeParquet(target, { ...folders, mode: 'overwrite' });
    expect(await states()).toBe(1);
    const keys = [...s3.objects.keys()].filter((key) => key.startsWith('modes/'));
    expect(keys.filter((key) => /AK|_temporary/u.test(key))).toEqual([]);
    const file = `s3://${BUCKET}/modes/one.csv`;
    await hawaii.writeCsv(file);
    expect((await rejected(hawaii.writeCsv(file))).code).toBe('FILE_EXISTS');
    expect(await hawaii.writeCsv(file, { mode: 'overwrite' })).toBeGreaterThan(0);
  });
});

describe('a write', () => {
  it('leaves only the written files', () => {
    const written = [...s3.objects.keys()].filter((key) => key.startsWith('out/PARQUET/'));
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter((key) => !key.endsWith('.parquet'))).toEqual([]);
    expect([...s3.objects.keys()].filter((key) => key.startsWith('large/'))).not.toEqual([]);
  });

  it('leaves no files when it fails', async () => {
    const target = `s3://${BUCKET}/failed/`;
    const copy = ctx.sql(`COPY (SELECT 100 / (delay - 1) AS x FROM flights) TO '${target}' STORED AS PARQUET`);
    expect(await rejected(copy)).toMatchObject({ code: LOCAL ? 'ARROW' : 'JOB_FAILED' });
    expect([...s3.objects.keys()].filter((key) => key.startsWith('failed/'))).toEqual([]);
  });
});

describe('credentials', () => {
  const file = `s3://${BUCKET}/data/airports.csv`;

  it.each([
    ['a wrong secret', { secretAccessKey: 'sEcReT-2' }, '403'],
    ['a wrong key', { accessKeyId: 'sEcReT-2' }, '403'],
    ['a wrong token', { sessionToken: 'sEcReT-2' }, '403'],
    ['another bucket', { bucketName: 'other' }, '404'],
  ])('fail with OBJECT_STORE for %s', async (_name, wrong, text) => {
    const other = withContext(cluster);
    await other.registerObjectStore(`s3://${BUCKET}`, s3Store(wrong));
    const error = await rejected(other.readCsv(file));
    expect(error.code).toBe('OBJECT_STORE');
    // A response to HEAD has no body.
    expect(error.message).toContain(text);
    expect(inspect(error)).not.toContain('sEcReT');
  });

  it('fail the query if the store rejects them at run time', async () => {
    const other = withContext(cluster);
    await other.registerObjectStore(`s3://${BUCKET}`, s3Store());
    const airports = await other.readCsv(file);
    await other.registerObjectStore(`s3://${BUCKET}`, s3Store({ secretAccessKey: 'sEcReT-2' }));
    const error = await rejected(airports.collect());
    expect(error.code).toBe(LOCAL ? 'OBJECT_STORE' : 'JOB_FAILED');
    expect(error.message).toContain('403');
    expect(inspect(error)).not.toContain('sEcReT');
  });

  it('work for Azure at a custom endpoint', async () => {
    const other = withContext(cluster);
    const options = { containerName: 'travel', account: ACCOUNT, endpoint: `${azure}/${ACCOUNT}`, allowHttp: true };
    await other.registerObjectStore('az://travel', new MicrosoftAzure({ ...options, accessKey: ACCOUNT_KEY }));
    await (await other.sql("COPY (SELECT 1 AS a) TO 'az://travel/one.csv' STORED AS CSV")).collect();
    expect(await rows(other.readCsv('az://travel/one.csv'))).toEqual([{ a: 1 }]);
    const wrong = Buffer.from('sEcReT').toString('base64');
    await other.registerObjectStore('az://travel', new MicrosoftAzure({ ...options, accessKey: wrong }));
    const error = await rejected(other.readCsv('az://travel/one.csv'));
    expect(error.code).toBe('OBJECT_STORE');
    expect(inspect(error)).not.toContain(wrong);
  });

  it('are not mixed with environment variables', async () => {
    const { sessionToken: _, ...keys } = KEYS;
    const server = await serveBucket('plain', keys);
    server.objects.set('x.csv', Buffer.from('a\n1\n'));
    const other = withContext(cluster);
    process.env['AWS_SESSION_TOKEN'] = 'of somebody else';
    try {
      const options = { bucketName: 'plain', region: 'eu-1', endpoint: server.url, allowHttp: true, ...keys };
      await other.registerObjectStore('s3://plain', new AmazonS3(options));
      expect(await rows(other.readCsv('s3://plain/x.csv'))).toEqual([{ a: 1 }]);
    } finally {
      delete process.env['AWS_SESSION_TOKEN'];
    }
  });

  it('do not appear in settings, plans or inspected objects', async () => {
    const airports = await ctx.readCsv(file);
    const settings = await (await ctx.sql('SHOW ALL')).toArray();
    expect(settings.length).toBeGreaterThan(100);
    const shown = [
      JSON.stringify(settings),
      inspect(ctx, { showHidden: true, depth: null }),
      String(airports),
      inspect(airports, { showHidden: true, depth: null }),
      await airports.explainString({ verbose: true }),
      await airports.explainString({ analyze: true }),
    ].join('\n');
    expect(shown).not.toContain('sEcReT');
  });

  it('belong to one context, even if two contexts use the same bucket name', async () => {
    const [mine, theirs] = await Promise.all([serveBucket('same'), serveBucket('same', KEYS)]);
    const contexts = [mine, theirs].map((server) => ({ server, context: withContext(cluster) }));
    for (const [i, { server, context }] of contexts.entries()) {
      server.objects.set('x.csv', Buffer.from(`a\n${i}\n`));
      const options = { bucketName: 'same', region: 'eu-1', endpoint: server.url, allowHttp: true, ...KEYS };
      await context.registerObjectStore('s3://same', new AmazonS3(options));
    }
    for (let round = 0; round < 3; round++) {
      const read = contexts.map(async ({ context }) => rows(context.readCsv('s3://same/x.csv')));
      expect(await Promise.all(read)).toEqual([[{ a: 0 }], [{ a: 1 }]]);
    }
  });
});

describe('a store', () => {
  // A bucket of S3 would be found without a store.
  const url = 'kept://short-lived';
  const store = s3Store();

  it('is available until it is deregistered', async () => {
    expect(await ctx.deregisterObjectStore(url)).toBe(false);
    await ctx.registerObjectStore(url, store);
    expect(await (await ctx.readCsv(`${url}/data/airports.csv`)).count()).toBe(3376);
    expect([await ctx.deregisterObjectStore(url), await ctx.deregisterObjectStore(url)]).toEqual([true, false]);
    expect(await rejected(ctx.readCsv(`${url}/data/airports.csv`))).toMatchObject({ code: 'OBJECT_STORE' });
  });

  it('is available only in its context', async () => {
    const other = withContext(cluster);
    const error = await rejected(other.readCsv(`prefix://files/out/CSV/`));
    expect(error).toMatchObject({ code: 'OBJECT_STORE', message: expect.stringContaining('prefix://') });
  });

  it.each<[string, () => Promise<unknown>, string, string]>([
    ['an invalid URL', () => ctx.registerObjectStore('bucket', store), 'INVALID_ARGUMENT', 'is not a valid URL'],
    [
      'a URL with a path',
      () => ctx.registerObjectStore('s3://b/folder', store),
      'INVALID_ARGUMENT',
      'Nothing is allowed after',
    ],
    [
      'an object that is not a store',
      () => ctx.registerObjectStore('s3://b', {} as never),
      'INVALID_ARGUMENT',
      'takes an object store',
    ],
    [
      'a number as the URL to deregister',
      () => ctx.deregisterObjectStore(5 as never),
      'INVALID_ARGUMENT',
      'not a number',
    ],
    [
      'a missing folder',
      () => ctx.registerObjectStore('x://y', new LocalFileSystem({ prefix: temp('none') })),
      'OBJECT_STORE',
      'none',
    ],
    [
      'an invalid access key',
      () => ctx.registerObjectStore('az://c', new MicrosoftAzure({ containerName: 'c', account: 'a', accessKey: '%' })),
      'OBJECT_STORE',
      '',
    ],
  ])('is rejected: %s', async (_name, work, code, text) => {
    expect(await rejected(work())).toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it('is rejected by a closed context', async () => {
    const closed = withContext(cluster);
    await closed.close();
    expect(await rejected(closed.registerObjectStore(url, store))).toMatchObject({ code: 'CLOSED' });
    expect(await rejected(closed.deregisterObjectStore(url))).toMatchObject({ code: 'CLOSED' });
  });
});
