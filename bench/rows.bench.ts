import { median, report } from './lib/report.js';
import { type Run, startWay, ways } from './lib/rows.js';

const ROUNDS = 7;

type Name = keyof typeof ways;

const NAMES = Object.keys(ways) as Name[];

/** Three million flights from a Parquet file to JavaScript values: ours, DuckDB and nodejs-polars. */
export async function rows(): Promise<void> {
  const runs = await race();
  const rate = (name: Name): number => {
    const [{ rows }] = runs[name] as [Run];
    return rows / median(runs[name].map(({ time }) => time)) / 1000;
  };
  report('rows', [
    `Reads and converts all of flights-3m.parquet from vega-datasets. Each way has its own process; they run in turns, one at a
time. Median of ${ROUNDS} rounds after a warm-up round. The time of ballista includes its in-process cluster.`,
    NAMES.map((name) => ({
      'Parquet to values': name,
      'million rows/s': rate(name).toFixed(2),
      'toArray() / this': (rate('ballista `toArray()`') / rate(name)).toFixed(2),
      'toColumns() / this': (rate('ballista `toColumns()`') / rate(name)).toFixed(2),
      'date, delay, distance, origin, destination': runs[name][0]?.types ?? '',
    })),
  ]);
}

/** Runs the ways in turns, so that other load on the machine affects all of them equally. */
async function race(): Promise<Record<Name, Run[]>> {
  const started = NAMES.map((name) => ({ ...startWay(name), name }));
  try {
    for (const { run } of started) await run(); // warm-up
    const runs = Object.fromEntries(NAMES.map((name) => [name, [] as Run[]])) as Record<Name, Run[]>;
    for (let round = 0; round < ROUNDS; round++) for (const { name, run } of started) runs[name].push(await run());
    return runs;
  } finally {
    for (const { close } of started) close();
  }
}
