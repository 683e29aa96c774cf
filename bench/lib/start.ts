/**
 * Times in milliseconds from an empty process to a cluster, as JSON.
 *
 * @module
 */

/** One process. */
export interface StartTimes {
  /** To import apache-arrow. */
  arrow: number;
  /** To import this package after it. */
  ballista: number;
  /** To start the first cluster. */
  first: number;
  /** To start another one. */
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
