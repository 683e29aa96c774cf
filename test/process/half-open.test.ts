/** Connections of peers that are slow, or send nothing more. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { BallistaExecutor, BallistaSessionContext } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Certificates } from '../support/certs.js';
import { ServerProcess } from '../support/child.js';
import { rejected } from '../support/rejected.js';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** The first bytes of a HEADERS frame of 64 bytes, which does not end the headers. */
const HEADERS = Buffer.from([0, 0, 64, 1, 0, 0, 0, 0, 1, 0x82]);
/** The first bytes of a ClientHello. */
const CLIENT_HELLO = Buffer.from([22, 3, 1, 2, 0, 1]);

/** The limit of the server is 10 s. The keep-alive pings after 5 s, and waits 5 s. */
const LIMIT_MS = 10_000;
const SLACK_MS = 3_000;

const certificates = await Certificates.make();
let plain: ServerProcess;
let secure: ServerProcess;
let executor: BallistaExecutor;

beforeAll(async () => {
  [plain, secure] = await Promise.all([
    ServerProcess.scheduler(),
    ServerProcess.scheduler({ tls: certificates.server }),
  ]);
  executor = new BallistaExecutor({ schedulerPort: plain.port, port: 0, grpcPort: 0, vcores: 1 });
  await executor.start();
});
afterAll(async () => {
  await executor.close();
  await Promise.all([plain.close(), secure.close()]);
  certificates.remove();
});

type Open = (port: number) => Socket;

const tcp: Open = (port) => createConnection(port, '127.0.0.1');

const tls: Open = (port) => {
  const { ca = '', cert = '', key = '' } = certificates.client;
  const [caText, certText, keyText] = [ca, cert, key].map((file) => readFileSync(file));
  return connectTls({
    port,
    host: '127.0.0.1',
    ca: caText,
    cert: certText,
    key: keyText,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
};

/** Opens a connection, sends bytes, and returns after how many milliseconds the server closed it. */
async function lifetime(open: Open, port: number, bytes: string | Buffer): Promise<number> {
  const socket = open(port);
  const begin = performance.now();
  socket.on('error', () => undefined).resume();
  socket.write(bytes);
  await once(socket, 'close');
  return performance.now() - begin;
}

const PROBE = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n';

describe.concurrent('a connection ends', () => {
  const cases: [what: string, open: Open, port: () => number, bytes: string | Buffer][] = [
    ['without a byte', tcp, () => plain.port, ''],
    ['without a byte, on an executor', tcp, () => executor.port, ''],
    ['without a byte, on a port for TLS', tcp, () => secure.port, ''],
    ['in the middle of a TLS handshake', tcp, () => secure.port, CLIENT_HELLO],
    ['after the TLS handshake', tls, () => secure.port, ''],
    ['with a part of the preface of HTTP/2', tcp, () => plain.port, PREFACE.slice(0, 10)],
    ['with a part of the preface of HTTP/2, by TLS', tls, () => secure.port, PREFACE.slice(0, 10)],
    ['with the preface of HTTP/2', tcp, () => plain.port, PREFACE],
    ['without answers to pings', tcp, () => plain.port, Buffer.concat([Buffer.from(PREFACE), SETTINGS])],
    ['without answers to pings, by TLS', tls, () => secure.port, Buffer.concat([Buffer.from(PREFACE), SETTINGS])],
    ['with unfinished headers', tcp, () => plain.port, Buffer.concat([Buffer.from(PREFACE), SETTINGS, HEADERS])],
    ['with an unfinished request by HTTP/1.1', tcp, () => plain.port, PROBE.slice(0, -2)],
    ['after an answer by HTTP/1.1', tcp, () => plain.port, PROBE],
    ['after an answer by HTTP/1.1, by TLS', tls, () => secure.port, PROBE],
  ];
  it.each(cases)(
    '%s',
    async (_, open, port, bytes) => {
      const lived = await lifetime(open, port(), bytes);
      expect(lived).toBeGreaterThan(LIMIT_MS / 2 - 1000);
      expect(lived).toBeLessThan(LIMIT_MS + SLACK_MS);
    },
    30_000,
  );

  it('a request whose body does not arrive fails', async () => {
    const session = connectHttp2(`http://127.0.0.1:${plain.port}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/ballista.protobuf.SchedulerGrpc/CancelJob',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const begin = performance.now();
    stream.on('error', () => undefined).resume();
    stream.write(Buffer.alloc(3));
    const [headers] = await once(stream, 'response');
    // UNKNOWN is tonic's answer to a body that cannot be read.
    expect(headers['grpc-status']).toBe('2');
    expect(performance.now() - begin).toBeGreaterThan(25_000);
    expect(performance.now() - begin).toBeLessThan(30_000 + SLACK_MS);
    session.destroy();
  }, 60_000);
});

it('200 such connections do not delay others', async () => {
  const sockets = [PREFACE.slice(0, 3), '', CLIENT_HELLO, PROBE.slice(0, -2)].flatMap((bytes) =>
    [plain.port, secure.port].flatMap((port) =>
      Array.from({ length: 25 }, () => {
        const socket = tcp(port).on('error', () => undefined);
        socket.write(bytes);
        return socket;
      }),
    ),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const begin = performance.now();
  await using ctx = new BallistaSessionContext(`df://127.0.0.1:${secure.port}`, { tls: certificates.client });
  await ctx.ready();
  await using other = new BallistaSessionContext(`df://127.0.0.1:${plain.port}`);
  expect(await (await other.sql('select 1 as a')).toArray()).toEqual([{ a: 1n }]);
  expect(performance.now() - begin).toBeLessThan(2_000);
  for (const socket of sockets) socket.destroy();
}, 30_000);

describe.concurrent('a port that accepts connections and is silent', () => {
  const sockets: Socket[] = [];
  let silent: Server;
  let port: number;
  beforeAll(async () => {
    silent = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    port = (silent.address() as { port: number }).port;
  });
  afterAll(() => {
    silent.close();
    for (const socket of sockets) socket.destroy();
  });

  const attempts: [what: string, attempt: () => Promise<unknown>][] = [
    ['executor', () => new BallistaExecutor({ schedulerPort: port, port: 0, grpcPort: 0, vcores: 1 }).start()],
    [
      'executor with TLS',
      () =>
        new BallistaExecutor({
          schedulerPort: port,
          port: 0,
          grpcPort: 0,
          vcores: 1,
          tls: certificates.server,
        }).start(),
    ],
    ['ready()', () => new BallistaSessionContext(`df://127.0.0.1:${port}`).ready()],
    ['first query', async () => (await new BallistaSessionContext(`df://127.0.0.1:${port}`).sql('select 1')).collect()],
  ];
  it.each(attempts)(
    'fails the %s within 15 s',
    async (_, attempt) => {
      const begin = performance.now();
      const error = await rejected(attempt());
      expect(error.code).toBe('CONNECTION');
      expect(error.message).toContain('does not answer');
      expect(performance.now() - begin).toBeLessThan(15_000);
    },
    60_000,
  );
});
