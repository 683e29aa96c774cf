import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { AmazonS3 } from '../../src/object-store/amazon-s3.js';
import { GoogleCloud } from '../../src/object-store/google-cloud.js';
import { HttpStore } from '../../src/object-store/http-store.js';
import { LocalFileSystem } from '../../src/object-store/local-file-system.js';
import { MicrosoftAzure } from '../../src/object-store/microsoft-azure.js';
import { ObjectStore, toObjectStoreNative } from '../../src/object-store/store.js';
import { thrown } from '../support/thrown.js';

const S3 = {
  bucketName: 'b',
  region: 'eu',
  endpoint: 'http://127.0.0.1:9000/',
  allowHttp: true,
  imdsv1Fallback: false,
};
const S3_SECRETS = { accessKeyId: 'sEcReT-1', secretAccessKey: 'sEcReT-2', sessionToken: 'sEcReT-3' };
const AZURE = {
  containerName: 'c',
  account: 'me',
  clientId: 'id',
  tenantId: 'tenant',
  endpoint: 'https://blobs.example/me',
  useEmulator: false,
  allowHttp: false,
  useFabricEndpoint: true,
};
const AZURE_SECRETS = {
  accessKey: 'sEcReT-1',
  bearerToken: 'sEcReT-2',
  clientSecret: 'sEcReT-3',
  sasQueryPairs: [['sig', 'sEcReT-4']] as [string, string][],
};

const stores: [string, ObjectStore, native: object, shown: string][] = [
  [
    'AmazonS3',
    new AmazonS3({ ...S3, ...S3_SECRETS }),
    { type: 's3', ...S3, ...S3_SECRETS, endpoint: 'http://127.0.0.1:9000' },
    'AmazonS3 { bucketName: "b", region: "eu", accessKeyId: (hidden), secretAccessKey: (hidden), ' +
      'sessionToken: (hidden), endpoint: "http://127.0.0.1:9000", allowHttp: true, imdsv1Fallback: false }',
  ],
  [
    'AmazonS3 with defaults',
    new AmazonS3({ bucketName: 'b', endpoint: new URL('https://minio.example/base') }),
    { type: 's3', bucketName: 'b', endpoint: 'https://minio.example/base' },
    'AmazonS3 { bucketName: "b", endpoint: "https://minio.example/base" }',
  ],
  [
    'GoogleCloud',
    new GoogleCloud({ bucketName: 'b', serviceAccountPath: 'key.json' }),
    { type: 'gcs', bucketName: 'b', serviceAccountPath: resolve('key.json') },
    `GoogleCloud { bucketName: "b", serviceAccountPath: ${JSON.stringify(resolve('key.json'))} }`,
  ],
  [
    'MicrosoftAzure',
    new MicrosoftAzure({ ...AZURE, ...AZURE_SECRETS }),
    { type: 'azure', ...AZURE, ...AZURE_SECRETS },
    'MicrosoftAzure { containerName: "c", account: "me", accessKey: (hidden), bearerToken: (hidden), clientId: "id", ' +
      'clientSecret: (hidden), tenantId: "tenant", sasQueryPairs: (hidden), endpoint: "https://blobs.example/me", ' +
      'useEmulator: false, allowHttp: false, useFabricEndpoint: true }',
  ],
  [
    'HttpStore',
    new HttpStore({ url: 'https://example.com/data/' }),
    { type: 'http', url: 'https://example.com/data', allowHttp: false },
    'HttpStore { url: "https://example.com/data" }',
  ],
  [
    'HttpStore without TLS',
    new HttpStore({ url: new URL('http://127.0.0.1:8080') }),
    { type: 'http', url: 'http://127.0.0.1:8080', allowHttp: true },
    'HttpStore { url: "http://127.0.0.1:8080" }',
  ],
  [
    'LocalFileSystem',
    new LocalFileSystem({ prefix: 'data' }),
    { type: 'local', prefix: resolve('data') },
    `LocalFileSystem { prefix: ${JSON.stringify(resolve('data'))} }`,
  ],
  ['LocalFileSystem from its root', new LocalFileSystem(), { type: 'local' }, 'LocalFileSystem {}'],
];

describe.each(stores)('%s', (_name, store, native, shown) => {
  it('passes all options to the addon', () => {
    expect(JSON.parse(toObjectStoreNative(store))).toEqual(native);
  });

  it('never shows a secret', () => {
    expect(String(store)).toBe(shown);
    expect(inspect(store)).toBe(shown);
    const everything = [
      inspect(store, { customInspect: false, depth: null, showHidden: true, getters: true }),
      inspect({ nested: [store] }, { depth: null }),
      JSON.stringify(store),
      JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(store))),
      `${thrown(() => toObjectStoreNative([store] as never)).stack}`,
    ].join('\n');
    expect(everything).not.toContain('sEcReT');
  });

  it('is an immutable object store', () => {
    expect([ObjectStore.is(store), Object.isFrozen(store)]).toEqual([true, true]);
  });
});

