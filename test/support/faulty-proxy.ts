import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';

/** What a proxy does once, to the byte at a position. */
export type Fault = 'flip' | 'cut';

/** A TCP proxy that damages, cuts or holds what passes through it. */
export class FaultyProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: { host: string; port: number } | undefined;
  #fault: { kind: Fault; at: number } | undefined;
  #held: (() => void)[] | undefined;
  /** The number of bytes that have passed since the last call of `arm`, in both directions. */
  passed = 0;
  /** How many faults have happened. */
  faults = 0;

  private constructor(server: Server) {
    this.#server = server.on('connection', (client: Socket) => this.#connect(client));
  }

  /** Listens on a free port. */
  static async listen(host = '127.0.0.1'): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(createServer());
    await once(proxy.#server.listen(0, host), 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Forwards later connections. */
  forward(port: number, host = '127.0.0.1'): void {
    this.#target = { host, port };
  }

  /** Lets the fault happen when `after` more bytes have passed. Without it, nothing happens. */
  arm(kind?: Fault, after = 0): void {
    this.passed = 0;
    this.#fault = kind && { kind, at: after };
  }

  /** Keeps all bytes until `release`. */
  hold(): void {
    this.#held = [];
  }

  /** Whether bytes were kept. */
  get holds(): boolean {
    return this.#held !== undefined && this.#held.length > 0;
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const send of held) send();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }

  #connect(client: Socket): void {
    if (!this.#target) {
      client.destroy();
      return;
    }
    const server = dial({ ...this.#target, noDelay: true });
    client.setNoDelay(true);
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from
        .on('error', () => undefined)
        .on('close', () => {
          this.#sockets.delete(from);
          end();
        })
        .on('end', () => to.end())
        .on('data', (bytes) => {
          const send = () => {
            const rest = this.#touched(bytes);
            if (rest.length > 0 && !to.write(rest)) {
              from.pause();
              to.once('drain', () => from.resume());
            }
            if (rest.length < bytes.length) end();
          };
          if (this.#held) this.#held.push(send);
          else send();
        });
    }
  }

  /** The bytes after the fault; fewer if the connection is cut. */
  #touched(bytes: Buffer): Buffer {
    const start = this.passed;
    this.passed += bytes.length;
    if (!this.#fault || this.#fault.at >= this.passed) return bytes;
    const { kind, at } = this.#fault;
    this.#fault = undefined;
    this.faults++;
    if (kind === 'cut') return bytes.subarray(0, at - start);
    const flipped = Buffer.from(bytes);
    flipped[at - start] = (flipped[at - start] ?? 0) ^ 0x10;
    return flipped;
  }
}
