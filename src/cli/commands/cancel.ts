/**
 * `ballista cancel`: cancels a job of a cluster.
 *
 * @module
 */

import { message } from '@optique/core/message';

import { defineCommand } from '../base/define-command.js';
import { EXIT } from '../base/exit-codes.js';
import { onCluster, printReport } from '../reports/print-report.js';
import { jobOptions } from '../reports/report-options.js';

export const cancel = defineCommand({
  name: 'cancel',
  brief: message`Cancel a job of a cluster.`,
  description: message`Cancels a job that waits or runs, and waits until it has stopped. Ends with 1 if there is no such job.`,
  parser: jobOptions,
  async run({ jobId, ...options }, { signal }) {
    const cancelled = await onCluster(options, signal, (cluster) => cluster.cancelJob(jobId));
    if (!cancelled && !options.json) throw new Error(`There is no job ${jobId} that waits or runs.`);
    await printReport({ jobId, cancelled }, options, async () => `The job ${jobId} was cancelled.\n`);
    return cancelled ? EXIT.OK : EXIT.FAILED;
  },
});
