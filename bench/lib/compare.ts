import { median, ms, type Table } from './report.js';
import { type Answer, type Request, SYSTEMS, type System } from './systems.js';

/** The options of a run of `npm run bench`. */
export interface Setup {
  /** Names of {@link SYSTEMS}. */
  systems: readonly string[];
  /** The scale factor of TPC-H and TPC-DS. */
  scale: number;
  /** The TPC-H or TPC-DS queries to run, such as `q21`; all if undefined. */
  queries: readonly string[] | undefined;
  /** How often each TPC-H query runs on each system. The best run counts. */
  passes: number;
  /** Whether to save reports. Reports of a run with options are only printed. */
  keep: boolean;
}

/** Milliseconds by system name. A system that failed has no entry. */
export type Times = ReadonlyMap<string, number>;

/** Every system has at least `LEAST` runs. It has more until they take `ENOUGH_MS` together. */
const LEAST = 3;
const ENOUGH_MS = 5_000;

/** Describes in reports how {@link inTurns} measures. */
export const HOW = (runs: number): string =>
  `Median of ${runs} runs after a warm-up run; of fewer runs, but at least ${LEAST}, if they take longer than ${ENOUGH_MS / 1000} s together.`;

/** Runs a query on the systems in turns, so that other load on the machine affects all of them equally. */
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
        if (round > 0) taken.push(answer.ms); // the first run is a warm-up
      } catch (error) {
        failed(system, request, error);
        times.delete(system.name);
      }
    }
  }
  return new Map([...times].map(([name, taken]) => [name, median(taken)]));
}

/** Logs that a system failed to run a query. Reports show a dash instead of a time. */
export function failed(system: System, { sql }: Request, error: unknown): void {
  console.error(`${system.name} failed: ${sql.trim()}\n${error instanceof Error ? error.message : String(error)}`);
}

/** The ratios in every report, with the names of the two systems. */
const RATIOS: Readonly<Record<string, readonly [string, string]>> = {
  'ours / local()': ['ours', 'local'],
  'ours / DuckDB': ['ours', 'duckdb'],
  'never / local()': ['never-2', 'local'],
  'never / stock': ['never-2', 'stock'],
  'never / stock, 2 executors': ['never-2', 'stock-2'],
};

/** A row of a report: a column for each system, and the ratios between the systems that were run. */
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
