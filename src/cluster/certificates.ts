/**
 * Certificates for a cluster without an authority of its own.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';

import { CERTIFICATE_SETTINGS } from '../config/certificate-settings.js';
import { BallistaError, invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { toLocalPath } from '../input/local-path.js';
import { resolve } from '../input/settings.js';
import { callSync } from '../native.js';
import { createFolder } from '../platform/folder.js';
import { writeWhole } from '../platform/whole-file.js';

const LOCAL = ['localhost', '127.0.0.1', '::1'];
/** A name of the DNS, also for all names of a domain. */
const NAME = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/iu;

/** Options of {@link writeCertificates}. */
export interface CertificateOptions {
  /** The names and addresses of the servers, besides this machine. Default: none. */
  hosts?: readonly string[];
  /**
   * After how many seconds the certificates of servers and clients expire, which is in the past if negative; at most 100 years.
   * Default: a year.
   */
  validSeconds?: number;
}

/**
 * Makes certificates for a cluster with TLS, and writes them into a folder: an authority (`ca.pem`), a certificate for
 * schedulers and executors (`server.pem`, `server.key`), which is valid for this machine and the hosts, and one for clients
 * (`client.pem`, `client.key`).
 *
 * The key of the authority (`ca.key`) stays in the folder, so that a later call renews the certificates, or adds hosts: they
 * then come from the same authority, which is valid for ten years. Only the user can read the keys. The same as
 * `ballista certs`.
 *
 * @param folder - is created if it does not exist
 * @throws BallistaError `INVALID_ARGUMENT`, `IO`
 *
 * @example
 * ```ts
 * import { readdir } from 'node:fs/promises';
 * import { writeCertificates } from 'ballista';
 *
 * await writeCertificates('certs', { hosts: ['10.0.0.1'] });
 * console.log((await readdir('certs')).sort()); // [ 'ca.key', 'ca.pem', 'client.key', 'client.pem', 'server.key', 'server.pem' ]
 * ```
 */
export async function writeCertificates(folder: string | URL, options: CertificateOptions = {}): Promise<void> {
  const { hosts = [], validSeconds } = resolve<CertificateOptions & { validSeconds: number }>(
    'writeCertificates',
    CERTIFICATE_SETTINGS,
    options,
  );
  if (!Array.isArray(hosts))
    throw invalid(`writeCertificates: hosts must be an array of names and addresses, not ${describe(hosts)}.`);
  for (const host of hosts)
    if (typeof host !== 'string' || (isIP(host) === 0 && !NAME.test(host)))
      throw invalid(`writeCertificates: ${JSON.stringify(host)} is neither the name nor the address of a host.`);
  const path = toLocalPath(folder, 'writeCertificates: the folder');
  const caKey = await existingKey(join(path, 'ca.key'));
  const made = callSync((binding) =>
    binding.makeCertificates({
      hosts: [...new Set([...LOCAL, ...hosts])],
      validSeconds,
      ...(caKey !== undefined && { caKey }),
    }),
  );
  try {
    await createFolder(path);
  } catch (cause) {
    throw new BallistaError('IO', `The folder ${path} cannot be created: ${(cause as Error).message}`, { cause });
  }
  const files = {
    'ca.key': made.caKey,
    'ca.pem': made.ca,
    'server.key': made.serverKey,
    'server.pem': made.server,
    'client.key': made.clientKey,
    'client.pem': made.client,
  };
  // A server that reads its files again must not find half a file.
  for (const [name, text] of Object.entries(files))
    await writeWhole(join(path, name), text, name.endsWith('.key') ? 0o600 : undefined);
}

async function existingKey(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BallistaError('IO', `The key of the authority cannot be read: ${(cause as Error).message}`, { cause });
  }
}
