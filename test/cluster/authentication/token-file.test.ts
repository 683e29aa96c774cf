import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { parseTokens, TokenFile } from '../../../src/cluster/authentication/token-file.js';
import { BallistaScheduler } from '../../../src/cluster/scheduler.js';
import { rejected } from '../../support/rejected.js';
import { thrown } from '../../support/thrown.js';

const SECRET = 'a-token-of-21-letters';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballista-test-'));
  path = join(folder, 'tokens.json');
});
afterEach(() => rm(folder, { recursive: true }));

const write = (...tokens: object[]) => writeFile(path, JSON.stringify({ tokens }));

describe('a token file', () => {
  it('has tokens, and hashes of tokens', async () => {
    const sha256 = createHash('sha256').update('another-secret-token').digest('hex');
    await write({ name: 'ann', roles: ['read', 'write'], token: SECRET }, { name: 'etl', roles: ['executor'], sha256 });
    const file = await TokenFile.open(path);
    expect(await file.find(SECRET)).toMatchObject({ name: 'ann', roles: ['read', 'write'] });
    expect(await file.find('another-secret-token')).toMatchObject({ name: 'etl', roles: ['executor'] });
    for (const other of [sha256, `${SECRET}x`, SECRET.slice(1), '']) expect(await file.find(other)).toBeUndefined();
  });

  it('gives answers that expire within ten seconds', async () => {
    await write({ name: 'ann', roles: ['read'], token: SECRET });
    const found = await (await TokenFile.open(path)).find(SECRET);
    const left = (found?.expiresAtMs ?? 0) - Date.now();
    expect(left).toBeGreaterThan(5_000);
    expect(left).toBeLessThanOrEqual(10_000);
  });

  it('is read again when it changes, and not when it is broken', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      await write({ name: 'ann', roles: ['read'], token: SECRET });
      const file = await TokenFile.open(path);
      await write({ name: 'bob', roles: ['read'], token: `${SECRET}-of-bob` });
      expect(await file.find(SECRET)).toBeUndefined();
      expect(await file.find(`${SECRET}-of-bob`)).toMatchObject({ name: 'bob' });
      await writeFile(path, `broken ${SECRET}`);
      expect(await file.find(`${SECRET}-of-bob`)).toMatchObject({ name: 'bob' });
      expect(warn).toHaveBeenCalledTimes(1);
      expect(String(warn.mock.calls[0]?.[0])).not.toContain(SECRET);
      await rm(path);
      expect(await file.find(`${SECRET}-of-bob`)).toMatchObject({ name: 'bob' });
      await write({ name: 'eve', roles: ['read'], token: `${SECRET}-of-eve` });
      expect(await file.find(`${SECRET}-of-bob`)).toBeUndefined();
    } finally {
      warn.mockRestore();
    }
  });

  const good = { name: 'ann', roles: ['read'], token: SECRET };
  it.each<[what: string, entry: unknown, message: RegExp]>([
    ['no object', SECRET, /Entry 1 .* must be an object/u],
    ['no name', { ...good, name: '' }, /Entry 1 .*name/u],
    ['an unknown role', { ...good, roles: ['read', 'root'] }, /Entry 1 .*read, write, run-code, executor, admin/u],
    ['no role', { ...good, roles: [] }, /Entry 1 .*roles/u],
    ['a short token', { ...good, token: 'hunter2' }, /Entry 1 .*16/u],
    ['a token with a space', { ...good, token: 'correct horse battery' }, /Entry 1 .*spaces/u],
    ['no token', { name: 'ann', roles: ['read'] }, /Entry 1 .*either/u],
    ['token and hash', { ...good, sha256: 'a'.repeat(64) }, /Entry 1 .*either/u],
    ['a wrong hash', { name: 'ann', roles: ['read'], sha256: SECRET }, /Entry 1 .*64/u],
    ['an unknown property', { ...good, [SECRET]: 1 }, /Entry 1 .*unknown/u],
    ['the token of another entry', { ...good, name: 'bob' }, /Entry 1 .*same token/u],
  ])('refuses %s, without quoting it', (_, entry, message) => {
    const error = thrown(() => parseTokens(JSON.stringify({ tokens: [good, entry] }), 'tokens.json'));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) });
    for (const secret of [SECRET, 'hunter2', 'correct horse']) expect(error.message).not.toContain(secret);
  });

  it.each([`{ "tokens": ${SECRET} }`, '[]', 'null', '{ "tokens": {} }'])('refuses %s', (text) => {
    const error = thrown(() => parseTokens(text, 'tokens.json'));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).not.toContain(SECRET);
    expect(error.cause).toBeUndefined();
  });

  it('fails the start of a server if it is broken or missing', async () => {
    const scheduler = new BallistaScheduler({ port: 0, auth: { tokensFile: path } });
    expect((await rejected(scheduler.start())).code).toBe('IO');
    await write({ name: 'ann', roles: ['reader'], token: SECRET });
    const error = await rejected(scheduler.start());
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('Entry 0') });
    await write({ name: 'ann', roles: ['read'], token: SECRET });
    await scheduler.start();
    await scheduler.close();
  });
});
