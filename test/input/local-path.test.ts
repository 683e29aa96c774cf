import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

import { isUrl, toLocalPath } from '../../src/input/local-path.js';
import { thrown } from '../support/thrown.js';

it('returns absolute paths', () => {
  expect(toLocalPath('data/x', 'it')).toBe(resolve('data/x'));
  expect(toLocalPath(resolve('a b'), 'it')).toBe(resolve('a b'));
  expect(toLocalPath(pathToFileURL(resolve('a b')), 'it')).toBe(resolve('a b'));
});

it('tells URLs from paths and drives', () => {
  expect(['s3://b/c', 'FILE:///a', 'abfss+x://h'].filter(isUrl)).toHaveLength(3);
  expect(['a/b', 'c://b', 'c:\\b', '://b', 's3:/b'].filter(isUrl)).toEqual([]);
});

it.each([
  ['', 'an empty string'],
  ['a\0b', 'a string with a NUL character'],
  [5, 'a number'],
  [null, 'null'],
  [undefined, 'undefined'],
  [['a'], 'an array'],
  [new URL('s3://bucket/x'), 'on this machine'],
  [new URL('file:///a%2Fb'), 'on this machine'],
])('rejects %j', (path, text) => {
  const error = thrown(() => toLocalPath(path as string, 'it'));
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });
  expect(error.message).toMatch(/^it must be /);
});
