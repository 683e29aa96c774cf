/**
 * `npm run leaks -- [--queries 3000] [--no-write]` runs queries, drops streams, cancels and fails, and writes a table of what the
 * processes use before and after into docs/reliability.md.
 *
 * @module
 */

import { parseArgs } from 'node:util';

import { markdown, RELIABILITY, writeBetween } from '../support/page.js';
import { leaked, leaks } from './campaign.js';

const { values } = parseArgs({
  options: { queries: { type: 'string', default: '3000' }, 'no-write': { type: 'boolean', default: false } },
});
const queries = Number(values.queries);
const counts = {
  queries,
  'dropped streams': Math.ceil(queries / 10),
  cancels: Math.ceil(queries / 15),
  failures: Math.ceil(queries / 10),
};
const report = await leaks(counts);
const { growths, left } = report;
const rows = growths.map(({ process, before, after }) => ({
  process,
  'memory before': `${before.megabytes} MiB`,
  after: `${after.megabytes} MiB`,
  'descriptors before': String(before.descriptors),
  'descriptors after': String(after.descriptors),
  'threads before': String(before.threads),
  'threads after': String(after.threads),
}));
const work = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
const text = `${markdown(rows)}

Between the two measurements: ${work.join(', ')}. Files that executors kept: ${left.length === 0 ? 'none' : left.join(', ')}.`;
console.log(text);
if (!values['no-write']) writeBetween(RELIABILITY, 'leaks', text);
const leftBehind = leaked(report);
for (const what of leftBehind) console.log(`LEAK ${what}`);
if (leftBehind.length > 0) process.exitCode = 1;
