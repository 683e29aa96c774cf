/**
 * `npm run bench -- [name] [--systems ours,local] [--scale 0.1]`: measures this package and reference systems in one run, and
 * prints tables with ratios. Without a name, it runs all comparisons of engines and also prints one table of all results.
 * Reports of runs with options are printed, but not saved.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { executors } from './executors.bench.js';
import { growth } from './growth.bench.js';
import type { Setup } from './lib/compare.js';
import { report, type Table } from './lib/report.js';
import { LEGEND, SYSTEMS } from './lib/systems.js';
import { load } from './load.bench.js';
import { memory } from './memory.bench.js';
import { result } from './result.bench.js';
import { rows } from './rows.bench.js';
import { small } from './small.bench.js';
import { stream } from './stream.bench.js';
import { tpcDs } from './tpcds.bench.js';
import { tpch } from './tpch.bench.js';
import { functions } from './udf.bench.js';

async function engines(setup: Setup): Promise<void> {
  const parts: Table[] = [];
  for (const part of [small, result, tpch]) parts.push(await part(setup));
  await growth(setup);
  await load(setup);
  const about = `${LEGEND}\n\nTPC-H at scale ${setup.scale}. Details: small.md, result.md, tpch.md. The same run generated growth.md and load.md.`;
  report('engines', [about, parts.flat()], { keep: setup.keep, command: 'npm run bench' });
}

const benches: Readonly<Record<string, (setup: Setup) => Promise<unknown>>> = {
  engines,
  small,
  result,
  tpch,
  growth,
  load,
  executors,
  memory,
  rows,
  stream,
  tpcds: tpcDs,
  udf: functions,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    systems: { type: 'string' },
    scale: { type: 'string' },
    queries: { type: 'string' },
    passes: { type: 'string' },
  },
});
const [name = 'engines', ...more] = positionals;
const bench = benches[name];
const scale = Number(values.scale ?? 1);
const passes = Number(values.passes ?? 4);
const systems = values.systems?.split(',') ?? Object.keys(SYSTEMS);
const isSystem = (system: string) => system in SYSTEMS || /^(auto|always|never)-\d+$/.test(system);

if (bench && more.length === 0 && scale > 0 && passes > 0 && systems.every(isSystem)) {
  const queries = values.queries?.split(',');
  await bench({ systems, scale, queries, passes, keep: Object.keys(values).length === 0 });
} else {
  console.error(`npm run bench -- [name] [--systems a,b] [--scale n] [--queries q7,q21] [--passes n]
name: ${Object.keys(benches).join(', ')}; default: engines
systems: ${Object.keys(SYSTEMS).join(', ')}; auto-4, never-1 and so on: that many executors in separate processes
scale: the scale factor of the TPC-H and TPC-DS tables; for the benchmark executors, a factor for the number of tasks
queries: those of the benchmarks tpch and tpcds; default: all
passes: how often each TPC-H query runs; the best run counts; default: 4`);
  process.exitCode = 1;
}
