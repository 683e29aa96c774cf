import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { HOW, inTurns, row, type Setup } from './lib/compare.js';
import { median, ms, report, type Table } from './lib/report.js';
import type { StartTimes } from './lib/start.js';
import { closeAll, LEGEND, type Request, System } from './lib/systems.js';
import { NATIONS, tpchTables } from './lib/tpch.js';

const RUNS = 15;
const STARTS = 9;

const QUERIES: Readonly<Record<string, Request>> = {
  '`SELECT 1`': { sql: 'SELECT 1' },
  'GROUP BY of nation, 25 rows': { sql: NATIONS },
  'GROUP BY over lineitem': {
    sql: `SELECT l_returnflag, l_linestatus, sum(l_quantity) AS quantity, sum(l_extendedprice) AS price
          FROM lineitem GROUP BY l_returnflag, l_linestatus`,
  },
  '100 concurrent GROUP BYs of nation': { sql: NATIONS, copies: 100 },
};

/** The overhead of a query, and the time to import the package and to start a cluster. */
export async function small({ systems: names, scale, keep }: Setup): Promise<Table> {
  const systems = await System.startAll(names, tpchTables(scale));
  try {
    const table: Table[number][] = [];
    for (const [name, request] of Object.entries(QUERIES))
      table.push(row(name, systems, await inTurns(systems, request, RUNS)));
    report('small', [LEGEND, `TPC-H at scale ${scale}. ${HOW(RUNS)}`, table, ABOUT_STARTS, startTimes()], { keep });
    return table;
  } finally {
    await closeAll(systems);
  }
}

const ABOUT_STARTS = `The start of a new process up to an in-process cluster with one executor, median of ${STARTS} processes.`;

function startTimes(): Table {
  const runs = Array.from({ length: STARTS }, () => {
    const output = execFileSync(process.execPath, [join(import.meta.dirname, 'lib', 'start.mjs')], {
      encoding: 'utf8',
    });
    return JSON.parse(output) as StartTimes;
  });
  const time = (name: keyof StartTimes): string => ms(median(runs.map((run) => run[name])));
  return [
    { step: "`import 'apache-arrow'`", time: time('arrow') },
    { step: "`import 'ballista'` after it", time: time('ballista') },
    { step: 'the first cluster, including loading the addon', time: time('first') },
    { step: 'a second cluster', time: time('further') },
  ];
}
