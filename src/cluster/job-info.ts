/**
 * What a scheduler tells about its jobs.
 *
 * @module
 */

import type { NativeJob, NativeStage, NativeTask } from '../binding.cjs';
import type { ProgressCount } from '../config/query-progress.js';

/** The state of a job. `'queued'`: the scheduler plans it, or it waits for slots. */
export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** The state of a stage. `'waiting'`: it waits for stages that it reads from, or for slots. */
export type StageState = 'waiting' | 'running' | 'succeeded' | 'failed';

/** A job on a scheduler. From Ballista's `JobStatus`. */
export interface JobInfo {
  /** The id of the job, for example for `cancelJob`. */
  readonly jobId: string;
  /** The setting `ballista.job.name` of its session; otherwise an empty string. */
  readonly name: string;
  /** Whether the job waits, runs or has ended. */
  readonly state: JobState;
  /** The id of the session that submitted the job; an empty string if the client has none. */
  readonly sessionId: string;
  /** The name of the token that submitted the job; an empty string on clusters without tokens, and for the scheduler's own process. */
  readonly owner: string;
  /** When the scheduler accepted the job. */
  readonly queuedAt: Date | undefined;
  /** When the job was planned. */
  readonly startedAt: Date | undefined;
  /** When the job ended. */
  readonly endedAt: Date | undefined;
  /** The stages. All zero until the job is planned. */
  readonly stages: ProgressCount;
  /** The tasks of all stages, counted in partitions: an executor may run several partitions as one task. */
  readonly tasks: ProgressCount;
  /** The number of rows that ended tasks have written. */
  readonly stageRows: number;
  /** Their size in bytes. */
  readonly stageBytes: number;
  /** Whether one executor runs the query alone, as one task. */
  readonly isWhole: boolean;
  /** Why the job failed. */
  readonly error: string | undefined;
}

/** A job with its stages. */
export interface JobDetails extends JobInfo {
  /** The stages, in the order of their numbers. */
  readonly stageList: readonly StageInfo[];
}

/** A stage of a job. */
export interface StageInfo {
  /** The number of the stage. */
  readonly stage: number;
  /** How often the stage began again, because rows of another stage were lost. */
  readonly attempt: number;
  /** Whether the stage waits, runs or has ended. */
  readonly state: StageState;
  /** The tasks, counted in partitions. */
  readonly tasks: ProgressCount;
  /** The number of rows that ended tasks have written. */
  readonly rows: number;
  /** Their size in bytes. */
  readonly bytes: number;
  /** The tasks that executors got so far. Empty for a job that has ended. */
  readonly taskList: readonly TaskInfo[];
}

/** A task: partitions of a stage that one executor got. */
export interface TaskInfo {
  /** The number of the task in its stage. */
  readonly task: number;
  /** The id of the executor; an empty string for a task that failed. */
  readonly executorId: string;
  /** The number of partitions. */
  readonly partitions: number;
  /** Whether the task runs or has ended. */
  readonly state: Exclude<StageState, 'waiting'>;
  /** The number of rows that it has written. */
  readonly rows: number;
  /** Their size in bytes. */
  readonly bytes: number;
  /** When the scheduler chose the executor. */
  readonly launchedAt: Date | undefined;
  /** When the task ended. */
  readonly endedAt: Date | undefined;
}

/** @internal */
export function fromJobNative({ stageList: _, ...job }: NativeJob): JobInfo {
  return Object.freeze({
    ...job,
    state: job.state as JobState,
    queuedAt: toDate(job.queuedAt),
    startedAt: toDate(job.startedAt),
    endedAt: toDate(job.endedAt),
    error: job.error,
  });
}

/** @internal */
export function fromJobDetailsNative(job: NativeJob): JobDetails {
  return Object.freeze({ ...fromJobNative(job), stageList: Object.freeze(job.stageList.map(fromStageNative)) });
}

function fromStageNative(stage: NativeStage): StageInfo {
  return Object.freeze({
    ...stage,
    state: stage.state as StageState,
    taskList: Object.freeze(stage.taskList.map(fromTaskNative)),
  });
}

function fromTaskNative(task: NativeTask): TaskInfo {
  return Object.freeze({
    ...task,
    state: task.state as TaskInfo['state'],
    launchedAt: toDate(task.launchedAt),
    endedAt: toDate(task.endedAt),
  });
}

/** @internal The date of a time in milliseconds since 1970. */
export function toDate(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}
