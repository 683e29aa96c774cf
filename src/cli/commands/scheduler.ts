/**
 * `ballista scheduler`: a scheduler in a process of its own.
 *
 * @module
 */

import { message } from '@optique/core/message';

import { defineCommand } from '../base/define-command.js';
import { DAEMON_FOOTER } from '../daemon/daemon-help.js';
import { runDaemon } from '../daemon/run-daemon.js';
import { settingFlags } from '../daemon/setting-flags.js';

export const scheduler = defineCommand({
  name: 'scheduler',
  brief: message`Run a scheduler until SIGTERM or SIGINT.`,
  description: message`Executors register with it, and clients connect to it.`,
  footer: DAEMON_FOOTER,
  parser: settingFlags('scheduler'),
  run: (flags, context) => runDaemon('scheduler', flags, context),
});
