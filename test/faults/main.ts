/**
 * `npm run faults -- [--rounds 20] [--seed 1] [--only 'killed;reset'] [--stop-seconds 65] [--parallel 2] [--no-write]` breaks
 * processes and connections of a cluster, and writes a table of how queries end into docs/reliability.md. A round repeats its
 * choices with its seed: `--only <row> --seed <seed> --rounds 1`.
 *
 * @module
 */

import { parseArgs } from 'node:util';

import { markdown, RELIABILITY, writeBetween } from '../support/page.js';
import { campaign } from './campaign.js';
import { SCENARIOS } from './scenarios.js';
import { faulty, table } from './table.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    'stop-seconds': { type: 'string', default: '65' },
    parallel: { type: 'string', default: '2' },
    'no-write': { type: 'boolean', default: false },
  },
});
const wanted = values.only.split(';');
const scenarios = SCENARIOS.filter(({ name }) => wanted.some((part) => name.includes(part)));
if (scenarios.length === 0) throw new Error(`--only ${values.only} names no row`);

let faults = 0;
const rows = await campaign({
  scenarios,
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  stopMs: 1000 * Number(values['stop-seconds']),
  parallel: Number(values.parallel),
  onRound: (scenario, seed, result) => {
    const { name } = scenario;
    const { outcome, extraMs, recoveryMs, damage } = result;
    const text =
      outcome.kind === 'right'
        ? ''
        : outcome.kind === 'error'
          ? `${outcome.code}: ${outcome.message}`
          : outcome.message;
    const times = `${Math.round(extraMs)} ms, recovery ${Math.round(recoveryMs)} ms`;
    console.error(`${name}, seed ${seed}: ${outcome.kind} ${text} (${times})${damage ? `\n${damage}` : ''}`);
    if (!faulty(scenario, result)) return;
    faults++;
    console.log(`FAULT ${name}, seed ${seed}: ${JSON.stringify({ outcome, damage }, undefined, 1)}`);
  },
});
const own = rows.map(({ ownMs }) => Math.round(ownMs)).filter((ms) => ms > 0);
const times = own.length > 0 ? `The query itself takes ${Math.min(...own)} to ${Math.max(...own)} ms. ` : '';
const text = `${markdown(table(rows))}

${times}A stopped process stays stopped for ${values['stop-seconds']} s.`;
console.log(text);
if (!values['no-write'] && values.only === '') writeBetween(RELIABILITY, 'faults', text);
if (faults > 0) process.exitCode = 1;
