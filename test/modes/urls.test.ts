import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { AmazonS3 } from '../../src/object-store/amazon-s3.js';
import { serveAzure } from '../support/azurite.js';
import { serveBucket } from '../support/bucket-server.js';
import { withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, tempFolder } from '../support/data.js';
import { serveFiles } from '../support/file-server.js';
import { serveMoto } from '../support/moto.js';
import { rejected } from '../support/rejected.js';

const BUCKET = 'environment';
const temp = tempFolder();

const KEYS = { accessKeyId: 'reader', secretAccessKey: 'sEcReT/key+1' };
const [moto, own, gcs, open] = await Promise.all([
  serveMoto(BUCKET),
  serveBucket(BUCKET, KEYS),
  serveBucket(BUCKET),
  serveBucket('open'),
]);
await serveAzure(BUCKET);
const web = await serveFiles({ '/data/airports.csv': AIRPORTS });

const account = {
  private_key: 'x',
  private_key_id: 'x',
  client_email: 'x',
  disable_oauth: true,
  gcs_base_url: gcs.url,
};
writeFileSync(temp('account.json'), JSON.stringify(account));

// Set before the cluster starts, because its processes inherit them.
const environment = {
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT: moto ?? own.url,
  AWS_ALLOW_HTTP: 'true',
  GOOGLE_SERVICE_ACCOUNT: temp('account.json'),
  AZURE_STORAGE_USE_EMULATOR: 'true',
};
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
afterAll(() => vi.unstubAllEnvs());

const cluster = await withCluster();
const ctx = withContext(cluster);

async function rows(df: Promise<DataFrame> | DataFrame) {
  return (await df).toArray({ int64: 'number' });
}

describe('URLs without a registered store', () => {
  it.each(['s3', 's3a', 'gs', 'az'])(
    'are read and written with the credentials of the environment: %s://',
    async (scheme) => {
      const url = `${scheme}://${BUCKET}/${scheme}`;
      const df = await ctx.sql('SELECT value AS a, value % 2 AS b FROM generate_series(1, 4)');
      expect(await df.writeParquet(`${url}/out/`, { partitionBy: 'b' })).toBe(4);
      await cluster.betweenQueries();
      expect(await rows((await ctx.readParquet(`${url}/out/`)).filter('b = 1').sort('a'))).toEqual([
        { a: 1, b: 1 },
        { a: 3, b: 1 },
      ]);
      await ctx.sql(`CREATE EXTERNAL TABLE t_${scheme} STORED AS PARQUET LOCATION '${url}/out/'`);
      expect(await rows(ctx.sql(`SELECT count(*) AS n FROM t_${scheme}`))).toEqual([{ n: 4 }]);
    },
  );

  it('have the store of their own container: abfss://', async () => {
    const folder = (container: string) => `abfss://${container}@devstoreaccount1.dfs.core.windows.net/abfss/`;
    await (await ctx.sql('SELECT 1 AS a')).writeParquet(folder(BUCKET));
    expect(await rows(ctx.readParquet(folder(BUCKET)))).toEqual([{ a: 1 }]);
    expect((await rejected(ctx.readParquet(folder('other')))).code).toBe('OBJECT_STORE');
  });

  it('are read from web servers', async () => {
    const airports = await ctx.readCsv(`${web.url}/data/airports.csv`);
    expect(await airports.filter("state = 'AK'").count()).toBe(263);
  });

  it.each([
    ['nope://host', 'nope://host'],
    ['hdfs://host', 'hdfs://host'],
    ['abfss://workspace@onelake.dfs.fabric.microsoft.com', 'abfss://onelake.dfs.fabric.microsoft.com'],
  ])('fail with an error that names registerObjectStore: %s', async (url, place) => {
    expect(await rejected(ctx.readParquet(`${url}/x.parquet`))).toMatchObject({
      code: 'OBJECT_STORE',
      message: expect.stringContaining(`There is no object store for ${place}. Register one with registerObjectStore(`),
    });
  });
});

describe('a store without credentials', () => {
  it('sends anonymous requests, and none to the metadata address', async () => {
    const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT'];
    const before = names.map((name) => process.env[name]);
    for (const name of names) delete process.env[name];
    open.objects.set('x.csv', Buffer.from('a\n1\n'));
    try {
      const store = new AmazonS3({ bucketName: 'open', region: 'eu-1', endpoint: open.url, allowHttp: true });
      const session = withContext(cluster);
      await session.registerObjectStore('s3://open', store);
      // A request for credentials would fail, or take seconds.
      expect((await session.readCsv('s3://open/x.csv')).schema().fields.map(({ name }) => name)).toEqual(['a']);
    } finally {
      for (const [i, name] of names.entries()) process.env[name] = before[i];
    }
  });

  it('says what to do if it is refused', async () => {
    const keys = { accessKeyId: 'wrong', secretAccessKey: 'wrong' };
    const store = new AmazonS3({ bucketName: BUCKET, region: 'eu-1', endpoint: own.url, allowHttp: true, ...keys });
    const session = withContext(cluster);
    await session.registerObjectStore('s3://refused', store);
    const error = await rejected(session.readCsv('s3://refused/x.csv'));
    expect(error).toMatchObject({ code: 'OBJECT_STORE', message: expect.stringContaining('registerObjectStore') });
  });
});

describe('errors of queries', () => {
  it.each([
    ['a division by zero', 'SELECT 1 / (value - 1) AS x FROM generate_series(1, 3)'],
    ['a cast', "SELECT CAST('x' || value AS BIGINT) AS x FROM generate_series(1, 3)"],
  ])('are sentences, not Rust values: %s', async (_, query) => {
    const { message } = await rejected(rows(ctx.sql(query)));
    expect(message).not.toMatch(/DataFusionError|ArrowError|Error\(|bug in DataFusion|\\n|ballista-error/);
  });
});
