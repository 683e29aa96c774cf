import { once } from 'node:events';
import { connect } from 'node:http2';
import { connect as dial } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { Choices } from '../fuzz/choices.js';
import type { Place } from '../support/tcp-proxy.js';
import { mutateBytes, random } from './bytes.js';
import { mutateProtobuf } from './protobuf.js';
import type { Recorded } from './request-recorder.js';

/** How a server answered: with an HTTP or gRPC status, by closing, or not at all. */
export interface Answered {
  /** `grpc 3`, `http 404`, `closed` or `silent`. */
  readonly how: string;
  /** Whether the request must be answered. */
  readonly must: boolean;
  /** What was sent, to be kept if it breaks something. */
  readonly sent: Buffer;
  readonly message?: string;
}

/** How long an answer may take if there must be one. */
const ANSWER_MS = 10_000;
/** How long an answer is waited for that need not come. */
const SHORT_MS = 150;

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

/** Requests that stay open, or read more than one message. */
const OPEN = /\/(presence|executors|sessions|jobs)\/|DoGet|DoAction|DoPut|DoExchange|Handshake|Push|PollWork/i;

export const ATTACKS = ['bytes', 'http/1.1', 'http/2 frames', 'changed messages', 'changed paths'] as const;
export type Attack = (typeof ATTACKS)[number];

/** Sends one wrong input to a port. */
export async function attack(kind: Attack, choices: Choices, at: Place, valid: readonly Recorded[]): Promise<Answered> {
  switch (kind) {
    case 'bytes':
      return raw(at, random(choices, 1 + choices.below(choices.pick([10, 200, 5_000]))));
    case 'http/1.1':
      return raw(at, http1(choices));
    case 'http/2 frames':
      return raw(at, frames(choices));
    default:
      return request(kind, choices, at, valid);
  }
}

function http1(choices: Choices): Buffer {
  const long = 'x'.repeat(choices.pick([1, 100, 20_000, 200_000]));
  const method = choices.pick(['GET', 'POST', 'PUT', 'OPTIONS', 'CONNECT', 'TRACE', '\0', long]);
  const path = choices.pick(['/', '/healthz', '/readyz', '/../../etc/passwd', `/${long}`, '*', 'http://x/', '/%00']);
  const headers = [
    'Host: 127.0.0.1',
    `Host: ${long}`,
    'Content-Length: 18446744073709551615',
    'Content-Length: -1',
    'Transfer-Encoding: chunked',
    'Upgrade: h2c',
    'Origin: http://example.com',
    `X: ${long}`,
    ': x',
    'Expect: 100-continue',
  ];
  const text = `${method} ${path} ${choices.pick(['HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9', ''])}\r\n${choices
    .some(headers, 40)
    .map((line) => `${line}\r\n`)
    .join('')}\r\n`;
  const whole = Buffer.concat([Buffer.from(text), random(choices, choices.below(50))]);
  return choices.chance(30) ? mutateBytes(choices, whole, []) : whole;
}

function frames(choices: Choices): Buffer {
  const frame = () => {
    const payload = random(choices, choices.pick([0, 4, 5, 8, 9, 100, 16_384, 20_000]));
    const length = choices.chance(85) ? payload.length : choices.below(2 ** 24);
    const head = Buffer.from([
      length >> 16,
      length >> 8,
      length,
      choices.below(choices.pick([10, 256])),
      choices.below(256),
    ]);
    const stream = Buffer.alloc(4);
    stream.writeUInt32BE(choices.pick([0, 1, 1, 2, 3, 2 ** 31 - 1, 2 ** 32 - 1]));
    return Buffer.concat([head, stream, payload]);
  };
  const parts = Array.from({ length: 1 + choices.below(12) }, () => frame());
  const whole = Buffer.concat([PREFACE, SETTINGS, ...parts]);
  return choices.chance(20) ? mutateBytes(choices, whole, []) : whole;
}

