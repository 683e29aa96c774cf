/**
 * Measures the start of a new process up to a running cluster, and prints {@link StartTimes} as JSON.
 *
 * @module
 */

/** Milliseconds of the steps in one process. */
export interface StartTimes {
  /** Importing apache-arrow. */
  arrow: number;
  /** Importing this package, after apache-arrow. */
  ballista: number;
  /** Starting the first cluster. */
  first: number;
  /** Starting a second cluster. */
  further: number;
}

async function time<T>(work: () => Promise<T>): Promise<[number, T]> {
  const started = performance.now();
  const result = await work();
  return [performance.now() - started, result];
}

const [arrow] = await time(() => import('apache-arrow'));
const [ballista, { setupTestCluster }] = await time(() => import('ballista'));
const start = () => setupTestCluster({ executors: 1, vcores: 2 });
const [first, one] = await time(start);
await one.close();
const [further, two] = await time(start);
await two.close();
console.log(JSON.stringify({ arrow, ballista, first, further } satisfies StartTimes));
