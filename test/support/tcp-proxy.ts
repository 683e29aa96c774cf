import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';

/** Where a proxy listens, or what it stands in front of. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** What happens to a connection. */
export interface Passage {
  /** Called with bytes before they pass. Returns the bytes that pass. */
  alter(bytes: Buffer): Buffer;
  /** Called when bytes arrive. Resolves when they may pass. */
  passable(): Promise<void> | undefined;
}

/** A TCP proxy. Each of its connections is counted by a passage, which the caller chooses. */
export class TcpProxy {
  readonly #server: Server;
  readonly #open = new Map<Socket, Passage>();
  readonly port: number;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** `at.port` 0: a free port. `passage` gets the port of the peer. */
  static async listen(at: Place, target: () => Place, passage: (peer: number) => Passage): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    await once(server.listen(at.port, at.host), 'listening');
    const proxy = new TcpProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => {
      const { port, host } = target();
      proxy.#join(client, dial({ port, host, noDelay: true }), passage(client.remotePort ?? 0));
    });
    return proxy;
  }

  /** Breaks the connections that `chosen` returns true for. Returns how many. */
  reset(chosen: (passage: Passage) => boolean): number {
    const broken = [...this.#open].filter(([, passage]) => chosen(passage));
    for (const [socket] of broken) socket.resetAndDestroy();
    return broken.length;
  }

  async close(): Promise<void> {
    for (const socket of this.#open.keys()) socket.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }

  #join(client: Socket, server: Socket, passage: Passage): void {
    this.#open.set(client, passage);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#open.delete(client);
        to.destroySoon();
      });
      from.on('data', async (bytes) => {
        const wait = passage.passable();
        if (wait) {
          from.pause();
          await wait;
          from.resume();
        }
        if (to.destroyed || to.write(passage.alter(bytes))) return;
        from.pause();
        to.once('drain', () => from.resume());
      });
    }
  }
}
