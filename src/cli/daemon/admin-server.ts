/**
 * The admin port: probes and metrics over HTTP.
 *
 * @module
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { isLoopback } from '../../config/loopback.js';
import { BallistaError } from '../../errors.js';
import { METRICS_CONTENT_TYPE, type MetricFamily, metricsText } from './metric-families.js';

/** What the admin port tells. */
export interface Probes {
  /** Why the process cannot serve queries now, or undefined if it can. */
  unready(): Promise<string | undefined> | string | undefined;
  metrics(): Promise<readonly MetricFamily[]> | readonly MetricFamily[];
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

/** A server for probes and metrics. It has no secrets, and changes nothing. */
export class AdminServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws BallistaError `ADDRESS_IN_USE`, `IO` */
  static async open(host: string, port: number, probes: Probes): Promise<AdminServer> {
    const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
      answer(host, request, probes).then(
        (found) => send(response, found),
        () => send(response, { status: 500, text: 'The metrics cannot be read.' }),
      );
    });
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const reason = code === 'EADDRINUSE' ? 'The address is already in use' : String(code);
      throw new BallistaError(
        code === 'EADDRINUSE' ? 'ADDRESS_IN_USE' : 'IO',
        `The admin port ${host}:${port} cannot be opened: ${reason}.`,
        { cause },
      );
    }
    // It serves as long as the daemon runs, and keeps no process alive.
    server.unref();
    return new AdminServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answer(host: string, request: IncomingMessage, probes: Probes): Promise<Answer> {
  const refusal = refuse(host, request);
  if (refusal !== undefined) return { status: 403, text: refusal };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, text: 'Only GET is allowed.' };
  switch (request.url?.split('?')[0]) {
    case '/healthz':
      return { status: 200, text: 'ok' };
    case '/readyz': {
      const reason = await probes.unready();
      return reason === undefined ? { status: 200, text: 'ready' } : { status: 503, text: reason };
    }
    case '/metrics':
      return { status: 200, text: metricsText(await probes.metrics()), type: METRICS_CONTENT_TYPE };
    default:
      return { status: 404, text: 'There are /healthz, /readyz and /metrics.' };
  }
}

/** Like the other ports, refuses what web pages can send. */
function refuse(host: string, { headers }: IncomingMessage): string | undefined {
  if (headers.origin !== undefined) return 'Requests of web pages are refused.';
  const name = headers.host?.replace(/:\d+$/u, '');
  if (isLoopback(host) && (name === undefined || !isLoopback(name))) return 'The header Host names another host.';
  return undefined;
}

function send(response: ServerResponse, { status, text, type = 'text/plain; charset=utf-8' }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(response.req.method === 'HEAD' ? undefined : text.endsWith('\n') ? text : `${text}\n`);
}
