import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { finished } from 'node:stream/promises';

/** Forwards connections to a port of 127.0.0.1, and keeps what they carry. */
export class Recorder {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #chunks: Buffer[] = [];

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = createConnection(port, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('data', (chunk) => this.#chunks.push(chunk));
        from.pipe(to);
        finished(from)
          .catch(() => undefined)
          .then(() => to.destroy());
      }
    });
  }

  /** Listens at another loopback address, on the same port. */
  static async start(host: string, port: number): Promise<Recorder> {
    const recorder = new Recorder(port);
    recorder.#server.listen(port, host);
    await once(recorder.#server, 'listening');
    return recorder;
  }

  /** All bytes, in both directions. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
