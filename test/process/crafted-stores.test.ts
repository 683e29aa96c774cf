/** Options of object stores that lead to another place, or to a token of the cluster. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AmazonS3,
  BallistaSessionContext,
  GoogleCloud,
  LocalFileSystem,
  MicrosoftAzure,
  SessionContext,
} from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serveBucket } from '../support/bucket-server.js';
import { ServerProcess } from '../support/child.js';
import { tempFolder } from '../support/data.js';
import { serve } from '../support/http-server.js';
import { rejected } from '../support/rejected.js';

const temp = tempFolder();
const bucket = await serveBucket('lake');

describe('names in URLs', () => {
  const ctx = SessionContext.local({ files: { read: [`${bucket.url}/lake/open`] } });
  afterAll(() => ctx.close());

  it.each<[what: string, option: string, store: AmazonS3 | GoogleCloud | MicrosoftAzure]>([
    ['a bucket with a path', 'bucketName', new AmazonS3({ bucketName: 'open/../lake' })],
    ['a bucket that is a folder above', 'bucketName', new AmazonS3({ bucketName: '..' })],
    ['a bucket with an encoded path', 'bucketName', new AmazonS3({ bucketName: 'open%2f..' })],
    ['a region with a host', 'region', new AmazonS3({ bucketName: 'lake', region: 'x@internal-host/' })],
    ['a region with a fragment', 'region', new AmazonS3({ bucketName: 'lake', region: 'internal#' })],
    ['a bucket of Google Cloud with a path', 'bucketName', new GoogleCloud({ bucketName: 'open/../lake' })],
    [
      'a container with a path',
      'containerName',
      new MicrosoftAzure({ containerName: 'open/../lake', account: 'a', accessKey: 'a2V5' }),
    ],
    [
      'an account with a host',
      'account',
      new MicrosoftAzure({ containerName: 'lake', account: 'internal-host/', accessKey: 'a2V5' }),
    ],
  ])('%s is refused', async (_, option, store) => {
    const error = await rejected(ctx.registerObjectStore('mine://lake', store));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(option) });
  });

  it('a bucket cannot lead out of what is allowed', async () => {
    bucket.objects.set('secret.csv', Buffer.from('word\nsecret\n'));
    const store = { region: 'eu-1', accessKeyId: 'a', secretAccessKey: 'b', allowHttp: true };
    const read = async () => {
      const endpoint = `${bucket.url}/lake/open`;
      await ctx.registerObjectStore('s3://x', new AmazonS3({ ...store, endpoint, bucketName: '..' }));
      return (await ctx.readCsv('s3://x/secret.csv')).toArray();
    };
    expect(await rejected(read())).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a token in the environment of a cluster', () => {
  const TOKEN = 'AZURE_STORAGE_TOKEN';
  const SECRET = 'token-of-the-cluster';
  const seen: (string | undefined)[] = [];
  let servers: ServerProcess[];
  let url: string;
  let ctx: BallistaSessionContext;
  beforeAll(async () => {
    url = await serve(({ headers }) => {
      seen.push(headers['authorization']);
      return { status: 404 };
    });
    process.env[TOKEN] = SECRET;
    const scheduler = await ServerProcess.scheduler();
    const executor = await ServerProcess.executor(scheduler.port, { workDir: temp('work') });
    delete process.env[TOKEN];
    servers = [executor, scheduler];
    ctx = new BallistaSessionContext(`df://127.0.0.1:${scheduler.port}`);
  });
  afterAll(async () => {
    await ctx.close();
    for (const server of servers) await server.close();
  });

  it('is not sent to the endpoint of a client', async () => {
    const store = { containerName: 'c', account: 'acct', endpoint: url, allowHttp: true };
    await ctx.registerObjectStore('az://c', new MicrosoftAzure(store));
    const df = await ctx.readCsv('az://c/a.csv', { schema: { word: 'Utf8' } });
    await rejected(df.collect());
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((header) => header !== undefined)).toEqual([]);
  });
});

describe('a store for files with a prefix', () => {
  it('writes below its prefix only', async () => {
    mkdirSync(temp('out'));
    const ctx = SessionContext.local({ files: { write: [temp('out')] } });
    await ctx.registerObjectStore('file://', new LocalFileSystem({ prefix: temp('out') }));
    // No folder can be created here.
    writeFileSync(temp('place'), '');
    await ctx.sql(`COPY (SELECT 1 AS a) TO 'file://${temp('place')}/' STORED AS CSV`);
    const folder = join(temp('out'), temp('place'));
    expect(existsSync(folder)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.csv'))).toHaveLength(1);
    await ctx.close();
  });
});
