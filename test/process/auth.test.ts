/** Tokens, roles and owners, on a cluster of processes. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BallistaExecutor } from '../../src/cluster/executor.js';
import type { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { udf } from '../../src/udf/udf.js';
import { type Http2Request, http2 } from '../support/http2.js';
import { protobuf, readProtobuf } from '../support/protobuf.js';
import { type Secured, startSecured, TOKENS } from '../support/secured.js';
import { until } from '../support/until.js';

/** Stands for what a test has checked to exist. */
const NONE = { port: 0, grpcPort: 0, stage: 0, partition: 0, file: 0 };

const STAGES = { clusterConfig: { 'cluster.whole_query': 'never' } };
const SCHEDULER = '/ballista.protobuf.SchedulerGrpc/';
const FLIGHT = '/arrow.flight.protocol.FlightService/';

/** The codes of gRPC. */
const [OK, NOT_FOUND, FORBIDDEN, UNKNOWN_PATH, DATA_LOSS, UNAUTHORIZED] = [0, 5, 7, 12, 15, 16];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `ok`, or the code of the error. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
}

let cluster: Secured;
let folder: string;
beforeAll(async () => {
  cluster = await startSecured();
  folder = await mkdtemp(join(tmpdir(), 'ballista-test-'));
});
afterAll(async () => {
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
});

const twice = udf({ name: 'twice', args: ['Int64'], returns: 'Int64' }, (x) => (x ?? 0n) * 2n);

const ACTIONS = {
  query: async (ctx: BallistaSessionContext) =>
    (await ctx.sql('select count(*) from generate_series(1, 100)')).collect(),
  table: async (ctx: BallistaSessionContext) => (await ctx.fromRows([{ a: 1 }, { a: 2 }])).collect(),
  write: async (ctx: BallistaSessionContext) =>
    (await ctx.sql('select 1 as a')).writeParquet(join(folder, `${crypto.randomUUID()}.parquet`)),
  udf: async (ctx: BallistaSessionContext) => {
    ctx.registerUdf(twice);
    return (await ctx.sql('select twice(value) from generate_series(1, 3)')).collect();
  },
};

describe('a query', () => {
  it.each<[who: string, token: string | undefined, query: string, table: string, write: string, udf: string]>([
    ['reader', TOKENS.reader.token, 'ok', 'ok', 'FORBIDDEN', 'FORBIDDEN'],
    ['writer', TOKENS.writer.token, 'ok', 'ok', 'ok', 'FORBIDDEN'],
    ['coder', TOKENS.coder.token, 'ok', 'ok', 'FORBIDDEN', 'ok'],
    ['admin', TOKENS.admin.token, 'ok', 'ok', 'ok', 'ok'],
    ['a token without the role read', TOKENS.onlyWrite.token, ...repeat('FORBIDDEN')],
    ['member', TOKENS.member.token, ...repeat('FORBIDDEN')],
    ['a wrong token', 'token-of-nobody-1234', ...repeat('UNAUTHORIZED')],
    ['no token', undefined, ...repeat('UNAUTHORIZED')],
  ])('of %s', async (_, token, ...expected) => {
    for (const options of [{}, STAGES]) {
      const ctx = cluster.context(token, options);
      const outcomes: string[] = [];
      for (const act of Object.values(ACTIONS)) outcomes.push(await outcome(act(ctx)));
      expect(outcomes).toEqual(expected);
      await ctx.close();
    }
  });

  it('that is refused names the missing role', async () => {
    const ctx = cluster.context(TOKENS.reader.token);
    const copy = ctx.sql(`copy (select 1 as a) to '${join(folder, 'refused.csv')}' stored as csv`);
    await expect(copy).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringMatching(/"write".*"reader"/u),
    });
    expect(await readdir(folder)).not.toContain('refused.csv');
    await ctx.close();
  });

  it('with a physical plan, which nobody checks, needs admin', async () => {
    const message = protobuf({ 3: crypto.randomUUID(), 7: Buffer.alloc(0) });
    const ask = (token: string) => grpc({ path: `${SCHEDULER}ExecuteQuery`, token, message });
    expect(await ask(TOKENS.ann.token)).toBe(FORBIDDEN);
    expect(await ask(TOKENS.admin.token)).not.toBe(FORBIDDEN);
  });
});

