/**
 * `npm run fuzz -- --queries 20000 [--seed 1] [--setting hash,merge]` runs random queries on a cluster and compares the
 * results with single-node DataFusion. `build/fuzz.txt` contains the current query, in case the process crashes.
 *
 * @module
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { campaign, type Failure, reason, report, type Summary } from './campaign.js';
import { SETTINGS } from './settings.js';
import { Tally } from './tally.js';

const { values } = parseArgs({
  options: {
    queries: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    setting: { type: 'string', default: SETTINGS.map(({ name }) => name).join(',') },
    'no-shrink': { type: 'boolean', default: false },
  },
});
const settings = values.setting.split(',').map((name) => {
  const setting = SETTINGS.find((one) => one.name === name);
  if (!setting) throw new Error(`--setting takes ${SETTINGS.map((one) => one.name).join(', ')}, not ${name}`);
  return setting;
});
const [seed, queries] = [Number(values.seed), Number(values.queries)];

const started = Date.now();
const known = new Set<string>();
let reported = 0;
let shown = started;

function progress(summary: Summary): void {
  for (const failure of summary.failures.slice(reported)) announce(failure);
  reported = summary.failures.length;
  if (Date.now() - shown < 5_000) return;
  shown = Date.now();
  const seconds = (shown - started) / 1000;
  const rate = (summary.queries / seconds).toFixed(1);
  console.error(`${summary.queries} of ${queries} queries, ${rate} a second, ${summary.failures.length} failures`);
}

/** The failures without repeated causes. */
function announce(failure: Failure): void {
  const kind = `${failure.setting} ${failure.kind} ${reason(failure.kind === 'rows' ? failure.sql : failure.text)}`;
  if (known.has(kind)) return;
  known.add(kind);
  console.log(`${report(failure)}\n`);
}

const summary = await campaign({
  seed,
  queries,
  settings,
  shrink: !values['no-shrink'],
  before: (at, sql, sofar) => {
    writeFileSync('build/fuzz.txt', `seed ${at}\n${sql}\n`);
    progress(sofar);
  },
});
shown = 0;
progress(summary);

console.log(`${summary.queries} queries of seeds ${seed} to ${seed + queries - 1}, ${summary.filled} with rows`);
for (const [title, tally] of [
  ['rejected by single-node DataFusion', summary.rejected],
  ['refused by the cluster', summary.refusals],
  ['not decided by single-node DataFusion', summary.undecided],
  ['plans without an encoding', summary.unencoded],
  ['plans changed by their encoding', summary.changed],
] as const)
  if (tally.total > 0) console.log(`${tally.total} ${title}:\n${tally}`);
const kinds = new Tally();
for (const { setting, kind, sql } of summary.failures) kinds.add(`${kind} with ${setting}`, sql);
console.log(`${kinds.total} failures\n${kinds}`);
if (kinds.total > 0) process.exitCode = 1;
