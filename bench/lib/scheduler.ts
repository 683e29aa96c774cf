/**
 * A scheduler in a process of its own. Prints `{"port":N}` when it serves, then what its process has used for each line
 * that it reads, and ends with its standard input.
 *
 * @module
 */

import { createInterface } from 'node:readline';
import { BallistaScheduler } from 'ballista';

/** What a process has used since it started. */
export interface Usage {
  /** Milliseconds of all its threads together. */
  cpu: number;
  /** The most bytes that it has held. */
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
