import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { writeWhole } from '../../src/platform/whole-file.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const temp = tempFolder();

describe('writeWhole', () => {
  it('writes and replaces a file', async () => {
    await writeWhole(temp('a'), 'one');
    await writeWhole(temp('a'), Uint8Array.of(50));
    expect(readFileSync(temp('a'), 'utf8')).toBe('2');
  });

  it('writes to the target of a symbolic link', async () => {
    writeFileSync(temp('target'), '');
    symlinkSync(temp('target'), temp('link'));
    await writeWhole(temp('link'), 'x');
    expect(lstatSync(temp('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(temp('target'), 'utf8')).toBe('x');
  });

  it('writes a file in pieces', async () => {
    async function* pieces() {
      yield 'a';
      yield Uint8Array.of(50);
    }
    await writeWhole(temp('pieces'), pieces());
    expect(readFileSync(temp('pieces'), 'utf8')).toBe('a2');
  });

  it('keeps the old file, and passes on the error, if the pieces fail', async () => {
    const failure = new RangeError('no more');
    async function* pieces() {
      yield 'new';
      throw failure;
    }
    writeFileSync(temp('old'), 'old');
    const before = readdirSync(temp());
    await expect(writeWhole(temp('old'), pieces())).rejects.toBe(failure);
    expect(readFileSync(temp('old'), 'utf8')).toBe('old');
    expect(readdirSync(temp())).toEqual(before);
  });

  it('leaves no file after a failure', async () => {
    mkdirSync(temp('folder'));
    const before = readdirSync(temp());
    for (const path of [temp('folder'), temp('none', 'a'), '/dev/null']) {
      expect((await rejected(writeWhole(path, 'x'))).code).toBe('IO');
    }
    expect(readdirSync(temp())).toEqual(before);
  });
});
