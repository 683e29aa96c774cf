/**
 * `ballista top`: what a cluster does now.
 *
 * @module
 */

import { message } from '@optique/core/message';

import { defineCommand } from '../base/define-command.js';
import { reportOptions } from '../reports/report-options.js';

export const top = defineCommand({
  name: 'top',
  brief: message`Watch the jobs and executors of a cluster.`,
  description: message`On a terminal, draws the executors and the jobs again every second, until q or Ctrl-C. In a pipe, prints them once.`,
  parser: reportOptions,
  run: async (options, context) => (await import('../reports/run-top.js')).runTop(options, context),
});
