/**
 * Attacks on every port of a secured cluster: each must be refused. `npm run attacks` prints the answers as a table.
 */

import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { TlsOptions } from '../../src/config/credentials.js';
import type { RecordBatchStream } from '../../src/dataframe/stream/record-batch-stream.js';
import type { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { Certificates } from '../support/certs.js';
import { type Http2Request, http2, SERVER_CLOSED } from '../support/http2.js';
import { protobuf } from '../support/protobuf.js';
import { type Secured, startSecured, TOKENS } from '../support/secured.js';

/** A port that is silent for longer than this after a connection has begun holds it open too long. */
const HALF_OPEN_MS = 15_000;
const PORTS = ['scheduler', 'executor, results', 'executor, tasks'] as const;
type Port = (typeof PORTS)[number];

const [ours, foreign] = [await Certificates.make(), await Certificates.make()];
let expired: ReturnType<typeof keys>;
let cluster: Secured;
let ann: BallistaSessionContext;
let job: string;
let file: string;
/** Kept, and too large to be read ahead, because the files of a job go with its stream. */
let stream: RecordBatchStream;
const answers = new Map<string, Map<Port, string>>();

beforeAll(async () => {
  await ours.write(-3600);
  expired = keys(ours.client);
  await ours.write();
  cluster = await startSecured({ executors: 1, tls: { server: ours.server, client: ours.client } });
  ann = cluster.context(TOKENS.ann.token, { clusterConfig: { 'cluster.whole_query': 'never' } });
  stream = (await ann.sql('select value, count(*) from generate_series(1, 2000000) group by value')).stream();
  await stream.next();
  job = stream.jobId ?? '';
  const files = readdirSync(cluster.executors[0]?.workDir ?? '', { recursive: true, encoding: 'utf8' });
  const found = files.map((path) => new RegExp(`jobs/${job}/(\\d+)/(\\d+)/data-(\\d+)\\.arrow$`, 'u').exec(path));
  const parts = found.find((match) => match !== null)?.slice(1) ?? [];
  expect(parts).toHaveLength(3);
  file = `/partitions/${job}/${parts.join('/')}`;
});

afterAll(async () => {
  await stream.cancel();
  await cluster.close();
  for (const certificates of [ours, foreign]) certificates.remove();
  const table = process.env['BALLISTA_ATTACKS'];
  if (table === undefined) return;
  for (const [attack, cells] of answers)
    appendFileSync(table, `| ${attack} | ${PORTS.map((port) => cells.get(port) ?? '').join(' | ')} |\n`);
});

const portOf = (port: Port): number => {
  const executor = cluster.executors[0];
  return {
    scheduler: cluster.schedulerPort,
    'executor, results': executor?.port,
    'executor, tasks': executor?.grpcPort,
  }[port] as number;
};

/** A request that ann, or a member, may send to the port. */
const allowed = (port: Port): Pick<Http2Request, 'path' | 'message' | 'token'> =>
  ({
    scheduler: {
      path: '/ballista.protobuf.SchedulerGrpc/GetJobStatus',
      message: protobuf({ 1: job }),
      token: TOKENS.ann.token,
    },
    'executor, results': { path: file, token: TOKENS.ann.token },
    'executor, tasks': {
      path: '/ballista.protobuf.ExecutorGrpc/CancelTasks',
      message: Buffer.alloc(0),
      token: TOKENS.member.token,
    },
  })[port];

const keys = ({ ca = '', cert, key }: TlsOptions) => ({
  ca: readFileSync(ca),
  ...(cert !== undefined && key !== undefined && { cert: readFileSync(cert), key: readFileSync(key) }),
});
const client = () => keys(ours.client);

/** What the port answered: a status, or that it closed the connection. Otherwise what went wrong. */
async function answer(port: Port, change: Partial<Http2Request>): Promise<string> {
  try {
    const { status, grpc } = await http2({ port: portOf(port), tls: client(), ...allowed(port), ...change });
    return grpc === undefined ? String(status) : `gRPC ${grpc}`;
  } catch (error) {
    return isClosed(error) ? 'closed' : String(error);
  }
}

/** Whether the server ended the connection: it closed or reset it, or sent a TLS alert. */
function isClosed(error: unknown): boolean {
  const { code = '', message, cause } = error as NodeJS.ErrnoException;
  if (cause !== undefined) return isClosed(cause);
  return code === 'ECONNRESET' || code === 'EPIPE' || code.includes('_ALERT_') || message === SERVER_CLOSED;
}

/** How long a connection stays open. */
async function opened(socket: Socket): Promise<number> {
  const begin = performance.now();
  socket.on('error', () => undefined).resume();
  socket.setTimeout(2 * HALF_OPEN_MS, () => socket.destroy());
  await once(socket, 'close');
  return performance.now() - begin;
}

async function halfOpen(port: Port, tls: boolean): Promise<string> {
  const at = { port: portOf(port), host: '127.0.0.1' };
  const open = await opened(tls ? connectTls({ ...at, ...client() }) : createConnection(at));
  return open < HALF_OPEN_MS ? 'closed' : `open for ${Math.round(open / 1000)} s`;
}

/** Sends random bytes inside of TLS. */
async function garbage(port: Port): Promise<string> {
  const socket = connectTls({ port: portOf(port), host: '127.0.0.1', ...client() });
  await once(socket, 'secureConnect');
  let status = '';
  // An HTTP/2 server may say goodbye (GOAWAY), but must not answer a request.
  socket.on('data', (bytes: Buffer) => {
    if (bytes.includes('HTTP/1.1 2')) status = 'answered';
  });
  socket.write(crypto.getRandomValues(Buffer.alloc(4096)));
  const open = await opened(socket);
  return status || (open < HALF_OPEN_MS ? 'closed' : 'open');
}

const UNAUTHORIZED = ['401', 'gRPC 16'];
const FORBIDDEN = ['403', 'gRPC 7'];
const NOT_FOUND = ['404', 'gRPC 5'];
const CLOSED = ['closed'];

const ATTACKS: readonly [attack: string, run: (port: Port) => Promise<string>, refusals: readonly string[]][] = [
  ['no TLS', (port) => answer(port, { tls: undefined as never }), CLOSED],
  ['no certificate', (port) => answer(port, { tls: keys({ ca: ours.client.ca ?? '' }) }), CLOSED],
  [
    'certificate of another authority',
    (port) => answer(port, { tls: { ...keys(foreign.client), ca: client().ca } }),
    CLOSED,
  ],
  ['expired certificate', (port) => answer(port, { tls: expired }), CLOSED],
  ['no token', (port) => answer(port, { token: undefined }), UNAUTHORIZED],
  ['wrong token', (port) => answer(port, { token: 'token-of-nobody-1234' }), UNAUTHORIZED],
  ['token without the role', (port) => answer(port, { token: TOKENS.onlyWrite.token }), FORBIDDEN],
  ["another user's token", (port) => answer(port, { token: TOKENS.bob.token }), [...NOT_FOUND, ...FORBIDDEN]],
  ['unknown path', (port) => answer(port, { path: '/api/jobs', message: undefined as never }), ['404', 'gRPC 12']],
  ['foreign `Host`', (port) => answer(port, { headers: { ':authority': 'rebound.example.org' } }), FORBIDDEN],
  ['foreign `Origin`', (port) => answer(port, { headers: { origin: 'https://example.org' } }), FORBIDDEN],
  ['garbage inside of TLS', garbage, CLOSED],
  ['half-open connection', (port) => halfOpen(port, false), CLOSED],
  ['half-open TLS connection', (port) => halfOpen(port, true), CLOSED],
];

describe.each(PORTS)('the port of the %s', (port) => {
  it('answers a request that is allowed', async () => {
    expect(await answer(port, {})).toMatch(/^(200|gRPC 0)$/u);
  });

  it.each(ATTACKS)('refuses %s', async (attack, run, refusals) => {
    const got = await run(port);
    const cells = answers.get(attack) ?? new Map<Port, string>();
    answers.set(attack, cells.set(port, got));
    expect(refusals).toContain(got);
  });

  it('still answers afterwards', async () => {
    expect(await answer(port, {})).toMatch(/^(200|gRPC 0)$/u);
  });
});
