/**
 * A scheduler or an executor as a program, with all its options.
 *
 * @module
 */

import { BallistaExecutor, BallistaScheduler, type ExecutorOptions, type SchedulerOptions } from 'ballista';

import { answer, argument } from './answer.js';

export type Member =
  | { readonly role: 'scheduler'; readonly options: SchedulerOptions }
  | { readonly role: 'executor'; readonly options: ExecutorOptions };

const member = argument<Member>();
const server =
  member.role === 'scheduler' ? new BallistaScheduler(member.options) : new BallistaExecutor(member.options);
await server.start();
// A stopped process still holds its port, so nothing else has to be answered than whether it is there.
await answer(
  { port: server.port },
  async () => globalThis.gc?.(),
  () => server.close(),
);
