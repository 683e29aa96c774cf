import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { JsonWebTokens } from '../../../src/cluster/authentication/json-web-tokens.js';
import { rejected } from '../../support/rejected.js';

const OPTIONS = { issuer: 'https://issuer.example', audience: 'ballista', rolesClaim: 'roles' };

let folder: string;
let file: string;
let pair: GenerateKeyPairResult;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballista-test-'));
  file = join(folder, 'keys.json');
  pair = await generateKeyPair('RS256');
  await writeFile(file, await keySet(pair));
});
afterAll(() => rm(folder, { recursive: true }));

async function keySet({ publicKey }: GenerateKeyPairResult): Promise<string> {
  return JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256', kid: 'one' }] });
}

const sign = (claims: object, expires: string | number = '1h', key = pair) =>
  new SignJWT({ iss: OPTIONS.issuer, aud: OPTIONS.audience, sub: 'jane', ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setExpirationTime(expires)
    .sign(key.privateKey);

it.each<[unknown, string[]]>([
  [
    ['read', 'write'],
    ['read', 'write'],
  ],
  ['read run-code', ['read', 'run-code']],
  [['read', 'root', 7, null], ['read']],
  [undefined, []],
  [{ read: true }, []],
])('takes the roles %j', async (roles, expected) => {
  const tokens = await JsonWebTokens.open({ ...OPTIONS, url: { file } });
  expect(await tokens.find(await sign({ roles }))).toMatchObject({ name: 'jane', roles: expected });
});

it('takes the roles from another claim', async () => {
  const tokens = await JsonWebTokens.open({ ...OPTIONS, rolesClaim: 'https://example.org/scope', url: { file } });
  const token = await sign({ roles: 'admin', 'https://example.org/scope': 'read' });
  expect(await tokens.find(token)).toMatchObject({ roles: ['read'] });
});

it('expires with the token, and after five minutes at most', async () => {
  const tokens = await JsonWebTokens.open({ ...OPTIONS, url: { file } });
  const soon = Math.floor(Date.now() / 1000) + 20;
  expect((await tokens.find(await sign({}, soon)))?.expiresAtMs).toBe((soon + 5) * 1000);
  const late = (await tokens.find(await sign({}, '1d')))?.expiresAtMs ?? 0;
  expect(late - Date.now()).toBeLessThanOrEqual(300_000);
});

it('refuses what is not a token', async () => {
  const tokens = await JsonWebTokens.open({ ...OPTIONS, url: { file } });
  for (const text of ['', 'x', 'a.b.c', '..', 'token-of-reader-1234']) expect(await tokens.find(text)).toBeUndefined();
});

it('reads the file with the keys again', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const tokens = await JsonWebTokens.open({ ...OPTIONS, url: { file } });
  const next = await generateKeyPair('RS256');
  const token = await sign({}, '1h', next);
  expect(await tokens.find(token)).toBeUndefined();
  await writeFile(file, 'broken');
  expect(await tokens.find(await sign({}))).toMatchObject({ name: 'jane' });
  expect(warn).toHaveBeenCalled();
  await writeFile(file, await keySet(next));
  expect(await tokens.find(token)).toMatchObject({ name: 'jane' });
  await writeFile(file, await keySet(pair));
  warn.mockRestore();
});

it('fetches the keys again after five minutes', async () => {
  let keys = await keySet(pair);
  const server = createServer((_, response) => response.end(keys)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const tokens = await JsonWebTokens.open({ ...OPTIONS, url: `http://127.0.0.1:${port}` });
  const token = await sign({});
  expect(await tokens.find(token)).toMatchObject({ name: 'jane' });
  keys = '{ "keys": [] }';
  const begin = Date.now();
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    vi.setSystemTime(begin + 290_000);
    expect(await tokens.find(token)).toMatchObject({ name: 'jane' });
    vi.setSystemTime(begin + 310_000);
    expect(await tokens.find(token)).toBeUndefined();
  } finally {
    vi.useRealTimers();
    server.close();
    server.closeAllConnections();
  }
});

it('refuses a broken file', async () => {
  const broken = join(folder, 'broken.json');
  await writeFile(broken, '{ "keys": 5 }');
  expect((await rejected(JsonWebTokens.open({ ...OPTIONS, url: { file: broken } }))).code).toBe('INVALID_ARGUMENT');
});

it('tells a wrong token from keys that cannot be fetched', async () => {
  const server = createServer((_, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const token = await sign({});
  const tokens = await JsonWebTokens.open({ ...OPTIONS, url: `http://127.0.0.1:${port}` });
  await expect(tokens.find(token)).rejects.toThrow();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  await expect(tokens.find(token)).rejects.toThrow();
});
