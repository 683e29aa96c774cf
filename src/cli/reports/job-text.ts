/**
 * Jobs as text.
 *
 * @module
 */

import type { JobDetails, JobInfo, ProgressCount, StageInfo, TaskInfo } from 'ballista';

import { toCell } from '../../display/cell.js';
import type { TableOptions } from '../../display/draw-table.js';
import { bytesText, countText, durationText } from '../../plan/amount.js';
import { barText } from '../output/bar.js';
import { listText } from '../output/list.js';
import { columnsOf, timeText } from './columns.js';

/** A table of jobs. */
export async function jobsText(jobs: readonly JobInfo[], limits: TableOptions = {}): Promise<string> {
  if (jobs.length === 0) return 'No job waits or runs, and none ended in the last five minutes.\n';
  return listText(
    columnsOf(jobs, {
      job: ({ jobId }) => jobId,
      state: ({ state }) => state,
      name: ({ name }) => name,
      owner: ({ owner }) => owner,
      progress: progressText,
      stages: ({ stages }) => partText(stages),
      tasks: ({ tasks }) => partText(tasks),
      rows: ({ stageRows }) => countText(stageRows),
      size: ({ stageBytes }) => bytesText(stageBytes),
      queued: ({ queuedAt }) => timeText(queuedAt),
      time: ({ queuedAt, endedAt }) => elapsedText(queuedAt, endedAt),
    }),
    limits,
  );
}

/** A job, its stages and its tasks. */
export async function jobText(job: JobDetails, maxWidth?: number): Promise<string> {
  const facts: [string, string][] = [
    ['state', job.state],
    ['name', job.name],
    ['owner', job.owner],
    ['session', job.sessionId],
    ['queued', timeText(job.queuedAt)],
    ['started', timeText(job.startedAt)],
    ['ended', timeText(job.endedAt)],
    ['time', elapsedText(job.queuedAt, job.endedAt)],
    ['progress', progressText(job)],
    ['stages', partText(job.stages)],
    ['tasks', partText(job.tasks)],
  ];
  const known = facts.filter(([, value]) => value !== '');
  const parts = [
    await listText({ job: known.map(([name]) => name), [job.jobId]: known.map(([, value]) => value) }, { maxWidth }),
  ];
  if (job.stageList.length > 0) parts.push(await stagesText(job.stageList, maxWidth));
  const tasks = job.stageList.flatMap(({ stage, taskList }) => taskList.map((task) => ({ stage, ...task })));
  if (tasks.length > 0) parts.push(await tasksText(tasks, maxWidth));
  if (job.error !== undefined) parts.push(`${toCell(job.error).join('\n')}\n`);
  return parts.join('\n');
}

function stagesText(stages: readonly StageInfo[], maxWidth: number | undefined): Promise<string> {
  return listText(
    columnsOf(stages, {
      stage: ({ stage }) => String(stage),
      attempt: ({ attempt }) => (attempt === 0 ? '' : String(attempt + 1)),
      state: ({ state }) => state,
      tasks: ({ tasks }) => partText(tasks),
      rows: ({ rows }) => countText(rows),
      size: ({ bytes }) => bytesText(bytes),
    }),
    { maxWidth },
  );
}

function tasksText(
  tasks: readonly (TaskInfo & { readonly stage: number })[],
  maxWidth: number | undefined,
): Promise<string> {
  return listText(
    columnsOf(tasks, {
      stage: ({ stage }) => String(stage),
      task: ({ task }) => String(task),
      state: ({ state }) => state,
      executor: ({ executorId }) => executorId,
      partitions: ({ partitions }) => countText(partitions),
      rows: ({ rows }) => countText(rows),
      size: ({ bytes }) => bytesText(bytes),
      time: ({ launchedAt, endedAt }) => elapsedText(launchedAt, endedAt),
    }),
    { maxWidth },
  );
}

/** A bar for a job that runs. A single task says nothing before its end. */
function progressText({ state, tasks }: JobInfo): string {
  return state === 'running' && tasks.total > 1 ? barText(tasks.done / tasks.total) : '';
}

/** `3/8`; empty while it is not known. */
function partText({ done, total }: ProgressCount): string {
  return total === 0 ? '' : `${countText(done)}/${countText(total)}`;
}

/** The time from a beginning to its end, or to now. */
function elapsedText(from: Date | undefined, to: Date = new Date()): string {
  // The clock of the scheduler may differ from the clock of this machine.
  return from === undefined ? '' : durationText(Math.max(0, to.getTime() - from.getTime()) * 1e6);
}
