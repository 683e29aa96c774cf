/**
 * `ballista jobs`: the jobs of a cluster.
 *
 * @module
 */

import { message } from '@optique/core/message';

import { defineCommand } from '../base/define-command.js';
import { onCluster, printReport } from '../reports/print-report.js';
import { reportOptions } from '../reports/report-options.js';

export const jobs = defineCommand({
  name: 'jobs',
  brief: message`List the jobs of a cluster.`,
  description: message`Lists the jobs that wait or run, and those that ended in the last five minutes. The newest comes first. With a token, these are the jobs of its owner; a token with the role admin sees all jobs.`,
  parser: reportOptions,
  async run(options, { signal }) {
    const { jobsText } = await import('../reports/job-text.js');
    const found = await onCluster(options, signal, (cluster) => cluster.jobs({ signal }));
    await printReport(found, options, (jobs, maxWidth) => jobsText(jobs, { maxWidth }));
    return undefined;
  },
});
