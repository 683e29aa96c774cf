/** Clusters of processes whose connections use TLS, and who is refused. */

import { cpSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BallistaExecutor } from '../../src/cluster/executor.js';
import type { TlsOptions } from '../../src/config/credentials.js';
import { col } from '../../src/expr/expr.js';
import { BallistaSessionContext, type SessionOptions } from '../../src/session/ballista-session-context.js';
import { udf } from '../../src/udf/udf.js';
import { Certificates } from '../support/certs.js';
import { ServerProcess } from '../support/child.js';
import { closedAfterEach, connectTo } from '../support/closing.js';
import { freePorts } from '../support/ports.js';
import { Recorder } from '../support/recorder.js';
import { rejected } from '../support/rejected.js';

const STAGES = { clusterConfig: { 'cluster.whole_query': 'never' } } satisfies SessionOptions;

const closing = closedAfterEach();

const start = async (role: 'scheduler' | 'executor', options: object): Promise<ServerProcess> => {
  const server = await ServerProcess.member(role, options);
  closing.push(() => server.close());
  return server;
};

async function certificates(validSeconds?: number): Promise<Certificates> {
  const made = await Certificates.make(validSeconds);
  closing.push(() => made.remove());
  return made;
}

function connect(port: number, options: SessionOptions): BallistaSessionContext {
  return connectTo(closing, `df://127.0.0.1:${port}`, options);
}

/** Starts two executors. */
async function executors(schedulerPort: number, tls: TlsOptions): Promise<void> {
  const options = { schedulerPort, port: 0, grpcPort: 0, vcores: 2, udf: true, tls };
  await Promise.all([start('executor', options), start('executor', options)]);
}

