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
    `flights-3m.parquet of vega-datasets, read and converted whole. Each way is a process of its own; they run in turns, one at a
time: median of ${ROUNDS} rounds after one. Ours includes the cluster in the process.`,
    NAMES.map((name) => ({
      'Parquet to values': name,
      'million rows/s': rate(name).toFixed(2),
      'toArray() / this': (rate('ballista `toArray()`') / rate(name)).toFixed(2),
      'toColumns() / this': (rate('ballista `toColumns()`') / rate(name)).toFixed(2),
      'date, delay, distance, origin, destination': runs[name][0]?.types ?? '',
    })),
  ]);
}

/** In turns, so that what else the machine does hits all alike. */
async function race(): Promise<Record<Name, Run[]>> {
  const started = NAMES.map((name) => ({ ...startWay(name), name }));
  try {
    for (const { run } of started) await run(); // not measured: caches fill
    const runs = Object.fromEntries(NAMES.map((name) => [name, [] as Run[]])) as Record<Name, Run[]>;
    for (let round = 0; round < ROUNDS; round++) for (const { name, run } of started) runs[name].push(await run());
    return runs;
  } finally {
    for (const { close } of started) close();
  }
}
