/**
 * A scheduler in its own process. Prints `{"port":N}` when it serves. For each line that it reads, prints the {@link Usage} of
 * its process. Exits when its standard input closes.
 *
 * @module
 */

import { createInterface } from 'node:readline';
import { BallistaScheduler } from 'ballista';

/** CPU time and memory that a process has used since it started. */
export interface Usage {
  /** CPU time of all its threads together, in milliseconds. */
  cpu: number;
  /** Its peak memory, in bytes. */
  peak: number;
}

const scheduler = new BallistaScheduler({ port: 0 });
await scheduler.start();
console.log(JSON.stringify({ port: scheduler.port }));
for await (const _ of createInterface({ input: process.stdin })) {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, peak: maxRSS * 1024 } satisfies Usage));
}
await scheduler.close();
