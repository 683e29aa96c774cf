/**
 * `ballista executor`: an executor in a process of its own.
 *
 * @module
 */

import { message } from '@optique/core/message';

import { defineCommand } from '../base/define-command.js';
import { DAEMON_FOOTER } from '../daemon/daemon-help.js';
import { runDaemon } from '../daemon/run-daemon.js';
import { settingFlags } from '../daemon/setting-flags.js';

export const executor = defineCommand({
  name: 'executor',
  brief: message`Run an executor until SIGTERM or SIGINT.`,
  description: message`It registers with a scheduler and runs its tasks.`,
  footer: DAEMON_FOOTER,
  parser: settingFlags('executor'),
  run: (flags, context) => runDaemon('executor', flags, context),
});
