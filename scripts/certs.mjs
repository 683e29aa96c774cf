/**
 * Makes certificates for a cluster with TLS:
 *
 *     npm run certs -- <folder> [host …] [--days 365]
 *
 * The folder gets the certificate of an authority (`ca.pem`), a certificate for schedulers and executors (`server.pem`,
 * `server.key`), which is valid for this machine and the hosts, and one for clients (`client.pem`, `client.key`). The
 * authority's own key (`ca.key`) stays there, so that the command can be run again, for other hosts or to renew the
 * certificates: they then come from the same authority.
 *
 * @module
 */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { Failure, main, root } from './lib/shell.mjs';

const LOCAL = ['localhost', '127.0.0.1', '::1'];
const DAY_S = 24 * 3600;

/**
 * Writes the files. The addon must be built.
 *
 * @param {string} folder
 * @param {{ hosts?: readonly string[], validSeconds?: number }} [options] the hosts besides this machine; after how many
 *   seconds the certificates of servers and clients expire, which is in the past if negative
 */
export function writeCertificates(folder, { hosts = [], validSeconds = 365 * DAY_S } = {}) {
  const addon = createRequire(import.meta.url)(join(root, 'native', 'ballista.node'));
  const caKeyFile = join(folder, 'ca.key');
  const caKey = existsSync(caKeyFile) ? readFileSync(caKeyFile, 'utf8') : undefined;
  const made = addon.makeCertificates({ hosts: [...new Set([...LOCAL, ...hosts])], validSeconds, caKey });
  mkdirSync(folder, { recursive: true });
  const write = (/** @type {string} */ name, /** @type {string} */ text) => {
    // A server that reads its files again must not find half a file.
    const file = join(folder, name);
    writeFileSync(`${file}.tmp`, text, { mode: name.endsWith('.key') ? 0o600 : 0o644 });
    renameSync(`${file}.tmp`, file);
  };
  write('ca.key', made.caKey);
  write('ca.pem', made.ca);
  write('server.key', made.serverKey);
  write('server.pem', made.server);
  write('client.key', made.clientKey);
  write('client.pem', made.client);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { days: { type: 'string' } } });
    const [folder, ...hosts] = positionals;
    const days = Number(values.days ?? 365);
    if (folder === undefined || !(days > 0))
      throw new Failure('usage: npm run certs -- <folder> [host …] [--days 365]');
    await build({ only: 'native' });
    writeCertificates(folder, { hosts, validSeconds: days * DAY_S });
    console.log(`${folder}: ca.pem, server.pem, server.key, client.pem, client.key`);
  });
}
