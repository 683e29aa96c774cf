/**
 * Many clients in one program. Each of them waits a random time between two queries, so that all of them together do not keep
 * the machine busy all the time.
 *
 * @module
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { BallistaError, type BallistaSessionContext } from 'ballista';

import { Choices } from '../fuzz/choices.js';
import { answer, argument } from '../support/answer.js';
import { connect, KINDS, type Kind, run, runBig } from './queries.js';

export interface ClientsOptions {
  readonly url: string;
  readonly folder: string;
  readonly clients: number;
  readonly seed: number;
  /** Whether the program runs big queries, too. */
  readonly big: boolean;
  /** The longest pause of a client between two queries. */
  readonly pauseMs: number;
  /** How many clients run queries before the measurement. */
  readonly warm: number;
}

/** A finished query. */
export type Done = readonly [kind: Kind, ms: number, besideBig: boolean];

export interface ClientsReport {
  readonly done: readonly Done[];
  readonly bigMs: readonly number[];
  readonly errors: readonly string[];
  /** The 99th percentile and the maximum of the event-loop delay, in milliseconds. */
  readonly delay: { readonly p99: number; readonly most: number };
}

const { url, folder, clients, seed, big, pauseMs, warm } = argument<ClientsOptions>();

/** Writes are slow and leave files behind; lookups are what clients do most of the time. */
const MIX: readonly [readonly [number, Kind], ...(readonly [number, Kind])[]] = [
  [8, 'lookup'],
  [3, 'group'],
  [3, 'join'],
  [4, 'memory'],
  [2, 'udf'],
  [1, 'write'],
];

/** How long no big query runs between two of them. */
const BETWEEN_BIG_MS = 5_000;

const contexts: BallistaSessionContext[] = [];
let bigRuns = 0;

async function work(seconds: number): Promise<ClientsReport> {
  const end = performance.now() + 1000 * seconds;
  const done: Done[] = [];
  const bigMs: number[] = [];
  const errors: string[] = [];
  const failed = (what: string) => (error: unknown) => {
    const code = BallistaError.is(error) ? error.code : 'no code';
    errors.push(`${what}: ${code}: ${error instanceof Error ? error.message : String(error)}`);
  };
  const client = async (ctx: BallistaSessionContext, index: number) => {
    const choices = Choices.random(seed + index);
    const own = join(folder, `written-${seed}-${index}`);
    mkdirSync(own, { recursive: true });
    for (let number = index; performance.now() < end; number++) {
      await pause(choices.below(pauseMs));
      const kind = choices.weighted(MIX);
      const [begin, beside] = [performance.now(), bigRuns > 0];
      await run(ctx, kind, number, own).then(
        () => done.push([kind, performance.now() - begin, beside || bigRuns > 0]),
        failed(kind),
      );
    }
  };
  const bigClient = async (ctx: BallistaSessionContext) => {
    while (performance.now() < end) {
      const begin = performance.now();
      bigRuns++;
      await runBig(ctx).then(() => bigMs.push(performance.now() - begin), failed('big'));
      bigRuns--;
      await pause(BETWEEN_BIG_MS);
    }
  };
  const [first] = contexts;
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await Promise.all([...contexts.map(client), ...(big && first ? [bigClient(first)] : [])]);
  histogram.disable();
  const delay = { p99: histogram.percentile(99) / 1e6, most: histogram.max / 1e6 };
  return { done, bigMs, errors, delay };
}

for (let index = 0; index < clients; index++) {
  const ctx = await connect(url, folder);
  contexts.push(ctx);
  // Code of functions is loaded and connections are opened before the measurement.
  if (index >= warm) continue;
  for (const kind of KINDS.filter((kind) => kind !== 'write')) await run(ctx, kind, index, folder);
}
await answer(
  {},
  ({ seconds }: { seconds: number }) => work(seconds),
  () => Promise.all(contexts.map((ctx) => ctx.close())),
);
