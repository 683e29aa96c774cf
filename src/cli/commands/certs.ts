/**
 * `ballista certs`: makes certificates for a cluster.
 *
 * @module
 */

import { object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { multiple, withDefault } from '@optique/core/modifiers';
import { argument, option } from '@optique/core/primitives';
import { float, string } from '@optique/core/valueparser';
import { path } from '@optique/run/valueparser';

import { CERTIFICATE_SETTINGS } from '../../config/certificate-settings.js';
import { withArguments } from '../base/command.js';
import { defineCommand } from '../base/define-command.js';

const DAY_SECONDS = 24 * 3600;
/** Checked here, too, so that the error names the flag. */
const MOST_DAYS = CERTIFICATE_SETTINGS.validSeconds.max / DAY_SECONDS;

export const certs = defineCommand({
  name: 'certs',
  brief: message`Make certificates for a cluster with TLS.`,
  description: message`Writes an authority (ca.pem, ca.key), a certificate for schedulers and executors (server.pem, server.key) and one for clients (client.pem, client.key) into a folder. With the key of an authority in the folder, the certificates come from this authority.`,
  parser: object({
    folder: argument(path({ metavar: 'FOLDER', type: 'directory' }), {
      description: message`The folder. It is created if it does not exist.`,
    }),
    hosts: multiple(
      argument(string({ metavar: 'HOST' }), {
        description: message`The names and addresses of the servers, besides this machine.`,
      }),
    ),
    days: withDefault(
      option('--days', float({ metavar: 'DAYS', min: 1, max: MOST_DAYS }), {
        description: message`After how many days the certificates expire. Default: 365.`,
      }),
      365,
    ),
  }),
  async run({ folder, hosts, days }) {
    const { writeCertificates } = await import('ballista');
    await withArguments(
      () => writeCertificates(folder, { hosts, validSeconds: days * DAY_SECONDS }),
      ['INVALID_ARGUMENT'],
    );
    process.stdout.write(`${folder}: ca.key, ca.pem, client.key, client.pem, server.key, server.pem\n`);
    return undefined;
  },
});
