/**
 * `npm run load -- [--seconds 600] [--pause-ms 4000] [--no-write]` runs 200 clients against a cluster, in one process and in
 * eight, and writes tables of times, delays and memory into docs/reliability.md.
 *
 * @module
 */

import { parseArgs } from 'node:util';

import { markdown, RELIABILITY, writeBetween } from '../support/page.js';
import { type LoadReport, load, percentile, SHAPES } from './campaign.js';
import { KINDS } from './queries.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    'pause-ms': { type: 'string', default: '4000' },
    'no-write': { type: 'boolean', default: false },
  },
});
const ms = (value: number) => (Number.isFinite(value) ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : '');

function queries({ shape, done, bigMs, errors, delay, seconds }: LoadReport) {
  const times = (beside: boolean) => done.filter(([, , big]) => big === beside).map(([, time]) => time);
  return {
    clients: shape.name,
    seconds: String(seconds),
    queries: String(done.length + bigMs.length),
    errors: String(errors.length),
    median: ms(percentile(times(false), 50)),
    p99: ms(percentile(times(false), 99)),
    'median beside a big query': ms(percentile(times(true), 50)),
    'p99 beside a big query': ms(percentile(times(true), 99)),
    'big queries': `${bigMs.length}, median ${ms(percentile(bigMs, 50))}`,
    'event-loop delay, p99': ms(delay.p99),
    worst: ms(delay.most),
  };
}

function kinds({ shape, done }: LoadReport) {
  const cells = KINDS.map((kind) => {
    const times = done.filter(([one]) => one === kind).map(([, time]) => time);
    return [kind, `${times.length}: ${ms(percentile(times, 50))}, ${ms(percentile(times, 99))}`] as const;
  });
  return { clients: shape.name, ...Object.fromEntries(cells) };
}

function memory({ shape, memory }: LoadReport) {
  const cells = memory.map(
    ({ process, begin, end, slope }) => [process, `${begin} to ${end} MiB, ${slope.toFixed(2)} MiB/min`] as const,
  );
  return { clients: shape.name, ...Object.fromEntries(cells) };
}

const reports: LoadReport[] = [];
for (const shape of SHAPES) {
  const report = await load(shape, Number(values.seconds), Number(values['pause-ms']));
  for (const error of report.errors.slice(0, 20)) console.log(`ERROR ${error}`);
  console.error(JSON.stringify(queries(report), undefined, 1));
  reports.push(report);
}
const text = [queries, kinds, memory].map((table) => markdown(reports.map(table))).join('\n\n');
console.log(text);
if (!values['no-write']) writeBetween(RELIABILITY, 'load', text);
if (reports.some(({ errors }) => errors.length > 0)) process.exitCode = 1;
