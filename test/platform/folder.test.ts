import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import { createFolder } from '../../src/platform/folder.js';
import { tempFolder } from '../support/data.js';

const temp = tempFolder();

describe('createFolder', () => {
  beforeAll(() => {
    writeFileSync(temp('file'), '');
    symlinkSync(temp('none'), temp('dangling'));
    symlinkSync(temp(), temp('link'));
  });

  it('creates a folder and its parents, with these permissions', async () => {
    await createFolder(temp('a', 'b', 'c'), 0o700);
    for (const path of [['a'], ['a', 'b'], ['a', 'b', 'c']]) expect(statSync(temp(...path)).mode & 0o777).toBe(0o700);
  });

  it('accepts a folder that exists', async () => {
    for (const path of [temp(), temp('link'), '.', '/']) await createFolder(path);
    await createFolder(temp('link', 'd', 'e'));
    expect(statSync(temp('d', 'e')).isDirectory()).toBe(true);
  });

  it('can be called several times at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => createFolder(temp('x', 'y', 'z'))));
    expect(statSync(temp('x', 'y', 'z')).isDirectory()).toBe(true);
  });

  it.each([
    ['a file', 'EEXIST', () => temp('file')],
    ['below a file', 'ENOTDIR', () => temp('file', 'a', 'b')],
    ['a link to nothing', 'EEXIST', () => temp('dangling')],
    ['below a link to nothing', 'EEXIST', () => temp('dangling', 'a')],
    ['where the system has no new folders', 'ENOENT', () => '/proc/none'],
    ['deeper there', 'ENOENT', () => '/proc/none/a/b'],
  ])('fails for a path that is %s with %s', async (_, code, path) => {
    await expect(createFolder(path())).rejects.toMatchObject({ code });
  });
});
