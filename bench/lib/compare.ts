import { median, ms, type Table } from './report.js';
import { type Answer, type Request, SYSTEMS, type System } from './systems.js';

/** What a run of `npm run bench` compares. */
export interface Setup {
  /** Names of {@link SYSTEMS}. */
  systems: readonly string[];
  /** Of TPC-H and TPC-DS. */
  scale: number;
  /** The only queries of TPC-DS to run, such as `q21`. */
  queries: readonly string[] | undefined;
  /** Whether reports are kept: those of a run with options are not. */
  keep: boolean;
}

/** Milliseconds by the name of a system; one that has failed has none. */
export type Times = ReadonlyMap<string, number>;

/** A system has at least so many runs; further ones only as long as all together take no longer. */
const LEAST = 3;
const ENOUGH_MS = 5_000;

/** How {@link inTurns} measures, for reports. */
export const HOW = (runs: number): string =>
  `Median of ${runs} runs after one; of at least ${LEAST}, where they take longer than ${ENOUGH_MS / 1000} s together.`;

/** Runs a query in turns, so that what else the machine does hits all systems alike. */
export async function inTurns(
  systems: readonly System[],
  request: Request,
  runs: number,
  each: (system: System, answer: Answer) => void = () => undefined,
): Promise<Times> {
  const times = new Map(systems.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= runs; round++) {
    for (const system of systems) {
      const taken = times.get(system.name);
      if (!taken || (taken.length >= LEAST && taken.reduce((sum, time) => sum + time) > ENOUGH_MS)) continue;
      try {
        const answer = await system.run(request);
        each(system, answer);
        if (round > 0) taken.push(answer.ms); // the first one is not measured: caches fill
      } catch (error) {
        failed(system, request, error);
        times.delete(system.name);
      }
    }
  }
  return new Map([...times].map(([name, taken]) => [name, median(taken)]));
}

/** Says that a system cannot do something; a dash stands for it in reports. */
export function failed(system: System, { sql }: Request, error: unknown): void {
  console.error(`${system.name} failed: ${sql.trim()}\n${error instanceof Error ? error.message : String(error)}`);
}

/** The quotients of every report, by the names of the systems. */
const RATIOS: Readonly<Record<string, readonly [string, string]>> = {
  'ours / local()': ['ours', 'local'],
  'ours / DuckDB': ['ours', 'duckdb'],
  'never / local()': ['never-2', 'local'],
  'never / stock': ['never-2', 'stock'],
  'never / stock, 2 executors': ['never-2', 'stock-2'],
};

/** A row of a report: a column for each system, and the quotients of those that are there. */
export function row(
  measured: string,
  systems: readonly System[],
  times: Times,
  unit: (value: number) => string = ms,
): Table[number] {
  const has = (name: string) => systems.some((system) => system.name === name);
  const cells = systems.map(({ name }) => {
    const time = times.get(name);
    return [SYSTEMS[name] ?? name, time === undefined ? '–' : unit(time)];
  });
  const ratios = Object.entries(RATIOS).filter(([, pair]) => pair.every(has));
  return {
    measured,
    ...Object.fromEntries(cells),
    ...Object.fromEntries(ratios.map(([title, [a, b]]) => [title, ratio(times.get(a), times.get(b))])),
  };
}

export function ratio(a: number | undefined, b: number | undefined): string {
  return a === undefined || b === undefined ? '–' : (a / b).toFixed(2);
}
