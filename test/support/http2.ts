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
  /** The headers of the response and those behind its body. */
  headers: Readonly<Record<string, unknown>>;
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

/** The message of the error if the server closes the connection before it has answered. */
export const SERVER_CLOSED = 'the server closed the connection';

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
    session.once('error', reject).once('close', () => reject(new Error(SERVER_CLOSED)));
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
      headers: all,
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
