import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';

/** The status codes of gRPC that tests expect. */
export const GRPC = {
  ok: 0,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  outOfRange: 11,
  unimplemented: 12,
  dataLoss: 15,
} as const;

/** How a call ended. */
export interface Answer {
  readonly status: number;
  readonly message: string;
  /** The messages of the answer. */
  readonly messages: Buffer[];
}

interface CallOptions {
  host?: string;
  headers?: OutgoingHttpHeaders;
}

/** A gRPC call that sends messages one by one, as an attacker would write it. */
export class GrpcCall {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly answer: Promise<Answer>;

  constructor(port: number, path: string, { host = '127.0.0.1', headers = {} }: CallOptions = {}) {
    this.#session = connect(`http://${host}:${port}`);
    this.#session.on('error', () => undefined);
    this.#stream = this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    this.answer = new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const end = (headers: Record<string, unknown>): void => {
        if (headers['grpc-status'] === undefined) return;
        resolve({
          status: Number(headers['grpc-status']),
          message: decodeURIComponent(String(headers['grpc-message'] ?? '')),
          messages: messagesOf(Buffer.concat(chunks)),
        });
      };
      this.#stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      this.#stream.on('response', end).on('trailers', end).on('error', reject);
      this.#stream.on('close', () => {
        this.#session.close();
        reject(new Error('the stream ended without a status'));
      });
    });
    this.answer.catch(() => undefined);
  }

  /** Sends a message. Resolves when it has left this process. */
  async send(message: Uint8Array): Promise<void> {
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.byteLength, 1);
    await new Promise<void>((resolve) => this.#stream.write(Buffer.concat([prefix, message]), () => resolve()));
  }

  /** Ends the messages. */
  end(): Promise<Answer> {
    this.#stream.end();
    return this.answer;
  }

  /** Ends the connection, like a client that was killed. */
  abort(): void {
    this.#session.destroy();
  }
}

/** Calls a method with one message. */
export async function grpc(port: number, path: string, ...messages: Uint8Array[]): Promise<Answer> {
  const call = new GrpcCall(port, path);
  for (const message of messages) void call.send(message);
  return call.end();
}

function messagesOf(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    messages.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return messages;
}
