import { ratio, type Setup, type Times } from './lib/compare.js';
import { grouped, report, type Table } from './lib/report.js';
import { closeAll, LEGEND, SYSTEMS, System } from './lib/systems.js';
import { tpchTables } from './lib/tpch.js';
import { total, tpchPasses } from './lib/tpch-passes.js';

const SCALES = [0.1, 1, 3];
const BY_SCALE = ['ours', 'auto-2', 'never-2', 'local', 'duckdb'];
const EXECUTORS = [1, 2, 4];

/** How the time of TPC-H grows with the size of the data and with the number of executors. */
export async function growth({ systems: names, scale, keep }: Setup): Promise<void> {
  const chosen = BY_SCALE.filter((name) => names.includes(name));
  const sums = new Map<number, Times>();
  for (const each of SCALES) sums.set(each, await totals(chosen, each));
  const byScale: Table = SCALES.map((each) => {
    const of = sums.get(each);
    const growth = chosen.map((name) => [SYSTEMS[name] ?? name, cell(of?.get(name), sums.get(1)?.get(name))]);
    return { scale: String(each), ...Object.fromEntries(growth) };
  });

  const settings = ['never', 'auto'].filter((setting) => names.includes(`${setting}-2`));
  const byExecutors = await totals(
    settings.flatMap((setting) => EXECUTORS.map((count) => `${setting}-${count}`)),
    scale,
  );
  const executors: Table = EXECUTORS.map((count) => ({
    executors: String(count),
    ...Object.fromEntries(
      settings.map((setting) => [
        `\`${setting}\``,
        cell(byExecutors.get(`${setting}-${count}`), byExecutors.get(`${setting}-1`)),
      ]),
    ),
  }));
  report(
    'growth',
    [
      LEGEND,
      'Total time of all TPC-H queries, the better of two passes for each. In brackets: the ratio to scale 1.',
      byScale,
      `Scale ${scale}, on executors in separate processes with one slot each. In brackets: the ratio to one executor.`,
      executors,
    ],
    { keep },
  );
}

const cell = (value: number | undefined, base: number | undefined): string =>
  value === undefined ? '–' : `${grouped(value)} ms (${ratio(value, base)})`;

async function totals(names: readonly string[], scale: number): Promise<Times> {
  const systems = await System.startAll(names, tpchTables(scale));
  try {
    return total(await tpchPasses(systems, { queries: undefined, passes: 2 }), systems);
  } finally {
    await closeAll(systems);
  }
}
