/**
 * `ballista executors`: the executors of a cluster.
 *
 * @module
 */

import { message } from '@optique/core/message';

import { defineCommand } from '../base/define-command.js';
import { onCluster, printReport } from '../reports/print-report.js';
import { reportOptions } from '../reports/report-options.js';

export const executors = defineCommand({
  name: 'executors',
  brief: message`List the executors of a cluster.`,
  description: message`Lists the executors that are registered with a scheduler, with their slots and what they do.`,
  parser: reportOptions,
  async run(options, { signal }) {
    const { executorsText } = await import('../reports/executor-text.js');
    const found = await onCluster(options, signal, (cluster) => cluster.executors({ signal }));
    await printReport(found, options, (executors, maxWidth) => executorsText(executors, { maxWidth }));
    return undefined;
  },
});
