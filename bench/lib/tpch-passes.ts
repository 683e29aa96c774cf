import { failed, type Setup, type Times } from './compare.js';
import { type Answer, SYSTEMS, type System } from './systems.js';
import { TPCH_NUMBERS, tpchQuery } from './tpch.js';

/** Which queries run, and how often. */
export type Passes = Pick<Setup, 'queries' | 'passes'>;

/** The times by query number: for each system, the best of all passes. */
export async function tpchPasses(
  systems: readonly System[],
  { queries, passes }: Passes,
): Promise<ReadonlyMap<number, Times>> {
  const numbers = TPCH_NUMBERS.filter((number) => queries?.includes(`q${number}`) ?? true);
  if (numbers.length === 0) throw new RangeError('there are no such queries: they are q1 to q22');
  const best = new Map(numbers.map((number) => [number, new Map<string, number>()]));
  for (let pass = 0; pass < passes; pass++) {
    for (const [number, times] of best) {
      const request = { sql: tpchQuery(number) };
      const answers = new Map<System, Answer>();
      for (const system of systems) {
        if (pass > 0 && !times.has(system.name)) continue; // it failed in an earlier pass
        try {
          const answer = await system.run(request);
          answers.set(system, answer);
          times.set(system.name, Math.min(answer.ms, times.get(system.name) ?? Number.POSITIVE_INFINITY));
        } catch (error) {
          failed(system, request, error);
          times.delete(system.name);
        }
      }
      compareRows(number, answers);
    }
  }
  return best;
}

/** Throws if a system returned other rows than `local()`, because the time of a wrong result means nothing. */
function compareRows(number: number, answers: ReadonlyMap<System, Answer>): void {
  const all = [...answers];
  const [right, expected] = all.find(([{ name }]) => name === 'local') ?? all[0] ?? [];
  for (const [{ name }, { rows, digest }] of all) {
    const bySum = digest !== undefined && expected?.digest !== undefined;
    if (rows === expected?.rows && (!bySum || digest === expected.digest)) continue;
    throw new Error(`query ${number}: ${SYSTEMS[name] ?? name} has ${rows} rows that are not those of ${right?.name}`);
  }
}

/** The total time of the queries that every system can run. */
export function total(times: ReadonlyMap<number, Times>, systems: readonly System[]): Times {
  const complete = [...times.values()].filter((of) => systems.every(({ name }) => of.has(name)));
  const sum = (name: string) => complete.reduce((all, of) => all + (of.get(name) ?? 0), 0);
  return new Map(systems.map(({ name }) => [name, sum(name)]));
}
