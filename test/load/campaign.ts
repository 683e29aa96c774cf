import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ProcessCluster } from '../support/process-cluster.js';
import { Remote } from '../support/remote.js';
import { residentMegabytes } from '../support/usage.js';
import type { ClientsOptions, ClientsReport, Done } from './clients.js';
import { makeTables } from './queries.js';

/** How the clients are divided between processes. */
export interface Shape {
  readonly name: string;
  readonly processes: number;
  readonly clientsOfEach: number;
}

export const SHAPES: readonly Shape[] = [
  { name: '200 clients in one process', processes: 1, clientsOfEach: 200 },
  { name: '8 processes with 25 clients each', processes: 8, clientsOfEach: 25 },
];

export interface LoadReport {
  readonly shape: Shape;
  readonly seconds: number;
  readonly done: readonly Done[];
  readonly bigMs: readonly number[];
  readonly errors: readonly string[];
  /** The worst of all processes of clients, in milliseconds. */
  readonly delay: { readonly p99: number; readonly most: number };
  readonly memory: readonly Memory[];
}

/** The memory of a process after the warm-up. */
export interface Memory {
  readonly process: string;
  readonly begin: number;
  readonly end: number;
  /** MiB a minute. */
  readonly slope: number;
}

/** The part of the time that counts as warm-up for the memory. */
const WARM_UP = 0.3;
const SAMPLE_MS = 500;

/** Runs the queries of a shape for some time on a cluster of two executors. */
export async function load(
  shape: Shape,
  seconds: number,
  pauseMs: number,
  warm = shape.clientsOfEach,
): Promise<LoadReport> {
  const folder = await mkdtemp(join(tmpdir(), 'ballista-load-'));
  await makeTables(folder);
  const cluster = await ProcessCluster.start({ executors: 2, vcores: 2, folder, udf: true });
  const clients: Remote[] = [];
  try {
    const started = Array.from({ length: shape.processes }, async (_, index) => {
      const options: ClientsOptions = {
        url: cluster.url,
        folder,
        clients: shape.clientsOfEach,
        seed: 1000 * (index + 1),
        big: index === 0,
        pauseMs,
        warm,
      };
      return (await Remote.start('load/clients', options)).remote;
    });
    clients.push(...(await Promise.all(started)));
    const named = {
      scheduler: cluster.scheduler,
      'executor 1': cluster.executors[0]?.remote,
      'executor 2': cluster.executors[1]?.remote,
      client: clients[0],
    };
    const samples = new Map<string, [ms: number, megabytes: number][]>();
    const begin = performance.now();
    const timer = setInterval(() => {
      for (const [name, remote] of Object.entries(named)) {
        const megabytes = remote && residentMegabytes(remote.pid);
        if (megabytes !== undefined)
          samples.set(name, [...(samples.get(name) ?? []), [performance.now() - begin, megabytes]]);
      }
    }, SAMPLE_MS);
    const reports = await Promise.all(clients.map((client) => client.get<ClientsReport>({ seconds })));
    clearInterval(timer);
    return {
      shape,
      seconds,
      done: reports.flatMap(({ done }) => done),
      bigMs: reports.flatMap(({ bigMs }) => bigMs),
      errors: reports.flatMap(({ errors }) => errors),
      delay: {
        p99: Math.max(...reports.map(({ delay }) => delay.p99)),
        most: Math.max(...reports.map(({ delay }) => delay.most)),
      },
      memory: [...samples].map(([process, all]) => memory(process, all, 1000 * seconds)),
    };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await cluster.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The line of least squares through the samples after the warm-up. */
function memory(process: string, samples: readonly [ms: number, megabytes: number][], durationMs: number): Memory {
  const warm = samples.filter(([ms]) => ms > WARM_UP * durationMs && ms < durationMs);
  const mean = (pick: (sample: readonly [number, number]) => number) =>
    warm.reduce((sum, sample) => sum + pick(sample), 0) / warm.length;
  const [time, size] = [mean(([ms]) => ms), mean(([, megabytes]) => megabytes)];
  const slope = mean(([ms, megabytes]) => (ms - time) * (megabytes - size)) / mean(([ms]) => (ms - time) ** 2);
  return { process, begin: warm[0]?.[1] ?? 0, end: warm.at(-1)?.[1] ?? 0, slope: 60_000 * slope };
}

/** A percentile of times, or NaN without times. */
export function percentile(times: readonly number[], percent: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}
