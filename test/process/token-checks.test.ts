/** Tokens that are known go on working while others cannot be checked. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { http2 } from '../support/http2.js';
import { protobuf } from '../support/protobuf.js';
import { type Secured, startSecured, TOKENS } from '../support/secured.js';

const [NOT_FOUND, UNAVAILABLE, UNAUTHORIZED] = [5, 14, 16];
const [issuer, audience] = ['https://issuer.example', 'ballista'];

/** Answers of the token file are valid for so long. */
const VALID_MS = 10_000;

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

let server: Server;
let cluster: Secured;
let hangs = false;
let requests = 0;

async function sign(kid: string, key: Pair['privateKey']): Promise<string> {
  const token = new SignJWT({ sub: 'jane', roles: ['read'], jti: crypto.randomUUID(), iss: issuer, aud: audience });
  return token.setProtectedHeader({ alg: 'ES256', kid }).setExpirationTime('5m').sign(key);
}

/** The status of a request for an unknown job. */
async function ask(token: string): Promise<number | undefined> {
  const path = '/ballista.protobuf.SchedulerGrpc/GetJobStatus';
  const message = protobuf({ 1: crypto.randomUUID() });
  return (await http2({ port: cluster.schedulerPort, path, token, message })).grpc;
}

let pair: Pair;
beforeAll(async () => {
  pair = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'known', alg: 'ES256', use: 'sig' };
  server = createServer((_, response) => {
    requests++;
    if (!hangs) response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  cluster = await startSecured({ executors: 0, jwks: { url: `http://127.0.0.1:${port}/keys`, issuer, audience } });
});
afterAll(async () => {
  await cluster.close();
  server.closeAllConnections();
  server.close();
});

describe('while the issuer does not answer', () => {
  it('a known token does not wait behind unknown ones', { timeout: 60_000 }, async () => {
    expect(await ask(TOKENS.reader.token)).toBe(NOT_FOUND);
    expect(await ask(await sign('known', pair.privateKey))).toBe(NOT_FOUND);
    // The keys are fetched again after five seconds.
    await setTimeout(6000);
    hangs = true;
    const before = requests;
    let flooding = true;
    const refusals: Promise<number | undefined>[] = [];
    const flood = (async () => {
      for (let i = 0; flooding; i++) {
        refusals.push(ask(await sign(`unknown-${i}`, pair.privateKey)));
        await setTimeout(40);
      }
    })();
    // By then, the answer for the known token has expired, and others wait for each turn.
    await setTimeout(VALID_MS);
    for (let i = 0; i < 5; i++) {
      const begin = performance.now();
      expect(await ask(TOKENS.reader.token)).toBe(NOT_FOUND);
      expect(performance.now() - begin).toBeLessThan(3000);
      await setTimeout(500);
    }
    flooding = false;
    await flood;
    const outcomes = await Promise.all(refusals);
    expect(requests).toBeGreaterThan(before);
    expect(outcomes).toContain(UNAVAILABLE);
    expect(outcomes.filter((outcome) => outcome !== UNAVAILABLE && outcome !== UNAUTHORIZED)).toEqual([]);
    // The failure is remembered for a moment.
    const token = await sign('unknown', pair.privateKey);
    expect(await ask(token)).toBe(UNAVAILABLE);
    const begin = performance.now();
    expect(await ask(token)).toBe(UNAVAILABLE);
    expect(performance.now() - begin).toBeLessThan(2000);
    hangs = false;
  });
});
