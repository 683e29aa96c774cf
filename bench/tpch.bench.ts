import { row, type Setup } from './lib/compare.js';
import { report, type Table } from './lib/report.js';
import { closeAll, LEGEND, System } from './lib/systems.js';
import { tpchTables } from './lib/tpch.js';
import { total, tpchPasses } from './lib/tpch-passes.js';

/** The 22 TPC-H queries. */
export async function tpch({ systems: names, scale, keep, ...passes }: Setup): Promise<Table> {
  const systems = await System.startAll(names, tpchTables(scale));
  try {
    const times = await tpchPasses(systems, passes);
    const [queries, sum] = [[...times], total(times, systems)];
    const complete = queries.filter(([, of]) => systems.every(({ name }) => of.has(name)));
    const title = `TPC-H, ${complete.length} queries`;
    report(
      'tpch',
      [
        LEGEND,
        `Scale ${scale}, the best of ${passes.passes} passes. Rows are compared with those of \`local()\`: by value for this package, by row count for other
systems. Totals include only the queries that every system can run.`,
        [...queries.map(([number, of]) => row(`query ${number}`, systems, of)), row(title, systems, sum)],
      ],
      { keep },
    );
    return [row(title, systems, sum)];
  } finally {
    await closeAll(systems);
  }
}
