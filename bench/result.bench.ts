import { HOW, inTurns, row, type Setup } from './lib/compare.js';
import { report, type Table } from './lib/report.js';
import { closeAll, LEGEND, System } from './lib/systems.js';
import { tpchTables } from './lib/tpch.js';

const RUNS = 7;
const SQL = 'SELECT l_orderkey, l_partkey, l_quantity, l_extendedprice, l_shipdate, l_shipmode FROM lineitem';

/** The time of a large result: of all rows, in the form that the system's users get, and of its first batch. */
export async function result({ systems: names, scale, keep }: Setup): Promise<Table> {
  const systems = await System.startAll(names, tpchTables(scale));
  try {
    let rows = 0;
    const peaks = new Map<string, number>();
    const all = await inTurns(systems, { sql: SQL }, RUNS, ({ name }, answer) => {
      rows = answer.rows;
      if (answer.peak !== undefined) peaks.set(name, answer.peak);
    });
    const first = await inTurns(systems, { sql: SQL, how: 'first' }, RUNS);
    const table = [
      row(`${(rows / 1e6).toFixed(1)} M rows × 6 columns, collected`, systems, all),
      row('its first batch', systems, first),
    ];
    const memory = row('peak memory', systems, peaks, (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`);
    report(
      'result',
      [
        LEGEND,
        `\`${SQL}\` of TPC-H at scale ${scale}: an Arrow table in the language of the system. For DuckDB: its chunks, with no
value converted yet. ${HOW(RUNS)} Memory is the peak of the client's process after all runs that collect.`,
        [...table, memory],
      ],
      { keep },
    );
    return table;
  } finally {
    await closeAll(systems);
  }
}
