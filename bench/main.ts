/**
 * `npm run bench -- <name>`: measures against named references in one run and prints a table of ratios.
 *
 * @module
 */

import { latency } from './latency.bench.js';
import { memory } from './memory.bench.js';
import { rows } from './rows.bench.js';
import { stream } from './stream.bench.js';
import { functions } from './udf.bench.js';

const benches: Record<string, () => Promise<void>> = { latency, memory, rows, stream, udf: functions };

const name = process.argv[2] ?? '';
const bench = benches[name];
if (bench) {
  await bench();
} else {
  console.error(`npm run bench -- <name>, where <name> is one of: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 1;
}
