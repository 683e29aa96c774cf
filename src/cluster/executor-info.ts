/**
 * What a scheduler tells about its executors.
 *
 * @module
 */

import type { NativeExecutorInfo } from '../binding.cjs';
import { toDate } from './job-info.js';

/** The state of an executor. `'closing'`: it takes no more tasks. `'diskFull'`: it cannot write to its work folder. */
export type ExecutorState = 'active' | 'closing' | 'diskFull';

/** An executor that is registered with a scheduler. From Ballista's `ExecutorMetadata`. */
export interface ExecutorInfo {
  /** The id of the executor. A new process has a new id. */
  readonly executorId: string;
  /** The host that others connect to. */
  readonly host: string;
  /** The port for rows. */
  readonly port: number;
  /** The port for tasks. */
  readonly grpcPort: number;
  /** How many partitions it runs at once: its `vcores`. */
  readonly slots: number;
  /** The slots without a task. */
  readonly freeSlots: number;
  /** The number of tasks that it runs. A small query that runs alone takes no slot. */
  readonly runningTasks: number;
  /** The memory for all its tasks in bytes; `undefined` if it has not told, as stock executors. */
  readonly taskMemoryBytes: number | undefined;
  /** Whether it runs TypeScript UDFs. */
  readonly runsFunctions: boolean;
  /** Whether it takes tasks. */
  readonly state: ExecutorState;
  /** When its last heartbeat arrived, to the second. */
  readonly lastSeenAt: Date | undefined;
}

/** @internal */
export function fromExecutorNative(executor: NativeExecutorInfo): ExecutorInfo {
  return Object.freeze({
    ...executor,
    taskMemoryBytes: executor.taskMemoryBytes,
    state: executor.state as ExecutorState,
    lastSeenAt: toDate(executor.lastSeenAt),
  });
}
