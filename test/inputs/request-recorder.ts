import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

import type { Between } from '../support/process-cluster.js';
import { LOOPBACK } from '../support/process-cluster.js';
import type { Place } from '../support/tcp-proxy.js';

/** A request that a server of a cluster got. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** The ports of a cluster. */
export type Server = 'scheduler' | 'executor tasks' | 'executor rows';

type Announced = Awaited<ReturnType<Between['executor']>>;

const ANNOUNCED = '127.0.0.2';
/** How many requests of a path are kept. */
const MOST = 12;
/** Larger requests are not kept. */
const MOST_BYTES = 300_000;

/** Proxies that record the requests to all servers of a cluster. */
export class RequestRecorder implements Between {
  readonly requests: Record<Server, Recorded[]> = { scheduler: [], 'executor tasks': [], 'executor rows': [] };
  /** The ports that executors announce, in the order of the executors: those of the proxies. */
  readonly announced: Announced[] = [];
  readonly #scheduler: Place;
  readonly #servers: Http2Server[] = [];
  readonly #sessions = new Set<ClientHttp2Session | ServerHttp2Session>();
  schedulerForClients = 0;

  private constructor(scheduler: Place) {
    this.#scheduler = scheduler;
  }

  static async open(scheduler: Place): Promise<RequestRecorder> {
    const recorder = new RequestRecorder(scheduler);
    recorder.schedulerForClients = await recorder.#listen(LOOPBACK, 'scheduler', () => scheduler);
    return recorder;
  }

  get schedulerForExecutors(): number {
    return this.schedulerForClients;
  }

  async executor(index: number): Promise<Announced> {
    const listen = async (what: Server) => {
      const port: number = await this.#listen(ANNOUNCED, what, () => ({ host: LOOPBACK, port }));
      return port;
    };
    const announced = {
      host: ANNOUNCED,
      port: await listen('executor rows'),
      grpcPort: await listen('executor tasks'),
    };
    this.announced[index] = announced;
    return announced;
  }

  /** A real port, of one of the executors. */
  place(server: Server, executor: number): Place {
    if (server === 'scheduler') return this.#scheduler;
    const announced = this.announced[executor];
    if (!announced) throw new Error(`there is no executor ${executor}`);
    return { host: LOOPBACK, port: server === 'executor rows' ? announced.port : announced.grpcPort };
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((closed) => server.close(closed))));
  }

  async #listen(host: string, what: Server, target: () => Place): Promise<number> {
    const server = createServer();
    this.#servers.push(server);
    server.on('session', (session) => {
      const place = target();
      const outer = connect(`http://${place.host}:${place.port}`);
      for (const [one, other] of [
        [session, outer],
        [outer, session],
      ] as const) {
        this.#sessions.add(one);
        one
          .on('error', () => undefined)
          .on('close', () => {
            this.#sessions.delete(one);
            other.destroy();
          });
      }
      session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) =>
        this.#pass(stream, headers, outer, what),
      );
    });
    await once(server.listen(0, host), 'listening');
    return (server.address() as AddressInfo).port;
  }

  #pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, outer: ClientHttp2Session, what: Server): void {
    stream.on('error', () => undefined);
    if (outer.closed || outer.destroyed) {
      stream.close();
      return;
    }
    const request = outer.request(headers);
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      request.write(chunk);
    });
    stream.on('end', () => {
      request.end();
      this.#keep(what, headers, Buffer.concat(chunks));
    });
    stream.on('close', () => request.close());
    request.on('error', () => stream.close());
    let trailers: IncomingHttpHeaders = {};
    request.on('trailers', (some) => {
      trailers = some;
    });
    request.on('response', ({ ...answer }, flags) => {
      if (stream.destroyed) return;
      // A response of headers only ends with them.
      const endStream = (flags & 1) === 1;
      stream.respond(answer, { endStream, waitForTrailers: !endStream });
      if (endStream) return;
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      request.on('data', (chunk) => stream.write(chunk));
      request.on('end', () => stream.end());
    });
  }

  #keep(what: Server, headers: IncomingHttpHeaders, body: Buffer): void {
    const path = String(headers[':path']);
    const kept = this.requests[what];
    // Ids in paths differ.
    const alike = kept.filter((one) => one.path.split('/').slice(0, 3).join() === path.split('/').slice(0, 3).join());
    if (alike.length >= MOST || body.length > MOST_BYTES) return;
    const [method, contentType] = [String(headers[':method']), String(headers['content-type'] ?? '')];
    kept.push({ method, path, contentType, body });
  }
}