it.each<[who: string, token: string | undefined, expected: string]>([
  ['reader', TOKENS.reader.token, 'ok'],
  ['admin', TOKENS.admin.token, 'ok'],
  ['a token without the role read', TOKENS.onlyWrite.token, 'FORBIDDEN'],
  ['a wrong token', 'token-of-nobody-1234', 'UNAUTHORIZED'],
  ['no token', undefined, 'UNAUTHORIZED'],
])('ready() checks the token: %s', async (_, token, expected) => {
  const ctx = cluster.context(token);
  expect(await outcome(ctx.ready())).toBe(expected);
  await ctx.close();
});

function repeat(code: string): [string, string, string, string] {
  return [code, code, code, code];
}

/** The gRPC status of a request, to the scheduler unless it says otherwise. */
async function grpc(request: Partial<Http2Request> & { path: string }): Promise<number | undefined> {
  const answer = await http2({ port: cluster.schedulerPort, message: Buffer.alloc(0), ...request });
  return answer.grpc;
}

async function get(path: string, token: string | undefined, port = cluster.schedulerPort): Promise<number> {
  return (await http2({ port, path, token })).status;
}

describe('a member of the cluster', () => {
  it.each([
    ['reader', TOKENS.reader.token, 'FORBIDDEN'],
    ['ann', TOKENS.ann.token, 'FORBIDDEN'],
    ['admin', TOKENS.admin.token, 'FORBIDDEN'],
    ['member', TOKENS.member.token, 'ok'],
    ['a wrong token', 'token-of-nobody-1234', 'UNAUTHORIZED'],
  ])('registers with the role executor only: %s', async (_, token, expected) => {
    const executor = new BallistaExecutor({
      schedulerPort: cluster.schedulerPort,
      port: 0,
      grpcPort: 0,
      vcores: 1,
      token,
    });
    expect(await outcome(executor.start())).toBe(expected);
    await executor.close();
  });

  it.each([
    ['reader', TOKENS.reader.token, FORBIDDEN],
    ['admin', TOKENS.admin.token, FORBIDDEN],
    ['member', TOKENS.member.token, OK],
    ['no token', undefined, UNAUTHORIZED],
  ])('sends tasks to executors with the role executor only: %s', async (_, token, expected) => {
    const port = cluster.executors[0]?.grpcPort ?? 0;
    expect(await grpc({ port, path: '/ballista.protobuf.ExecutorGrpc/LaunchMultiTask', token })).toBe(expected);
  });

  it('sends lines of UDFs with the role executor only', async () => {
    const message = protobuf({ 1: 'ballista-log', 2: 'session\nline' });
    const path = `${FLIGHT}DoAction`;
    expect(await grpc({ path, token: TOKENS.ann.token, message })).toBe(FORBIDDEN);
    expect(await grpc({ path, token: TOKENS.member.token, message })).toBe(OK);
  });
});

describe('a token', () => {
  it('ends when it is removed from the file', async () => {
    const entry = { name: 'guest', roles: ['read'], token: 'token-of-guest-12345' };
    await cluster.setTokens([...Object.values(TOKENS), entry]);
    const ctx = cluster.context(entry.token);
    await until('the new token is accepted', async () => (await outcome(ACTIONS.query(ctx))) === 'ok');
    await cluster.setTokens(Object.values(TOKENS));
    await until('the removed token is refused', async () => {
      const now = await outcome(ACTIONS.query(ctx));
      expect(['ok', 'UNAUTHORIZED']).toContain(now);
      return now === 'UNAUTHORIZED';
    });
    await ctx.close();
  });

  it('is not needed for probes', async () => {
    expect(await get('/healthz', undefined)).toBe(200);
    expect(await get('/readyz', undefined)).toBe(200);
  });
});

