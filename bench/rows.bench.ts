import { median, report } from './lib/report.js';
import { type Measured, measureWay, type ways } from './lib/rows.js';

const RUNS = 5;

type Name = keyof typeof ways;

/** What is compared: ours first. */
const RACES: readonly (readonly Name[])[] = [
  [
    'ballista `toArray()`',
    "ballista `toArray({ int64: 'number' })`",
    'DuckDB `getRowObjectsJS()`',
    'nodejs-polars `toRecords()`',
    'nodejs-polars `toObject()`, rows by hand',
  ],
  ['ballista `toColumns()`', 'DuckDB `getColumnsObjectJS()`', 'nodejs-polars `toObject()`'],
];

/** Three million flights from a Parquet file to JavaScript values: ours, DuckDB and nodejs-polars. */
export async function rows(): Promise<void> {
  const table: Record<string, string>[] = [];
  for (const names of RACES) {
    const measured = new Map<Name, Measured>();
    for (const name of names) measured.set(name, await measureWay(name, RUNS));
    const rate = (name: Name): number => {
      const { rows, times } = measured.get(name) as Measured;
      return rows / median(times) / 1000;
    };
    const own = rate(names[0] as Name);
    for (const name of names) {
      table.push({
        'Parquet to values': name,
        'million rows/s': rate(name).toFixed(2),
        'first / this': (own / rate(name)).toFixed(2),
        'date, delay, distance, origin, destination': measured.get(name)?.types ?? '',
      });
    }
  }
  report(
    'rows',
    `flights-3m.parquet of vega-datasets, read and converted whole: median of ${RUNS} runs after one, each way in a process of its
own, all in one run. Ours includes the cluster in the process. Ratios are to \`toArray()\`, and of columns to \`toColumns()\`.`,
    table,
  );
}
