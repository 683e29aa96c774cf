/**
 * `ballista cluster`: a scheduler and executors as processes of this machine.
 *
 * @module
 */

import { message } from '@optique/core/message';

import { defineCommand } from '../base/define-command.js';
import { DAEMON_FOOTER } from '../daemon/daemon-help.js';
import { settingFlags } from '../daemon/setting-flags.js';
import { runCluster } from '../supervisor/run-cluster.js';

export const cluster = defineCommand({
  name: 'cluster',
  brief: message`Run a scheduler and executors on this machine until SIGTERM or SIGINT.`,
  description: message`Prints the address of the scheduler when all processes serve. A process that ends is started again.`,
  footer: DAEMON_FOOTER,
  parser: settingFlags('cluster'),
  run: runCluster,
});
