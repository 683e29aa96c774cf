import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

import { type FileLimits, toFilesNative } from '../../src/config/file-limits.js';
import { refused } from '../support/refused.js';

describe('files', () => {
  it('become URLs, relative paths from the working folder', () => {
    const here = (path: string) => pathToFileURL(resolve(path)).href;
    expect(toFilesNative('X', { read: ['data', '/srv/a b#c', new URL('file:///srv/x')] })).toEqual({
      files: { read: [here('data'), 'file:///srv/a%20b%23c', 'file:///srv/x'] },
    });
    expect(
      toFilesNative('X', { read: [], write: ['s3://bucket/prefix/', 'HTTPS://Host:443/path', 'file:///x'] }),
    ).toEqual({
      files: { read: [], write: ['s3://bucket/prefix/', 'https://host/path', 'file:///x'] },
    });
    expect(toFilesNative('X', undefined)).toEqual({});
    expect(toFilesNative('X', {})).toEqual({ files: {} });
  });

  it.each<[unknown, RegExp]>([
    ['/srv', /options of X: files must be an object/],
    [{ reads: [] }, /no option "reads".*read/],
    [{ read: '/srv' }, /X: files.read must be an array/],
    [{ read: [''] }, /files.read\[0\].*an empty string/],
    [{ write: ['a', 1] }, /files.write\[1\].*path or a file: URL/],
    [{ read: ['s3://'] }, /URL with a host/],
    [{ read: ['s3://me:secret@bucket'] }, /without user/],
    [{ read: ['https://host/?a'] }, /without user/],
  ])('%j is refused', (files, message) => {
    const text = refused(() => toFilesNative('X', files as FileLimits));
    expect(text).toMatch(message);
    expect(text).not.toContain('secret');
  });
});
