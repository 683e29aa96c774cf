/**
 * `ballista job`: one job of a cluster.
 *
 * @module
 */

import { message } from '@optique/core/message';

import { defineCommand } from '../base/define-command.js';
import { onCluster, printReport } from '../reports/print-report.js';
import { jobOptions } from '../reports/report-options.js';

export const job = defineCommand({
  name: 'job',
  brief: message`Show a job of a cluster, with its stages and tasks.`,
  description: message`Shows the stages of a job, the tasks of a job that runs, and the error of a job that failed.`,
  parser: jobOptions,
  async run({ jobId, ...options }, { signal }) {
    const { jobText } = await import('../reports/job-text.js');
    const found = await onCluster(options, signal, (cluster) => cluster.job(jobId, { signal }));
    if (found === undefined)
      throw new Error(`The scheduler has no job ${jobId}. It forgets a job five minutes after its end.`);
    await printReport(found, options, jobText);
    return undefined;
  },
});