const ROWS = 200_000;
const twice = udf({ name: 'twice', args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => x * 2n);

it('a cluster with mutual TLS runs queries with shuffles, in-memory tables, UDFs and large results', async () => {
  const files = await certificates();
  const scheduler = await start('scheduler', { port: 0, tls: files.server });
  await executors(scheduler.port, files.server);
  const ctx = connect(scheduler.port, { ...STAGES, tls: files.client });
  const ids = Array.from({ length: ROWS }, (_, i) => BigInt(i));
  const sent = await ctx.fromColumns({ id: ids, g: ids.map((id) => id % 100n) });
  await ctx.registerTable('t', sent);

  const sums = await (await ctx.sql('SELECT g, sum(id) AS s, count(*) AS n FROM t GROUP BY g ORDER BY g')).toArray();
  const sum = (g: number): bigint => BigInt(g) * 2_000n + 100n * ((1_999n * 2_000n) / 2n);
  expect(sums).toEqual(Array.from({ length: 100 }, (_, g) => ({ g: BigInt(g), s: sum(g), n: 2_000n })));

  const joined = await ctx.sql(`SELECT a.id, repeat(md5(cast(b.id AS varchar)), 3) AS text
    FROM t a JOIN t b ON a.id = b.id`);
  const rows = await joined.select(twice(col('id')).alias('id'), col('text')).toArray();
  expect(rows.length).toBe(ROWS);
  expect(new Set(rows.map((row) => row['id'])).size).toBe(ROWS);
  expect(rows.every((row) => (row['text'] as string).length === 96)).toBe(true);
}, 120_000);

describe('refused', () => {
  let files: Certificates;
  let scheduler: ServerProcess;
  let plain: ServerProcess;
  beforeAll(async () => {
    files = await Certificates.make();
    const listen = (options: object): Promise<ServerProcess> => ServerProcess.scheduler(options);
    [scheduler, plain] = await Promise.all([listen({ tls: files.server }), listen({})]);
  });
  afterAll(async () => {
    await Promise.all([scheduler.close(), plain.close()]);
    files.remove();
  });

  /** Certificates of the same authority that have expired. */
  async function expired(): Promise<Certificates> {
    const made = await certificates();
    cpSync(files.folder, made.folder, { recursive: true });
    await made.write(-60);
    return made;
  }

  const cases: [what: string, tls: () => Promise<TlsOptions | undefined>, reason: RegExp][] = [
    ['a plain connection', async () => undefined, /takes only TLS/],
    [
      'a client that trusts another authority',
      async () => ({ ...files.client, ca: (await certificates()).client.ca ?? '' }),
      /authority that this process trusts/,
    ],
    [
      'a client without a certificate',
      async () => ({ ca: files.client.ca ?? '' }),
      /takes only clients with a certificate/,
    ],
    [
      'an expired certificate of a client',
      async () => (await expired()).client,
      /refused the certificate of this process, which has expired/,
    ],
    [
      'a client of another authority',
      async () => ({ ...(await certificates()).client, ca: files.client.ca ?? '' }),
      /does not trust the authority/,
    ],
  ];
  it.each(cases)('%s', async (_, tls, reason) => {
    const options = await tls();
    const refusal = { code: 'CONNECTION', message: expect.stringMatching(reason) };
    expect(await rejected(connect(scheduler.port, options ? { tls: options } : {}).ready())).toMatchObject(refusal);
    // Executors always have a certificate for TLS.
    if (options && options.cert === undefined) return;
    const ports = { schedulerPort: scheduler.port, port: 0, grpcPort: 0 };
    const executor = new BallistaExecutor({ ...ports, vcores: 1, ...(options && { tls: options }) });
    expect(await rejected(executor.start())).toMatchObject(refusal);
  });

  it('TLS on a plain port', async () => {
    const error = await rejected(connect(plain.port, { tls: files.client }).ready());
    expect(error).toMatchObject({ code: 'CONNECTION', message: expect.stringMatching(/does not use TLS/) });
  });

  it('a server whose certificate has expired', async () => {
    const old = await expired();
    const server = await start('scheduler', { port: 0, tls: old.server });
    const error = await rejected(connect(server.port, { tls: files.client }).ready());
    expect(error).toMatchObject({ code: 'CONNECTION', message: expect.stringMatching(/certificate has expired/) });
  });

  it('a server whose certificate is for other names', async () => {
    const ctx = connectTo(closing, `df://127.0.0.2:${scheduler.port}`, { tls: files.client });
    const server = await Recorder.start('127.0.0.2', scheduler.port);
    closing.push(() => server.close());
    const error = await rejected(ctx.ready());
    expect(error).toMatchObject({
      code: 'CONNECTION',
      message: expect.stringMatching(/is for other names: .*localhost/),
    });
  });
});

it('certificates that are replaced while the cluster runs are used by new connections', async () => {
  const files = await certificates();
  const scheduler = await start('scheduler', { port: 0, tls: files.server });
  await executors(scheduler.port, files.server);
  const query = async (ctx: BallistaSessionContext): Promise<unknown> =>
    (await ctx.sql('SELECT count(*) AS n FROM (SELECT value % 10 FROM generate_series(1, 1000) GROUP BY 1)')).toArray();
  const before = connect(scheduler.port, { ...STAGES, tls: files.client });
  expect(await query(before)).toEqual([{ n: 10n }]);
  // Also another authority: clients of the old one are refused.
  const old = await certificates();
  cpSync(files.folder, old.folder, { recursive: true });
  const other = await certificates();
  cpSync(other.folder, files.folder, { recursive: true });
  await files.write();
  expect(await rejected(connect(scheduler.port, { tls: old.client }).ready())).toMatchObject({ code: 'CONNECTION' });
  expect(await query(connect(scheduler.port, { ...STAGES, tls: files.client }))).toEqual([{ n: 10n }]);
  expect(await query(before)).toEqual([{ n: 10n }]);
}, 60_000);

/** In 5-bit codes of HPACK, in which HTTP/2 sends headers: eight characters are five bytes. */
const TOKEN = 'toastice'.repeat(4);
const TOKEN_BYTES = (() => {
  const codes = '012aceiost';
  const bits = [...TOKEN].map((char) => codes.indexOf(char).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
})();

describe('on the network', () => {
  /** Runs a query on a cluster behind recorders, and returns what each kind of port carried. */
  async function record(files: Certificates | undefined): Promise<Record<'scheduler' | 'tasks' | 'results', Buffer>> {
    const [port = 0, ...ports] = await freePorts(5);
    const security = { token: TOKEN, ...(files && { tls: files.server }) };
    const hidden = (host: string, on: number): Promise<Recorder> => Recorder.start(host, on);
    await start('scheduler', { port, ...security });
    const scheduler = await hidden('127.0.0.2', port);
    const [results, tasks] = [await hidden('127.0.0.3', ports[0] ?? 0), await hidden('127.0.0.3', ports[1] ?? 0)];
    const [results2, tasks2] = [await hidden('127.0.0.4', ports[2] ?? 0), await hidden('127.0.0.4', ports[3] ?? 0)];
    const all = [scheduler, results, tasks, results2, tasks2];
    closing.push(async () => {
      for (const recorder of all) await recorder.close();
    });
    const executor = { schedulerHost: '127.0.0.2', schedulerPort: port, vcores: 1, ...security };
    await start('executor', { ...executor, externalHost: '127.0.0.3', port: ports[0], grpcPort: ports[1] });
    await start('executor', { ...executor, externalHost: '127.0.0.4', port: ports[2], grpcPort: ports[3] });
    await using ctx = new BallistaSessionContext(`df://127.0.0.2:${port}`, {
      clusterConfig: { 'cluster.whole_query': 'never', 'datafusion.execution.target_partitions': 4 },
      token: TOKEN,
      ...(files && { tls: files.client }),
    });
    const ids = Array.from({ length: 20_000 }, (_, i) => i);
    await ctx.registerTable('t', await ctx.fromColumns({ id: ids, text: ids.map((id) => `marked-data-${id % 1000}`) }));
    const counted = await ctx.sql(`SELECT text, count(*) AS n, max('marked-sql') AS m FROM t GROUP BY text`);
    expect((await counted.toArray()).length).toBe(1000);
    return {
      scheduler: scheduler.bytes,
      tasks: Buffer.concat([tasks.bytes, tasks2.bytes]),
      results: Buffer.concat([results.bytes, results2.bytes]),
    };
  }

  const EXPECTED = { scheduler: ['marked-data', 'marked-sql'], tasks: ['marked-sql'], results: ['marked-data'] };
  const hosts = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

  it('data, queries and tokens can be read without TLS', async () => {
    const carried = await record(undefined);
    for (const [kind, markers] of Object.entries(EXPECTED)) {
      const bytes = carried[kind as keyof typeof carried];
      expect([kind, ...markers.filter((marker) => !bytes.includes(marker))]).toEqual([kind]);
      expect([kind, bytes.includes(TOKEN_BYTES)]).toEqual([kind, true]);
    }
  }, 60_000);

  it('and not with TLS', async () => {
    const files = await certificates();
    await files.write(undefined, hosts);
    const carried = await record(files);
    for (const [kind, bytes] of Object.entries(carried)) {
      expect(bytes.length).toBeGreaterThan(1_000);
      for (const marker of ['marked-data', 'marked-sql', TOKEN_BYTES, TOKEN])
        expect([kind, bytes.includes(marker)]).toEqual([kind, false]);
    }
  }, 60_000);
});
