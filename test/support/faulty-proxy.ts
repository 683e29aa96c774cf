import { type Passage, type Place, TcpProxy } from './tcp-proxy.js';

/** What a proxy does once, to the byte at a position. */
export type Fault = 'flip' | 'cut';

/** A TCP proxy that damages, cuts or holds what passes through it. */
export class FaultyProxy {
  #proxy: TcpProxy | undefined;
  #target: Place = { host: '127.0.0.1', port: 0 };
  #fault: { kind: Fault; at: number } | undefined;
  #held: { ended: Promise<void>; end: () => void; waits: boolean } | undefined;
  /** The number of bytes that have passed since the last call of `arm`, in both directions. */
  passed = 0;
  /** How many faults have happened. */
  faults = 0;

  /** Listens on a free port. */
  static async listen(host = '127.0.0.1'): Promise<FaultyProxy> {
    const proxy = new FaultyProxy();
    proxy.#proxy = await TcpProxy.listen(
      { host, port: 0 },
      () => proxy.#target,
      () => proxy.#passage(),
    );
    return proxy;
  }

  get port(): number {
    return this.#proxy?.port ?? 0;
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
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#held = { ended, end, waits: false };
  }

  /** Whether bytes were kept. */
  get holds(): boolean {
    return this.#held?.waits ?? false;
  }

  release(): void {
    this.#held?.end();
    this.#held = undefined;
  }

  async close(): Promise<void> {
    await this.#proxy?.close();
  }

  #passage(): Passage {
    const passage: Passage = {
      alter: (bytes) => {
        const rest = this.#touched(bytes);
        if (rest.length < bytes.length) setImmediate(() => this.#proxy?.reset((other) => other === passage));
        return rest;
      },
      passable: () => {
        if (this.#held) this.#held.waits = true;
        return this.#held?.ended;
      },
    };
    return passage;
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
