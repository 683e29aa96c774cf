/**
 * What a cluster does at one time.
 *
 * @module
 */

import type { BallistaSessionContext, ExecutorInfo, JobInfo, JobState } from 'ballista';

import { executorsText } from './executor-text.js';
import { jobsText } from './job-text.js';

/** The jobs and executors of a cluster. */
export interface Snapshot {
  /** Those that run, then those that wait, then those that have ended; each from the newest to the oldest. */
  readonly jobs: readonly JobInfo[];
  readonly executors: readonly ExecutorInfo[];
}

/** The size of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Asks the scheduler. */
export async function takeSnapshot(cluster: BallistaSessionContext, signal: AbortSignal): Promise<Snapshot> {
  const [jobs, executors] = await Promise.all([cluster.jobs({ signal }), cluster.executors({ signal })]);
  return { jobs: jobs.sort((a, b) => rank(a.state) - rank(b.state)), executors };
}

function rank(state: JobState): number {
  return state === 'running' ? 0 : state === 'queued' ? 1 : 2;
}

/** The lines of a table besides its rows: three rules, the header, and two notes. */
const FRAME = 6;

/** A line of numbers, and tables of the executors and the jobs. Without a size, all of them. */
export async function snapshotText({ jobs, executors }: Snapshot, size?: Size): Promise<string> {
  const maxWidth = size?.columns;
  // Executors get at most a third of the terminal. Jobs get the rest.
  const third = size && Math.max(1, Math.floor(size.rows / 3) - FRAME);
  const list = await executorsText(executors, { maxWidth, maxRows: third });
  const left = size && Math.max(1, size.rows - list.split('\n').length - 3 - FRAME);
  return `${summary(jobs, executors)}\n\n${list}\n${await jobsText(jobs, { maxWidth, maxRows: left })}`;
}

function summary(jobs: readonly JobInfo[], executors: readonly ExecutorInfo[]): string {
  const slots = executors.reduce((sum, executor) => sum + executor.slots, 0);
  const free = executors.reduce((sum, executor) => sum + executor.freeSlots, 0);
  const count = (state: JobState): number => jobs.filter((job) => job.state === state).length;
  return `executors: ${executors.length} · busy slots: ${slots - free}/${slots} · running jobs: ${count('running')} · queued jobs: ${count('queued')}`;
}
