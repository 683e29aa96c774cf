import { once } from 'node:events';
import {
  type ClientSessionOptions,
  connect,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2';

/** The answer to a request by HTTP/2. */
export interface Http2Answer {
  status: number;
  /** The status of a gRPC call. */
  grpc: number | undefined;
  body: Buffer;
  message: string;
}

export interface Http2Request {
  port: number;
  path: string;
  method?: string;
  /** Sent as `authorization: Bearer …`. */
  token?: string | undefined;
  /** gRPC messages, without their frames. */
  message?: Uint8Array | readonly Uint8Array[];
  headers?: OutgoingHttpHeaders;
  /** Connects with TLS. */
  tls?: SecureClientSessionOptions;
  /** Ends the request after this time, for answers that do not end. Default 20 000. */
  limitMs?: number;
}

/** Sends one request on a connection of its own. */
export async function http2({
  port,
  path,
  method,
  token,
  message,
  headers = {},
  tls,
  limitMs = 20_000,
}: Http2Request): Promise<Http2Answer> {
  const options: ClientSessionOptions | SecureClientSessionOptions = tls ?? {};
  const session = connect(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`, options);
  const failed = new Promise<never>((_, reject) => {
    session.once('error', reject).once('close', () => reject(new Error('the server closed the connection')));
  });
  failed.catch(() => undefined);
  const timer = setTimeout(() => session.destroy(new Error(`no answer to ${path} in ${limitMs} ms`)), limitMs);
  try {
    const stream = session.request({
      ':path': path,
      ':method': method ?? (message ? 'POST' : 'GET'),
      ...(message && { 'content-type': 'application/grpc' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    });
    stream.once('error', () => undefined);
    let trailers: Record<string, unknown> = {};
    stream.once('trailers', (received) => {
      trailers = received;
    });
    stream.end(message && Buffer.concat(message instanceof Uint8Array ? [framed(message)] : message.map(framed)));
    const [answer] = await Promise.race([once(stream, 'response'), failed]);
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    await Promise.race([once(stream, 'end'), failed]);
    const all = { ...answer, ...trailers };
    const grpc = all['grpc-status'];
    return {
      status: Number(answer[':status']),
      grpc: grpc === undefined ? undefined : Number(grpc),
      body: Buffer.concat(parts),
      message: decodeURIComponent(String(all['grpc-message'] ?? '')),
    };
  } finally {
    clearTimeout(timer);
    session.destroy();
  }
}

/** A gRPC message in its frame. */
function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Fields of a protobuf message: strings, bytes and messages by number. */
export function protobuf(fields: Readonly<Record<number, string | Uint8Array | number>>): Buffer {
  const parts = Object.entries(fields).map(([number, value]) => {
    if (typeof value === 'number') return Buffer.concat([varint(Number(number) << 3), varint(value)]);
    const bytes = Buffer.from(value);
    return Buffer.concat([varint((Number(number) << 3) | 2), varint(bytes.length), bytes]);
  });
  return Buffer.concat(parts);
}

/** The fields of a protobuf message by number: bytes, or a number. */
export function readProtobuf(message: Buffer): Map<number, Buffer | number> {
  const fields = new Map<number, Buffer | number>();
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = number();
    const length = number();
    if ((key & 7) === 0) fields.set(key >> 3, length);
    else {
      fields.set(key >> 3, message.subarray(at, at + length));
      at += length;
    }
  }
  return fields;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}
