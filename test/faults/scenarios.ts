import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Choices } from '../fuzz/choices.js';
import type { Remote } from '../support/remote.js';
import { until } from '../support/until.js';
import type { Arena, Mode, Outcome, Phase, Running } from './arena.js';
import { HOPS, type Hop } from './network.js';

/** What a scenario may use in a round. */
export interface Round {
  readonly arena: Arena;
  readonly choices: Choices;
  readonly query: Running;
  /** An executor that works for the query. */
  readonly victim: number;
  /** How long a process is stopped. */
  readonly stopMs: number;
  /** The processes that the scenario has ended. */
  readonly killed: Set<Remote>;
}

/** What is done to a cluster. */
export interface Scenario {
  /** The row of the table. */
  readonly name: string;
  readonly mode: Mode;
  /** One of them is chosen for each round. */
  readonly phases: readonly [Phase, ...Phase[]];
  readonly executors: number;
  /** Does something to the cluster. Returns how the query ended, if that is not for the caller to find out. */
  readonly break: (round: Round) => Promise<Outcome | undefined>;
  /** Called after the query has ended. Returns false if nothing was affected. */
  readonly mend?: (round: Round) => Promise<boolean>;
  /** How long the reader itself waits before it reads on. */
  readonly pauseMs?: number;
  /** Called before the cluster starts, with the folder of its executors. Returns why the scenario is impossible. */
  readonly prepare?: (folder: string) => string | undefined;
  readonly finish?: (folder: string) => void;
  /** How the query must end. Absent: an error with a code will do, too. */
  readonly mustBe?: 'right';
}

type Fault = (round: Round) => Promise<() => Promise<boolean>>;

const done = async () => true;

const kill: Fault = async ({ arena, victim, killed }) => {
  const remote = arena.cluster.executors[victim]?.remote;
  if (remote) {
    killed.add(remote);
    await remote.kill();
  }
  return done;
};

const stop: Fault = async ({ arena, victim, stopMs }) => {
  const remote = arena.cluster.executors[victim]?.remote;
  remote?.signal('SIGSTOP');
  const stopped = performance.now();
  return async () => {
    await pause(stopped + stopMs - performance.now());
    remote?.signal('SIGCONT');
    return true;
  };
};

const restart: Fault = async ({ arena, killed }) => {
  killed.add(arena.cluster.scheduler);
  await arena.cluster.scheduler.kill();
  await arena.cluster.startScheduler();
  return done;
};

function network(hop: Hop, how: 'reset' | 'stall' | 'corrupt'): Fault {
  return async ({ arena, choices }) => {
    if (how === 'corrupt') arena.network.corrupt(hop, 1 + choices.below(3));
    else arena.network[how](hop);
    return async () => arena.network.restore();
  };
}

/** A scenario of one fault. */
function scenario(name: string, fault: Fault, rest: Partial<Scenario> = {}): Scenario {
  const mends = new WeakMap<Round, () => Promise<boolean>>();
  return {
    name,
    mode: 'stages',
    phases: ['map', 'reduce', 'fetch'],
    executors: 2,
    break: async (round) => {
      mends.set(round, await fault(round));
      return undefined;
    },
    mend: async (round) => (await mends.get(round)?.()) ?? true,
    ...rest,
  };
}

const IN: Record<Phase, string> = { map: 'in map', reduce: 'in reduce', run: 'before rows', fetch: 'while fetched' };

function each(
  name: string,
  fault: Fault,
  places: readonly (readonly [Mode, Phase])[],
  right: readonly Phase[] = [],
): Scenario[] {
  return places.map(([mode, phase]) =>
    scenario(`${name}, ${mode === 'whole' ? 'whole query' : 'stages'}, ${IN[phase]}`, fault, {
      mode,
      phases: [phase],
      ...(right.includes(phase) && { mustBe: 'right' }),
    }),
  );
}

/** The phases in which the query runs again if an executor is lost. */
const AGAIN = ['map', 'reduce', 'run'] as const;