describe('what ann owns', () => {
  let ann: BallistaSessionContext;
  let job: string;
  const files: { port: number; url: string; stage: number; partition: number; file: number }[] = [];
  let rest: () => Promise<number>;

  beforeAll(async () => {
    ann = cluster.context(TOKENS.ann.token, STAGES);
    const rows = 2_000_000;
    const stream = (
      await ann.sql(`select value % 7 as v, count(*) as n, value from generate_series(1, ${rows}) group by value`)
    ).stream();
    const first = await stream.next();
    job = stream.jobId ?? '';
    rest = async () => {
      let count = first.value?.numRows ?? 0;
      for await (const batch of stream) count += batch.numRows;
      return count;
    };
    for (const { port, workDir } of cluster.executors) {
      for (const path of await readdir(workDir, { recursive: true })) {
        const found = new RegExp(`jobs/${job}/(\\d+)/(\\d+)/data-(\\d+)\\.arrow$`, 'u').exec(path);
        if (!found) continue;
        const [stage, partition, file] = found.slice(1).map(Number) as [number, number, number];
        files.push({ port, url: `/partitions/${job}/${stage}/${partition}/${file}`, stage, partition, file });
      }
    }
    expect(files.length).toBeGreaterThan(0);
  });
  afterAll(() => ann.close());

  const OTHERS = [TOKENS.bob.token, TOKENS.reader.token];

  it.each(['GetJobStatus', 'GetJobMetrics', 'CancelJob', 'CleanJobData'])(
    '%s: others do not know the job',
    async (method) => {
      const path = SCHEDULER + method;
      for (const token of OTHERS) expect(await grpc({ path, token, message: protobuf({ 1: job }) })).toBe(NOT_FOUND);
      const unknown = protobuf({ 1: crypto.randomUUID() });
      expect(await grpc({ path, token: TOKENS.bob.token, message: unknown })).toBe(NOT_FOUND);
    },
  );

  it('ann and an admin get the status', async () => {
    for (const token of [TOKENS.ann.token, TOKENS.admin.token])
      expect(await grpc({ path: `${SCHEDULER}GetJobStatus`, token, message: protobuf({ 1: job }) })).toBe(OK);
  });

  it('events', async () => {
    for (const token of OTHERS) expect(await get(`/jobs/${job}/event`, token)).toBe(404);
    expect(await get(`/jobs/${job}/event`, TOKENS.ann.token)).toBe(200);
  });

  it.each([
    ['RemoveSession', 1],
    ['CreateUpdateSession', 2],
  ])('%s of the session', async (method, field) => {
    const message = protobuf({ [field]: ann.sessionId });
    for (const token of OTHERS) expect(await grpc({ path: SCHEDULER + method, token, message })).toBe(FORBIDDEN);
  });

  it.each(['ExecuteQuery', 'ExecuteQueryPush'])('%s in the session', async (method) => {
    const message = protobuf({ 1: Buffer.alloc(0), 3: ann.sessionId });
    for (const token of OTHERS) expect(await grpc({ path: SCHEDULER + method, token, message })).toBe(FORBIDDEN);
  });

  it('the lease and the console output of the session', async () => {
    const ticket = protobuf({ 1: `ballista-log:${ann.sessionId}` });
    for (const token of OTHERS) {
      expect(await get(`/sessions/${ann.sessionId}/presence`, token)).toBe(403);
      expect(await grpc({ path: `${FLIGHT}DoGet`, token, message: ticket })).toBe(FORBIDDEN);
    }
  });

  it('files of partitions', async () => {
    for (const { port, url } of files.slice(0, 4)) {
      for (const token of OTHERS) expect(await get(url, token, port)).toBe(404);
      expect(await get(url, undefined, port)).toBe(401);
      expect(await get(url, TOKENS.onlyWrite.token, port)).toBe(403);
      for (const token of [TOKENS.ann.token, TOKENS.member.token]) expect(await get(url, token, port)).toBe(200);
    }
  });

  it('files of partitions by Flight', async () => {
    const { port, stage, partition, file } = files[0] ?? NONE;
    const fetch = protobuf({ 1: job, 2: stage, 3: partition, 5: '127.0.0.1', 6: port, 7: file });
    const action = protobuf({ 3: fetch });
    const get = (token: string) => grpc({ port, path: `${FLIGHT}DoGet`, token, message: protobuf({ 1: action }) });
    const act = (token: string) =>
      grpc({ port, path: `${FLIGHT}DoAction`, token, message: protobuf({ 1: 'IO_BLOCK_TRANSPORT', 2: action }) });
    for (const token of OTHERS) {
      expect(await get(token)).toBe(NOT_FOUND);
      expect(await act(token)).toBe(NOT_FOUND);
    }
    expect(await get(TOKENS.member.token)).toBe(OK);
    expect(await act(TOKENS.ann.token)).toBe(OK);
  });

  it('ids of jobs that name other folders', async () => {
    const { port } = files[0] ?? NONE;
    for (const id of ['..', '../..', '/etc', '', 'a/../..', '.']) {
      const action = protobuf({ 3: protobuf({ 1: id, 2: 1, 3: 0, 7: 0 }) });
      const message = protobuf({ 1: action });
      expect(await grpc({ port, path: `${FLIGHT}DoGet`, token: TOKENS.member.token, message })).toBe(NOT_FOUND);
    }
  });

  it('in-memory tables and code', async () => {
    // Ids have the hash of the content, and those of tables a random part, too.
    const hash = (text: string) => sha256(sha256(text));
    const id = `${crypto.randomUUID().replaceAll('-', '')}-${hash('rows of ann')}`;
    const upload = (token: string, kind: string, text: string, name = id) => {
      const header = JSON.stringify({ id: name, kind, files: [text.length] });
      const message = [protobuf({ 3: header }), protobuf({ 1000: text })];
      return grpc({ path: `${FLIGHT}DoPut`, token, message });
    };
    const act = async (token: string, kind: string, name = id) => {
      const message = protobuf({ 1: kind, 2: name });
      const { body } = await http2({ port: cluster.schedulerPort, path: `${FLIGHT}DoAction`, token, message });
      return body.at(-1);
    };
    const read = (token: string, name = id) => grpc({ path: `${FLIGHT}DoGet`, token, message: protobuf({ 1: name }) });
    const [mine, others] = [TOKENS.ann.token, TOKENS.bob.token];
    expect(await upload(mine, 'table', 'rows of ann')).toBe(OK);
    expect(await act(mine, 'ballista-blob.has')).toBe(1);
    expect(await act(others, 'ballista-blob.has')).toBe(0);
    expect(await read(others)).toBe(NOT_FOUND);
    expect(await upload(others, 'table', 'rows of bob')).toBe(DATA_LOSS);
    expect(await upload(others, 'code', 'rows of bob')).toBe(DATA_LOSS);
    await act(others, 'ballista-blob.drop');
    expect(await read(mine)).toBe(OK);
    expect(await read(TOKENS.member.token)).toBe(OK);
    // A plan can name any table.
    const location = `ballista-table://${id}/${id}/`;
    const select = async (token: string) => {
      const ctx = cluster.context(token);
      await ctx.sql(`create external table x (a bigint) stored as arrow location '${location}'`);
      const result = await outcome((await ctx.sql('select * from x')).collect());
      await ctx.close();
      return result;
    };
    expect(await select(others)).toBe('FORBIDDEN');
    // The table is hers, but its bytes are not Arrow data.
    expect(await select(mine)).toBe('JOB_FAILED');
    const code = hash('x => x');
    expect(await upload(TOKENS.writer.token, 'code', 'x => x', code)).toBe(FORBIDDEN);
    expect(await upload(mine, 'code', 'x => x', code)).toBe(OK);
    expect(await read(others, code)).toBe(NOT_FOUND);
    expect(await upload(others, 'code', 'y => y', code)).toBe(DATA_LOSS);
    // The same code, so both own it.
    expect(await upload(others, 'code', 'x => x', code)).toBe(OK);
    expect([await read(others, code), await read(mine, code)]).toEqual([OK, OK]);
  });

  it('rows of whole queries', async () => {
    const ctx = cluster.context(TOKENS.ann.token, { clusterConfig: { 'cluster.whole_query': 'always' } });
    const rows = 8_000_000;
    const stream = (await ctx.sql(`select value from generate_series(1, ${rows})`)).stream();
    const first = await stream.next();
    const answer = await http2({
      port: cluster.schedulerPort,
      path: `/jobs/${stream.jobId}/event`,
      token: TOKENS.ann.token,
    });
    const whole = readProtobuf(readProtobuf(answer.body).get(1) as Buffer);
    const [port, task] = [Number(whole.get(2)), Number(whole.get(3) ?? 0)];
    const url = `/results/${ctx.sessionId}/${stream.jobId}`;
    for (const token of OTHERS) {
      expect(await get(`${url}?task=${task}`, token, port)).toBe(404);
      expect(await get(`${url}/metrics?task=${task}`, token, port)).toBe(404);
      await http2({ port, path: url, method: 'DELETE', token });
    }
    expect(await get(`${url}/metrics?task=${task}`, TOKENS.admin.token, port)).toBe(200);
    let count = first.value?.numRows ?? 0;
    for await (const batch of stream) count += batch.numRows;
    expect(count).toBe(rows);
    await ctx.close();
  });

  it('is complete after all that', async () => {
    const bob = cluster.context(TOKENS.bob.token);
    expect(await bob.cancelJob(job)).toBe(false);
    await bob.close();
    expect(await rest()).toBe(2_000_000);
  });
});

