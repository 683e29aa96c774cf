/**
 * How far a query is.
 *
 * @module
 */

/** How many parts there are, and how many of them run and have ended. */
export interface ProgressCount {
  /** The parts that have succeeded. */
  readonly done: number;
  /** The parts that run now. */
  readonly running: number;
  /** All parts, including those that wait. */
  readonly total: number;
}

/**
 * The state of a query. `'planning'`: it has no job and no row yet. `'queued'`: the scheduler plans its job, or the job waits for
 * slots. The last three are final.
 */
export type QueryState = 'planning' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/**
 * How far a query is. A frozen snapshot. Schedulers of this package tell the stages and tasks of a job; stock schedulers tell only
 * its state, and a query in this process has no stages.
 *
 * @example
 * ```ts
 * await df.count({ onProgress: ({ state, tasks }) => console.log(state, tasks?.done, tasks?.total) });
 * ```
 */
export interface QueryProgress {
  /** Whether the query waits, runs or has ended. */
  readonly state: QueryState;
  /** The id of the job on the scheduler, once it has one. A query that lost an executor runs again, with a new job id. */
  readonly jobId: string | undefined;
  /** The time since the action began, in whole milliseconds. */
  readonly elapsedMs: number;
  /** The stages of the job; `undefined` until it is planned, and where there are no stages. */
  readonly stages: ProgressCount | undefined;
  /**
   * The tasks of all stages, counted in partitions: an executor may run several partitions as one task. A query that one executor
   * runs alone is one task. `undefined` as {@link stages}.
   */
  readonly tasks: ProgressCount | undefined;
  /** The number of rows of the result that have arrived in this process. */
  readonly rows: number;
  /** Their size in bytes. */
  readonly bytes: number;
  /**
   * The number of rows read from tables and files so far, after the filters of scans. `undefined` if it is not known, as for
   * queries in stages. On a cluster, it is at most a second old.
   */
  readonly scannedRows: number | undefined;
  /** The number of rows that ended tasks have written for other stages and for the result; `undefined` as {@link stages}. */
  readonly stageRows: number | undefined;
  /** Their size in bytes; `undefined` as {@link stages}. */
  readonly stageBytes: number | undefined;
  /**
   * The part of the tasks that has ended, from 0 to 1. Reading the result is not counted. `undefined` if it says nothing: with
   * fewer than two tasks, or if the tasks are not known. 1 after success.
   */
  readonly fraction: number | undefined;
  /**
   * An estimate of the time until the last task ends, in whole milliseconds. It assumes that the other tasks take as long as the
   * ended ones. `undefined` in the first second, before a tenth of the tasks has ended, and without {@link fraction}.
   */
  readonly remainingMs: number | undefined;
}
