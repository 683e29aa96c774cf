import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { entries, stagesOf } from './jobs.js';
import type { Member } from './member.js';
import { Gone, Remote } from './remote.js';
import type { Place } from './tcp-proxy.js';

/** Puts something between the processes of a cluster, such as proxies. */
export interface Between {
  /** The port that executors connect to instead of the scheduler's. */
  readonly schedulerForExecutors: number;
  /** The ports and the host that an executor announces. It listens on the same ports of the loopback address. */
  executor(index: number): Promise<{ host: string; port: number; grpcPort: number }>;
}

export interface ProcessClusterOptions {
  readonly executors: number;
  readonly vcores: number;
  /** The executors get folders in it. */
  readonly folder: string;
  readonly udf?: boolean;
  /** Called when the scheduler serves. */
  readonly between?: (scheduler: Place) => Promise<Between>;
}

export const LOOPBACK = '127.0.0.1';

/**
 * The work folder of an executor, which starts in its own folder. Other processes cannot open the path, as on other machines:
 * they fetch files over the network.
 */
const WORK_DIR = '/proc/self/cwd';

/** How often an executor is started whose ports turn out to be in use. */
const ATTEMPTS = 5;

/** An executor in its own process. */
export interface ExecutorProcess {
  remote: Remote;
  readonly folder: string;
}

/** A scheduler and executors, each in its own process. */
export class ProcessCluster {
  readonly #options: ProcessClusterOptions;
  #between: Between | undefined;
  scheduler: Remote;
  readonly port: number;
  readonly executors: ExecutorProcess[] = [];

  private constructor(options: ProcessClusterOptions, scheduler: Remote, port: number) {
    this.#options = options;
    this.scheduler = scheduler;
    this.port = port;
  }

  static async start(options: ProcessClusterOptions): Promise<ProcessCluster> {
    const { remote, port } = await startScheduler(0);
    const cluster = new ProcessCluster(options, remote, port);
    try {
      cluster.#between = await options.between?.({ host: LOOPBACK, port });
      for (let index = 0; index < options.executors; index++) {
        const folder = join(options.folder, `executor-${index}`);
        mkdirSync(folder, { recursive: true });
        cluster.executors.push({ remote: await cluster.#startExecutor(index, folder), folder });
      }
    } catch (error) {
      await cluster.kill();
      throw error;
    }
    return cluster;
  }

  get url(): string {
    return `df://${LOOPBACK}:${this.port}`;
  }

  get members(): Remote[] {
    return [this.scheduler, ...this.executors.map(({ remote }) => remote)];
  }

  /** Starts the scheduler again, on its port. */
  async startScheduler(): Promise<void> {
    this.scheduler = (await startScheduler(this.port)).remote;
  }

  /** Starts an executor again, in its folder. */
  async startExecutor(index: number): Promise<void> {
    const executor = this.executors[index];
    if (!executor) throw new Error(`there is no executor ${index}`);
    executor.remote = await this.#startExecutor(index, executor.folder);
  }

  /** The stages whose files an executor has, as `<job>/<stage>`. */
  stages(index: number): string[] {
    const folder = this.executors[index]?.folder ?? '';
    return entries(folder).flatMap((work) => stagesOf({ workDir: join(folder, work) }));
  }

  /** Ends all processes. Returns whether all of them ended by themselves. */
  async close(): Promise<boolean> {
    const executors = await Promise.all(this.executors.map(({ remote }) => remote.close()));
    const scheduler = await this.scheduler.close();
    await this.#clean();
    return executors.every(Boolean) && scheduler;
  }

  async kill(): Promise<void> {
    await Promise.all(this.members.map((remote) => remote.kill()));
    await this.#clean();
  }

  async #clean(): Promise<void> {
    // A folder may be a file system of its own, which stays.
    for (const { folder } of this.executors)
      for (const name of entries(folder)) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  }

  async #startExecutor(index: number, folder: string): Promise<Remote> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#tryExecutor(index, folder);
      } catch (error) {
        // A port that a proxy got on its address may be in use on the executor's: the proxies choose others.
        const isTaken = error instanceof Gone && error.message.includes('ADDRESS_IN_USE');
        if (!isTaken || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #tryExecutor(index: number, folder: string): Promise<Remote> {
    const announced = await this.#between?.executor(index);
    const member: Member = {
      role: 'executor',
      options: {
        schedulerPort: this.#between?.schedulerForExecutors ?? this.port,
        port: announced?.port ?? 0,
        grpcPort: announced?.grpcPort ?? 0,
        ...(announced ? { externalHost: announced.host } : {}),
        vcores: this.#options.vcores,
        workDir: WORK_DIR,
        udf: this.#options.udf ?? false,
        memoryLimitBytes: 2 ** 30,
      },
    };
    return (await Remote.start('support/member', member, { cwd: folder, nodeArgs: ['--expose-gc'] })).remote;
  }
}

async function startScheduler(port: number): Promise<{ remote: Remote; port: number }> {
  const member: Member = { role: 'scheduler', options: { port } };
  const { remote, ready } = await Remote.start<{ port: number }>('support/member', member, {
    nodeArgs: ['--expose-gc'],
  });
  return { remote, port: ready.port };
}
