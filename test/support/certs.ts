import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { writeCertificates } from 'ballista';

import type { TlsOptions } from '../../src/config/credentials.js';

/** A folder with the certificates of a cluster on this machine. */
export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));

  /** The options of schedulers and executors. They accept only clients with a certificate. */
  readonly server: TlsOptions;
  /** The options of clients. */
  readonly client: TlsOptions;

  /** @param validSeconds - in how many seconds they expire; negative for expired ones */
  static async make(validSeconds?: number): Promise<Certificates> {
    const made = new Certificates();
    await made.write(validSeconds);
    return made;
  }

  private constructor() {
    const file = (name: string): string => join(this.folder, name);
    const ca = file('ca.pem');
    this.server = { ca, cert: file('server.pem'), key: file('server.key'), clientAuth: true };
    this.client = { ca, cert: file('client.pem'), key: file('client.key') };
  }

  /** Replaces the certificates, from the same authority. `hosts` are other addresses of this machine. */
  async write(validSeconds?: number, hosts: readonly string[] = []): Promise<void> {
    await writeCertificates(this.folder, { hosts, ...(validSeconds !== undefined && { validSeconds }) });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
