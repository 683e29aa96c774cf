/**
 * Executors as text.
 *
 * @module
 */

import type { ExecutorInfo } from 'ballista';

import type { TableOptions } from '../../display/draw-table.js';
import { bytesText, countText } from '../../plan/amount.js';
import { listText } from '../output/list.js';
import { columnsOf, timeText } from './columns.js';

/** A table of executors. */
export async function executorsText(executors: readonly ExecutorInfo[], limits: TableOptions = {}): Promise<string> {
  if (executors.length === 0) return 'No executor is registered with the scheduler.\n';
  return listText(
    columnsOf(executors, {
      executor: ({ executorId }) => executorId,
      address: ({ host, port }) => `${host}:${port}`,
      state: ({ state }) => state,
      'busy slots': ({ slots, freeSlots }) => `${countText(slots - freeSlots)}/${countText(slots)}`,
      tasks: ({ runningTasks }) => countText(runningTasks),
      memory: ({ taskMemoryBytes }) => (taskMemoryBytes === undefined ? '' : bytesText(taskMemoryBytes)),
      'runs UDFs': ({ runsFunctions }) => (runsFunctions ? 'yes' : 'no'),
      seen: ({ lastSeenAt }) => timeText(lastSeenAt),
    }),
    limits,
  );
}