const STAGES = [
  ['stages', 'map'],
  ['stages', 'reduce'],
  ['stages', 'fetch'],
] as const;
const ALL = [...STAGES, ['whole', 'run'], ['whole', 'fetch']] as const;

/** The hops that a query uses in a phase, or from which a phase hears late. */
const HOP_PHASES: Record<Hop, readonly [Phase, ...Phase[]]> = {
  'client to scheduler': ['map', 'reduce', 'fetch'],
  'executor to scheduler': ['map', 'reduce'],
  'scheduler to executor': ['map'],
  'executor to executor': ['map', 'reduce'],
  'client to executor': ['reduce', 'fetch'],
};

function hops(how: 'reset' | 'stall' | 'corrupt', name: string): Scenario[] {
  return HOPS.map((hop) => scenario(`${name}, ${hop}`, network(hop, how), { phases: HOP_PHASES[hop] }));
}

/** How long a slow reader waits: longer than keep-alive messages of connections may take. */
const SLOW = { pauseMs: 12_000, mustBe: 'right' } as const;

/** Two of these happen at once. */
const PAIRS: readonly [Fault, ...Fault[]] = [
  kill,
  restart,
  stop,
  ...HOPS.flatMap((hop) => [network(hop, 'reset'), network(hop, 'stall')]),
];

const pair: Fault = async (round) => {
  const first = round.choices.below(PAIRS.length);
  const second = (first + 1 + round.choices.below(PAIRS.length - 1)) % PAIRS.length;
  const mends = await Promise.all([first, second].map((index) => (PAIRS[index] ?? kill)(round)));
  return async () => {
    const affected = await Promise.all(mends.map((mend) => mend()));
    return affected.some(Boolean);
  };
};

/** Kills the client. The query ends well if the executors remove its files soon. */
const clientKilled = (phase: Phase): Scenario => ({
  name: `client killed, ${IN[phase]}`,
  mode: 'stages',
  phases: [phase],
  executors: 2,
  break: async ({ arena, killed }) => {
    killed.add(arena.client);
    await arena.client.kill();
    const left = () => arena.cluster.executors.flatMap((_, index) => arena.cluster.stages(index));
    try {
      await until('the files of the query are gone', () => left().length === 0);
      return { kind: 'right' };
    } catch {
      return { kind: 'hang', message: `files of the dead client stay: ${left().join(', ')}` };
    }
  },
});

/** The bytes that the work folder of an executor can take: less than the query needs. */
const DISK_BYTES = 2 * 2 ** 20;

function fullDisk(name: string, executors: readonly number[], rest: Partial<Scenario> = {}): Scenario {
  const folders = (folder: string) => executors.map((index) => join(folder, `executor-${index}`));
  return {
    name,
    mode: 'stages',
    phases: ['map'],
    executors: 2,
    break: async () => undefined,
    prepare: (folder) => {
      if (process.getuid?.() !== 0) return 'needs root, to mount a small file system';
      for (const disk of folders(folder)) {
        mkdirSync(disk, { recursive: true });
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk]);
      }
      return undefined;
    },
    finish: (folder) => {
      for (const disk of folders(folder)) execFileSync('umount', ['-l', disk]);
    },
    ...rest,
  };
}

export const SCENARIOS: readonly Scenario[] = [
  ...each('executor killed', kill, ALL, AGAIN),
  ...each('executor stopped', stop, ALL, AGAIN),
  ...each('scheduler started again', restart, STAGES),
  ...hops('reset', 'connections reset'),
  ...hops('stall', 'connections stalled'),
  ...hops('corrupt', 'bits flipped'),
  fullDisk('full disk of one executor', [0], { mustBe: 'right' }),
  fullDisk('full disk of all executors', [0, 1]),
  scenario('slow reader, stages', async () => done, { phases: ['fetch'], ...SLOW }),
  scenario('slow reader, whole query', async () => done, { mode: 'whole', phases: ['fetch'], ...SLOW }),
  ...(['map', 'reduce', 'fetch'] as const).map(clientKilled),
  scenario('two faults at once', pair, { executors: 3 }),
];
