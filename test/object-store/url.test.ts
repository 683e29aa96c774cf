import { expect, it } from 'vitest';

import { toStoreUrl } from '../../src/object-store/url.js';
import { thrown } from '../support/thrown.js';

it.each([
  ['s3://Bucket', 's3://Bucket'],
  ['s3://bucket/', 's3://bucket'],
  ['https://example.com:8443', 'https://example.com:8443'],
  ['http://127.0.0.1:80/', 'http://127.0.0.1'],
  ['abfs://container@account.dfs.core.windows.net', 'abfs://account.dfs.core.windows.net'],
  ['file://', 'file://'],
  ['file:///', 'file://'],
  ['data-lake://x', 'data-lake://x'],
  [new URL('gs://bucket'), 'gs://bucket'],
])('registers %s', (url, key) => {
  expect(toStoreUrl(url)).toBe(key);
});

it.each<[unknown, string]>([
  ['s3://', 's3:// needs a host, such as the name of the bucket'],
  ['s3:bucket', 'Nothing is allowed after'],
  ['s3://bucket/folder', 'Nothing is allowed after s3://bucket'],
  ['s3://bucket?sEcReT', 'Nothing is allowed after s3://bucket'],
  ['s3://bucket#sEcReT', 'Nothing is allowed after s3://bucket'],
  ['https://me:sEcReT@example.com', 'Pass credentials as options of the store'],
  ['bucket', 'is not a valid URL'],
  ['', 'not an empty string'],
  [5, 'not a number'],
  [null, 'not null'],
  [undefined, 'not undefined'],
  [{ href: 's3://bucket' }, 'not an object'],
])('rejects %j', (url, text) => {
  const error = thrown(() => toStoreUrl(url as string));
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });
  expect(error.message).not.toContain('sEcReT');
  expect(error.cause).toBeUndefined();
});
