import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { ProcessCluster } from '../support/process-cluster.js';
import { Remote } from '../support/remote.js';
import { type Usage, usage } from '../support/usage.js';
import type { LeakRequest, Work } from './client.js';

export type Counts = Readonly<Record<Work, number>>;

/** What a process used after the warm-up and at the end. */
export interface Growth {
  readonly process: string;
  readonly before: Usage;
  readonly after: Usage;
}

export interface LeakReport {
  readonly growths: readonly Growth[];
  /** Files and folders of jobs that the executors keep at the end. */
  readonly left: readonly string[];
}

/** The part of the work that is done before the measurement: pools and caches are full then. */
const WARM_UP = 0.2;
/** How long memory may take to return to the system, and files to be removed. */
const SETTLING_MS = 30_000;
/** How long each process is watched. Executors remove files of failed jobs for five seconds, and idle threads end after ten. */
const WATCHING_MS = 20_000;
/** How long it is watched on a busy machine, until nothing looks left behind. */
const MOST_WATCHING_MS = 80_000;

/**
 * How much more a process may use at the end. Allocators keep some memory of all kinds of work. It is less than the results of
 * the queries: each has a megabyte.
 */
const MOST_GROWTH: Usage = { megabytes: 60, descriptors: 4, threads: 4 };

/** What was left behind: growth of processes, and files. */
export function leaked({ growths, left }: LeakReport): string[] {
  return [...growths.flatMap(grown), ...left];
}

function grown({ process, before, after }: Growth): string[] {
  return (['megabytes', 'descriptors', 'threads'] as const)
    .filter((what) => after[what] - before[what] > MOST_GROWTH[what])
    .map((what) => `${what} of the ${process}: ${before[what]} before, ${after[what]} after`);
}

/** Uses a cluster for a while, and measures what its processes keep. */
export async function leaks(counts: Counts): Promise<LeakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'ballista-leaks-'));
  const cluster = await ProcessCluster.start({ executors: 1, vcores: 2, folder });
  const { remote: client } = await Remote.start('leaks/client', { url: cluster.url }, { nodeArgs: ['--expose-gc'] });
  const [executor] = cluster.executors;
  if (!executor) throw new Error('the cluster has no executor');
  const processes = { client, scheduler: cluster.scheduler, executor: executor.remote };
  const work = async (part: number) => {
    for (const [what, count] of Object.entries(counts) as [Work, number][]) {
      const request: LeakRequest = { what, count: Math.ceil(part * count) };
      await client.get(request);
    }
  };
  const gc: LeakRequest = { what: 'gc' };
  try {
    await work(WARM_UP);
    const before = await settled(processes, gc);
    await work(1);
    const growth = (after: Uses): Growth[] =>
      Object.keys(processes).map((process) => ({
        process,
        before: before[process] ?? NOTHING,
        after: after[process] ?? NOTHING,
      }));
    const nothingGrew = (after: Uses) => growth(after).flatMap(grown).length === 0;
    const growths = growth(await settled(processes, gc, nothingGrew));
    const end = performance.now() + SETTLING_MS;
    while (files(cluster).length > 0 && performance.now() < end) await pause(100);
    return { growths, left: files(cluster) };
  } finally {
    await client.close();
    await cluster.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const NOTHING: Usage = { megabytes: 0, descriptors: 0, threads: 0 };

type Uses = Readonly<Record<string, Usage>>;

/** The lowest values that each process reaches while nothing happens. */
async function settled(
  processes: Readonly<Record<string, Remote>>,
  gc: LeakRequest,
  isEnough: (least: Uses) => boolean = () => true,
): Promise<Uses> {
  const least: Record<string, Usage> = {};
  const started = performance.now();
  for (let passed = 0; passed < MOST_WATCHING_MS; passed = performance.now() - started) {
    if (passed > WATCHING_MS && isEnough(least)) break;
    for (const [name, remote] of Object.entries(processes)) {
      await remote.get(gc);
      const now = usage(remote.pid);
      if (!now) throw new Error(`${name}: ${await remote.ended}`);
      const so = least[name] ?? now;
      least[name] = {
        megabytes: Math.min(so.megabytes, now.megabytes),
        descriptors: Math.min(so.descriptors, now.descriptors),
        threads: Math.min(so.threads, now.threads),
      };
    }
    await pause(500);
  }
  return least;
}

/** The files of jobs and of spills. Each session has a folder for spills, which may be empty. */
function files(cluster: ProcessCluster): string[] {
  const spilled = cluster.executors.flatMap(({ folder }) => {
    const all = readdirSync(folder, { recursive: true, withFileTypes: true });
    return all.filter((entry) => entry.isFile() && entry.parentPath.includes('/spill/')).map(({ name }) => name);
  });
  return [...cluster.executors.flatMap((_, index) => cluster.stages(index)), ...spilled];
}