/** Sends bytes, and waits shortly for an answer or the end. */
async function raw(at: Place, sent: Buffer): Promise<Answered> {
  const socket = dial(at);
  let answer = '';
  let closed = false;
  socket
    .on('error', () => undefined)
    .on('data', (bytes) => {
      answer += bytes.toString('latin1', 0, 40);
    })
    .on('close', () => {
      closed = true;
    });
  socket.write(sent);
  const over = once(socket, 'close').catch(() => undefined);
  await Promise.race([over, pause(SHORT_MS)]);
  socket.destroy();
  const status = /^HTTP\/1\.\d (\d+)/.exec(answer)?.[1];
  return { how: status ? `http ${status}` : closed ? 'closed' : answer ? 'http/2' : 'silent', must: false, sent };
}

/** Sends a recorded request with a changed message or path. */
async function request(
  kind: 'changed messages' | 'changed paths',
  choices: Choices,
  at: Place,
  valid: readonly Recorded[],
): Promise<Answered> {
  const suitable = valid.filter(({ body }) => kind === 'changed paths' || body.length > 5);
  const one = suitable[choices.below(Math.max(1, suitable.length))];
  if (!one) throw new Error(`${kind}: no recorded request can be changed`);
  const body = kind === 'changed messages' ? changedBody(choices, one, suitable) : one.body;
  const path = kind === 'changed paths' ? changedPath(choices, one.path) : one.path;
  const sent = Buffer.concat([Buffer.from(`${one.method} ${path} ${one.contentType}\n`), body]);
  const must = kind === 'changed messages' && !OPEN.test(one.path);
  const session = connect(`http://${at.host}:${at.port}`);
  session.on('error', () => undefined);
  try {
    const stream = session.request({
      ':method': one.method,
      ':path': path,
      te: 'trailers',
      ...(one.contentType ? { 'content-type': one.contentType } : {}),
    });
    let [how, message] = ['closed', ''];
    const note = (headers: Record<string, unknown>) => {
      if (headers['grpc-status'] !== undefined) how = `grpc ${String(headers['grpc-status'])}`;
      else if (headers[':status'] !== undefined) how = `http ${String(headers[':status'])}`;
      message = String(headers['grpc-message'] ?? message);
    };
    stream
      .on('error', () => undefined)
      .on('response', note)
      .on('trailers', note)
      .on('data', () => undefined);
    const ended = new Promise<true>((resolve) => {
      stream.on('close', () => resolve(true));
      session.on('close', () => resolve(true));
    });
    stream.end(body);
    const late = pause(must ? ANSWER_MS : SHORT_MS, false);
    if (!(await Promise.race([ended, late]))) how = how === 'closed' ? 'silent' : `${how}, open`;
    return { how, must, sent, message };
  } finally {
    session.destroy();
  }
}

/** A body of gRPC has messages with a length before each of them. */
function changedBody(choices: Choices, { body }: Recorded, others: readonly Recorded[]): Buffer {
  const length = body.readUInt32BE(1);
  const [message, rest] = [body.subarray(5, 5 + length), body.subarray(5 + length)];
  const changed = mutateProtobuf(
    choices,
    message,
    others.map((other) => other.body.subarray(5)),
  );
  const head = Buffer.alloc(5);
  head.writeUInt32BE(choices.chance(97) ? changed.length : choices.below(2 ** 32 - 1), 1);
  head[0] = choices.chance(97) ? 0 : choices.below(256);
  return Buffer.concat([head, changed, rest]);
}

function changedPath(choices: Choices, path: string): string {
  const parts = path.split('/');
  const index = 1 + choices.below(Math.max(1, parts.length - 1));
  const odd = ['', '..', '%2e%2e', '%00', '-1', '18446744073709551616', 'x'.repeat(10_000), 'é', '%ff', '*', ' '];
  parts[index] = odd[choices.below(odd.length)] ?? '';
  const query = choices.pick([
    '',
    '',
    '?start=-1',
    '?start=99999999999',
    '?after=x',
    '?after=18446744073709551615',
    '?%',
  ]);
  // Node itself refuses some characters.
  return `${parts.map((part) => (/^[\x21-\x7e]*$/.test(part) ? part : encodeURIComponent(part))).join('/')}${query}`;
}
