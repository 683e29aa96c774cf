/**
 * `npm run inputs -- [--count 20000] [--seed 1] [--only sql,parquet,ports] [--no-write]` gives wrong inputs to the library and to
 * the ports of a cluster, and writes a table of how they end into docs/reliability.md. Inputs that break something are kept in
 * `build/inputs/`. An input depends only on its kind and its seed.
 *
 * @module
 */

import { parseArgs } from 'node:util';

import { markdown, RELIABILITY, writeBetween } from '../support/page.js';
import { type Ends, type Fault, inputs } from './campaign.js';
import { KINDS } from './kinds.js';
import { ports } from './ports.js';
import { table } from './table.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: [...KINDS, 'ports'].join(',') },
    'no-write': { type: 'boolean', default: false },
  },
});
const wanted = values.only.split(',');
const kinds = KINDS.filter((kind) => wanted.includes(kind));
const plan = {
  kinds,
  count: Number(values.count),
  seed: Number(values.seed),
  kept: 'build/inputs',
  onFault: ({ kind, seed, what, message, file }: Fault) =>
    console.log(`FAULT ${kind}, seed ${seed}: ${what}, ${file}\n${message}`),
};
const all: Ends[] = [...(await inputs(plan)), ...(wanted.includes('ports') ? await ports(plan) : [])];
const text = markdown(table(all));
console.log(text);
for (const { kind, internal } of all) if (internal.total > 0) console.log(`\nINTERNAL of ${kind}:\n${internal}`);
if (!values['no-write'] && kinds.length === KINDS.length) writeBetween(RELIABILITY, 'inputs', text);
if (all.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
