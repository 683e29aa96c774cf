import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Choices } from '../fuzz/choices.js';
import { entriesOf } from '../support/changing-folder.js';
import { FLIGHT, partitionFile, partitionOf, ticket } from '../support/flight.js';
import { GRPC, GrpcCall } from '../support/grpc.js';
import { entries } from '../support/jobs.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { protobuf } from '../support/protobuf.js';
import { Remote } from '../support/remote.js';
import { residentMegabytes } from '../support/usage.js';
import { type Answered, ATTACKS, type Attack, attack } from './attack.js';
import { type Ends, type Fault, general, type InputsPlan, newEnds } from './campaign.js';
import type { PeerOptions, PeerRequest } from './peer.js';
import { RequestRecorder, type Server } from './request-recorder.js';

const SERVERS: readonly Server[] = ['scheduler', 'executor tasks', 'executor rows'];

/** How many attacks there are at once. */
const AT_ONCE = 8;
/** After how many attacks a query must work. */
const CHECK_EVERY = 200;
/** How long the cluster may take to run that query: it may have taken over executors that do not exist. */
const CHECK_MS = 60_000;
const MOST_MEGABYTES = 3_000;
/** The queries of real clients need a few megabytes of disk. */
const MOST_DISK_BYTES = 2 ** 30;