describe('rejects', () => {
  const s3 = (options: object) => () => new AmazonS3({ bucketName: 'b', ...options } as never);
  const azure = (options: object) => () => new MicrosoftAzure({ containerName: 'c', ...options } as never);
  const http = (url: unknown) => () => new HttpStore({ url: url as string });

  it.each<[string, () => unknown, string]>([
    ['undefined for options', () => new AmazonS3(undefined as never), 'AmazonS3: the option bucketName is required'],
    ['null for options', () => new AmazonS3(null as never), 'not null'],
    ['a string for options', () => new AmazonS3('b' as never), 'not a string'],
    [
      'an empty bucket',
      () => new AmazonS3({ bucketName: '' }),
      'bucketName must be a non-empty string, not an empty one',
    ],
    ['an unknown option', s3({ buketName: 'b' }), 'AmazonS3 has no option "buketName". Did you mean "bucketName"?'],
    ['a number for a secret', s3({ secretAccessKey: 5 }), 'secretAccessKey must be a non-empty string, not a number'],
    ['a string for a flag', s3({ imdsv1Fallback: 'yes' }), 'imdsv1Fallback must be true or false'],
    ['http:// without allowHttp', s3({ endpoint: 'http://minio' }), 'allowHttp: true'],
    ['http:// with allowHttp: false', s3({ endpoint: 'http://minio', allowHttp: false }), 'allowHttp: true'],
    ['an endpoint with another scheme', s3({ endpoint: 's3://minio' }), 'https:// or http://, not s3:'],
    ['an endpoint that is not a URL', s3({ endpoint: 'sEcReT minio' }), 'endpoint is not a valid URL'],
    ['a number for an endpoint', s3({ endpoint: 5 }), 'endpoint must be a URL, not a number'],
    ['an endpoint with a password', s3({ endpoint: 'https://me:sEcReT@minio' }), 'an address without'],
    ['an endpoint with a query', s3({ endpoint: 'https://minio?token=sEcReT' }), 'an address without'],
    ['an endpoint with a fragment', s3({ endpoint: 'https://minio#sEcReT' }), 'an address without'],
    ['a missing bucket', () => new GoogleCloud({} as never), 'GoogleCloud: the option bucketName is required'],
    [
      'an empty path',
      () => new GoogleCloud({ bucketName: 'b', serviceAccountPath: '' }),
      'serviceAccountPath must be a path',
    ],
    [
      'a missing container',
      () => new MicrosoftAzure({} as never),
      'MicrosoftAzure: the option containerName is required',
    ],
    ['an emulator without allowHttp', azure({ endpoint: 'http://127.0.0.1:10000' }), 'allowHttp: true'],
    [
      'a signature as a string',
      azure({ sasQueryPairs: 'sig=sEcReT' }),
      'an array of [name, value] pairs, not a string',
    ],
    ['a signature as an object', azure({ sasQueryPairs: { sig: 'sEcReT' } }), 'not an object'],
    ['half a pair', azure({ sasQueryPairs: [['a', 'b'], ['sEcReT']] }), 'sasQueryPairs[1] must be [name, value]'],
    ['a pair with a number', azure({ sasQueryPairs: [['sEcReT', 5]] }), 'sasQueryPairs[0] must be [name, value]'],
    ['a mistyped option', azure({ acessKey: 'sEcReT' }), 'Did you mean "accessKey"?'],
    ['a missing URL', () => new HttpStore({} as never), 'HttpStore: the option url is required'],
    ['an empty URL', http(''), 'url must be a URL, not an empty string'],
    ['a path for a URL', http('/sEcReT'), 'url is not a valid URL'],
    ['a URL with a password', http('https://me:sEcReT@host'), 'an address without'],
    ['a URL with a query', http('https://host/?token=sEcReT'), 'an address without'],
    ['an FTP URL', http('ftp://sEcReT@host'), 'not ftp:'],
    ['an empty prefix', () => new LocalFileSystem({ prefix: '' }), 'prefix must be a path'],
    ['a remote prefix', () => new LocalFileSystem({ prefix: new URL('s3://b') }), 'prefix must be a path'],
    ['a string for a store', () => toObjectStoreNative('s3' as never), 'not a string'],
    ['options for a store', () => toObjectStoreNative({ bucketName: 'b' } as never), 'not an object'],
    ['undefined for a store', () => toObjectStoreNative(undefined as never), 'not undefined'],
  ])('%s', (_what, run, text) => {
    const error = thrown(run);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });
    expect(inspect(error, { showHidden: true, depth: null })).not.toContain('sEcReT');
  });
});