describe('JSON Web Tokens', () => {
  const [issuer, audience] = ['https://issuer.example', 'ballista'];
  let server: Server;
  let own: Secured;
  let keys: object[] = [];

  const key = async (kid: string) => {
    const pair = await generateKeyPair('ES256');
    return { kid, ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' } };
  };
  type Key = Awaited<ReturnType<typeof key>>;
  const sign = ({ kid, privateKey }: Key, claims: object = {}, expires = '5m') =>
    new SignJWT({ sub: 'jane', roles: ['read'], jti: crypto.randomUUID(), iss: issuer, aud: audience, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(privateKey);

  let first: Key;
  let second: Key;
  beforeAll(async () => {
    [first, second] = [await key('first'), await key('second')];
    keys = [first.jwk];
    server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    own = await startSecured({ executors: 1, jwks: { url: `http://127.0.0.1:${port}/keys`, issuer, audience } });
  });
  afterAll(async () => {
    await own.close();
    server.close();
  });

  const run = async (token: string, action: keyof typeof ACTIONS = 'query') => {
    const ctx = own.context(token);
    const result = await outcome(ACTIONS[action](ctx));
    await ctx.close();
    return result;
  };

  it('are accepted with their roles', async () => {
    expect(await run(await sign(first))).toBe('ok');
    expect(await run(await sign(first), 'write')).toBe('FORBIDDEN');
    expect(await run(await sign(first, { roles: 'read write' }), 'write')).toBe('ok');
    expect(await run(await sign(first, { roles: undefined }))).toBe('FORBIDDEN');
    expect(await run(TOKENS.reader.token)).toBe('ok');
  });

  it('are refused if they are wrong', async () => {
    const forged = { ...second, kid: 'first' };
    expect(await run(await sign(first, {}, '-1m'))).toBe('UNAUTHORIZED');
    expect(await run(await sign(first, { aud: 'other' }))).toBe('UNAUTHORIZED');
    expect(await run(await sign(first, { iss: 'https://other.example' }))).toBe('UNAUTHORIZED');
    expect(await run(await sign(first, { sub: undefined }))).toBe('UNAUTHORIZED');
    expect(await run(await sign(forged))).toBe('UNAUTHORIZED');
    const [, body] = (await sign(first)).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await run(`${none}.${body}.`)).toBe('UNAUTHORIZED');
    const secret = Buffer.from(JSON.stringify(first.jwk));
    const symmetric = new SignJWT({ sub: 'jane', roles: ['admin'], iss: issuer, aud: audience });
    const token = await symmetric
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .setExpirationTime('5m')
      .sign(secret);
    expect(await run(token)).toBe('UNAUTHORIZED');
  });

  it('expire', async () => {
    const token = await sign(first, {}, '1s');
    expect(await run(token)).toBe('ok');
    await until('the token has expired', async () => (await run(token)) === 'UNAUTHORIZED');
  });

  it('follow the keys of the issuer', async () => {
    keys = [second.jwk];
    await until('the new key is known', async () => (await run(await sign(second))) === 'ok');
    expect(await run(await sign(first))).toBe('UNAUTHORIZED');
  });
});

/** The paths of a gRPC service, from the generated code of the engine. */
function rpcs(crate: string, file: string, service: string): string[] {
  const registry = join(process.env['CARGO_HOME'] ?? join(homedir(), '.cargo'), 'registry', 'src');
  const folders = readdirSync(registry).flatMap((index) =>
    readdirSync(join(registry, index))
      .filter((name) => name.startsWith(crate))
      .map((name) => join(registry, index, name)),
  );
  const code = folders.map((folder) => readFileSync(join(folder, file), 'utf8')).join('\n');
  return [...new Set(code.match(new RegExp(`/${service.replaceAll('.', '\\.')}/\\w+`, 'gu')))];
}

/** The paths of plain HTTP routes in the sources, with a value for each parameter. */
function routes(): string[] {
  const sources = readdirSync('native/src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.rs'),
  );
  const code = sources.map((file) => readFileSync(join('native/src', file), 'utf8')).join('\n');
  const found = [...code.matchAll(/"(\/[a-z]+\/\{\w+\}[^"?]*)"/gu)].map(([, path]) => path ?? '');
  return [...new Set(found)].map((path) => path.replaceAll(/\{\w+\}/gu, '1'));
}

describe('paths', () => {
  it('all need a role', async () => {
    const token = TOKENS.onlyWrite.token;
    const [scheduler, executor] = [cluster.schedulerPort, cluster.executors[0] ?? NONE];
    const services: [number, string[]][] = [
      [scheduler, rpcs('ballista-core-55', 'src/serde/generated/ballista.rs', 'ballista.protobuf.SchedulerGrpc')],
      [
        executor.grpcPort,
        rpcs('ballista-core-55', 'src/serde/generated/ballista.rs', 'ballista.protobuf.ExecutorGrpc'),
      ],
      [scheduler, rpcs('arrow-flight-59', 'src/arrow.flight.protocol.rs', 'arrow.flight.protocol.FlightService')],
      [executor.port, rpcs('arrow-flight-59', 'src/arrow.flight.protocol.rs', 'arrow.flight.protocol.FlightService')],
    ];
    expect(services.map(([, paths]) => paths.length >= 5)).toEqual([true, true, true, true]);
    for (const [port, paths] of services) {
      for (const path of paths) {
        expect([path, await grpc({ port, path, token })]).toEqual([path, FORBIDDEN]);
        expect([path, await grpc({ port, path })]).toEqual([path, UNAUTHORIZED]);
      }
    }
    const plain = routes();
    expect(plain.length).toBeGreaterThanOrEqual(6);
    for (const path of plain) {
      for (const port of [scheduler, executor.port, executor.grpcPort])
        expect([path, await get(path, token, port)]).toEqual([path, 403]);
    }
  });

  it('that no server has are refused', async () => {
    for (const port of [
      cluster.schedulerPort,
      (cluster.executors[0] ?? NONE).port,
      (cluster.executors[0] ?? NONE).grpcPort,
    ]) {
      for (const path of ['/', '/api/jobs', '/metrics', '/healthz2/x', '/ballista.protobuf.Other/Call']) {
        expect([403, 404]).toContain(await get(path, TOKENS.admin.token, port));
        expect([OK]).not.toContain(await grpc({ port, path, token: TOKENS.admin.token }));
      }
    }
    expect(await grpc({ path: '/ballista.protobuf.Other/Call', token: TOKENS.admin.token })).toBe(UNKNOWN_PATH);
  });
});