/** Sends wrong inputs to all ports of a cluster, and counts how they are answered. */
export async function ports(plan: Omit<InputsPlan, 'kinds'>): Promise<Ends[]> {
  mkdirSync(plan.kept, { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), 'ballista-ports-'));
  let target = await Target.open(join(folder, '0'));
  const all: Ends[] = [];
  let opened = 1;
  try {
    for (const server of SERVERS)
      for (const kind of ATTACKS) {
        const ends = newEnds(`${server} port: ${kind}`);
        all.push(ends);
        for (let seed = plan.seed; seed < plan.seed + plan.count; seed += AT_ONCE) {
          const count = Math.min(AT_ONCE, plan.seed + plan.count - seed);
          const seeds = Array.from({ length: count }, (_, index) => seed + index);
          const answers = await Promise.all(seeds.map((one) => target.attack(server, kind, one)));
          for (const answer of answers) note(ends, answer);
          const since = seed - plan.seed;
          const due = since + count >= plan.count || since % CHECK_EVERY > (since + count) % CHECK_EVERY;
          const broken = silent(answers) ?? (await target.broken(due));
          if (!broken) continue;
          const file = join(plan.kept, `${ends.kind.replaceAll(/\W+/g, '-')}-${seed}`);
          answers.forEach(({ sent }, index) => {
            writeFileSync(`${file}-${index}`, sent);
          });
          const fault: Fault = { kind: ends.kind, seed, file: `${file}-*`, ...broken };
          ends.faults.push(fault);
          plan.onFault?.(fault);
          await target.close();
          target = await Target.open(join(folder, String(opened++)));
        }
      }
    return all;
  } finally {
    await target.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Broken = Pick<Fault, 'what' | 'message'>;

function silent(answers: readonly Answered[]): Broken | undefined {
  const hanging = answers.find(({ must, how }) => must && how.includes('silent'));
  return hanging && { what: 'hang', message: `no answer to ${hanging.sent.toString('latin1', 0, 120)}` };
}

/** The statuses of gRPC that mean a defect of the server. */
const INTERNAL = ['grpc 2', 'grpc 13'];

function note(ends: Ends, { how, message = '' }: Answered): void {
  ends.inputs++;
  if (how === 'grpc 0') ends.rows++;
  else ends.codes.set(how, (ends.codes.get(how) ?? 0) + 1);
  if (INTERNAL.includes(how))
    ends.internal.add(general(decodeURIComponent(message.replaceAll(/%(?![\dA-F]{2})/g, '%25'))), message);
}

/** A cluster, with what its servers were asked by real clients. */
class Target {
  readonly #cluster: ProcessCluster;
  readonly #recorder: RequestRecorder;
  readonly #peer: Remote;
  /** The executor that is attacked: it has a partition. */
  readonly #executor: number;

  private constructor(cluster: ProcessCluster, recorder: RequestRecorder, peer: Remote, executor: number) {
    this.#cluster = cluster;
    this.#recorder = recorder;
    this.#peer = peer;
    this.#executor = executor;
  }

  static async open(folder: string): Promise<Target> {
    let recorder: RequestRecorder | undefined;
    const cluster = await ProcessCluster.start({
      // They ask each other for rows, too.
      executors: 2,
      vcores: 1,
      folder,
      udf: true,
      between: async (scheduler) => {
        recorder = await RequestRecorder.open(scheduler);
        return recorder;
      },
    });
    if (!recorder) throw new Error('the cluster has no proxies');
    const options: PeerOptions = { recorded: `df://127.0.0.1:${recorder.schedulerForClients}`, url: cluster.url };
    const { remote } = await Remote.start('inputs/peer', options);
    const work: PeerRequest = { what: 'work' };
    await remote.get(work);
    const executor = await fetchAsStockClient(remote, cluster, recorder);
    for (const server of SERVERS)
      if (recorder.requests[server].length === 0) throw new Error(`no request to the ${server} was recorded`);
    return new Target(cluster, recorder, remote, executor);
  }

  async attack(server: Server, kind: Attack, seed: number): Promise<Answered> {
    const place = this.#recorder.place(server, this.#executor);
    const choices = Choices.random(seed * ATTACKS.length + ATTACKS.indexOf(kind));
    return attack(kind, choices, place, this.#recorder.requests[server]);
  }

  /** What is wrong with the processes. `query`: whether a query must work, too. */
  async broken(query: boolean): Promise<Broken | undefined> {
    for (const remote of this.#cluster.members) {
      if (!remote.alive) return { what: 'crash', message: await remote.ended };
      const megabytes = residentMegabytes(remote.pid) ?? 0;
      if (megabytes > MOST_MEGABYTES) return { what: 'memory', message: `${megabytes} MiB` };
    }
    const bytes = this.#cluster.executors.reduce((sum, { folder }) => sum + size(folder), 0);
    if (bytes > MOST_DISK_BYTES) return { what: 'memory', message: `${bytes} bytes in the folder of the executor` };
    if (!query) return undefined;
    const over = new AbortController();
    const late = pause(CHECK_MS, false, { signal: over.signal });
    const request: PeerRequest = { what: 'check' };
    const works = await Promise.race([this.#peer.get<boolean>(request).catch(String), late]);
    over.abort();
    late.catch(() => undefined);
    return works === true ? undefined : { what: 'hang', message: `a query does not work any more: ${works}` };
  }

  async close(): Promise<void> {
    await this.#peer.kill();
    await this.#cluster.kill();
    await this.#recorder.close();
  }
}

/**
 * Our clients fetch rows with GET, others with gRPC: fetches a partition in all of their ways. Returns the executor that has
 * it, which keeps it.
 */
async function fetchAsStockClient(peer: Remote, cluster: ProcessCluster, recorder: RequestRecorder): Promise<number> {
  const request: PeerRequest = { what: 'hold' };
  const job = await peer.get<string>(request);
  for (const [index, { folder }] of cluster.executors.entries()) {
    const announced = recorder.announced[index];
    const [file] = entries(folder).flatMap((work) => partitionFile(join(folder, work), job) ?? []);
    if (!announced || !file) continue;
    const bytes = ticket(job, partitionOf(file));
    const messages = { DoGet: protobuf({ 1: bytes }), DoAction: protobuf({ 1: 'IO_BLOCK_TRANSPORT', 2: bytes }) };
    for (const [method, message] of Object.entries(messages)) {
      const call = new GrpcCall(announced.port, `${FLIGHT}/${method}`, { host: announced.host });
      void call.send(message);
      const { status, message: why } = await call.end();
      if (status !== GRPC.ok) throw new Error(`${method}: gRPC status ${status}: ${why}`);
    }
    return index;
  }
  throw new Error('no executor has a partition');
}

function size(folder: string): number {
  const sizes = entriesOf(folder).map(
    (file) => statSync(join(file.parentPath, file.name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
