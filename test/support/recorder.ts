import { TcpProxy } from './tcp-proxy.js';

const LOOPBACK = '127.0.0.1';

/** Forwards connections to a port of 127.0.0.1, and keeps what they carry. */
export class Recorder {
  readonly #chunks: Buffer[] = [];
  #proxy: TcpProxy | undefined;

  /** Listens at another loopback address, on the same port. */
  static async start(host: string, port: number): Promise<Recorder> {
    const recorder = new Recorder();
    const passage = { alter: (bytes: Buffer) => recorder.#keep(bytes), passable: () => undefined };
    recorder.#proxy = await TcpProxy.listen(
      { host, port },
      () => ({ host: LOOPBACK, port }),
      () => passage,
    );
    return recorder;
  }

  /** All bytes, in both directions. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  async close(): Promise<void> {
    await this.#proxy?.close();
  }

  #keep(bytes: Buffer): Buffer {
    this.#chunks.push(bytes);
    return bytes;
  }
}
