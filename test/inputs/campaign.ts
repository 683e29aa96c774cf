import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Choices } from '../fuzz/choices.js';
import { Tally } from '../fuzz/tally.js';
import { Gone, Remote } from '../support/remote.js';
import { residentMegabytes } from '../support/usage.js';
import { mutateBytes } from './bytes.js';
import { KINDS, type Kind, PLANS, type PlanKind } from './kinds.js';
import { mutateProtobuf } from './protobuf.js';
import { deepSql, sqlText } from './sql.js';
import type { Input, InputEnd, Ready } from './victim.js';

export interface InputsPlan {
  readonly kinds: readonly Kind[];
  /** The number of inputs of each kind. */
  readonly count: number;
  readonly seed: number;
  /** Where inputs that break something are kept. */
  readonly kept: string;
  readonly onFault?: (fault: Fault) => void;
}

/** An input that broke something. */
export interface Fault {
  readonly kind: string;
  readonly seed: number;
  readonly what: 'crash' | 'hang' | 'memory' | 'no code';
  readonly message: string;
  /** The file with the input. */
  readonly file: string;
}

/** How the inputs of a kind ended. */
export interface Ends {
  readonly kind: string;
  inputs: number;
  /** Inputs that are valid all the same. */
  rows: number;
  /** Queries that ran for long, and were aborted. */
  aborted: number;
  /** How often each error code occurred. */
  readonly codes: Map<string, number>;
  /** The messages with the code INTERNAL, without numbers and names. */
  readonly internal: Tally;
  readonly faults: Fault[];
}

/** No answer after this time is a hang. */
const HANG_MS = 10_000;
/** More memory is a fault. */
const MOST_MEGABYTES = 3_000;
const MEMORY_CHECK_MS = 100;

export function newEnds(kind: string): Ends {
  return { kind, inputs: 0, rows: 0, aborted: 0, codes: new Map(), internal: new Tally(), faults: [] };
}

/** Gives inputs of each kind to a program, and counts how they end. */
export async function inputs(plan: InputsPlan): Promise<Ends[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ballista-inputs-'));
  mkdirSync(plan.kept, { recursive: true });
  const victim = new Victim(folder);
  try {
    const all: Ends[] = [];
    for (const kind of plan.kinds) {
      const ends = newEnds(kind);
      all.push(ends);
      for (let seed = plan.seed; seed < plan.seed + plan.count; seed++) await one(victim, plan, ends, kind, seed);
    }
    return all;
  } finally {
    await victim.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function one(victim: Victim, plan: InputsPlan, ends: Ends, kind: Kind, seed: number): Promise<void> {
  const input = inputOf(kind, Choices.random(seed * KINDS.length + KINDS.indexOf(kind)), await victim.ready());
  ends.inputs++;
  const end = await victim.run(input);
  if ('what' in end || end.end === 'uncoded') {
    const file = join(plan.kept, `${kind.replaceAll(' ', '-')}-${seed}`);
    writeFileSync(file, kind.endsWith('sql') ? input.content : Buffer.from(input.content, 'base64'));
    const [what, message] = 'what' in end ? [end.what, end.message] : (['no code', end.message ?? ''] as const);
    const fault: Fault = { kind, seed, what, message: `${input.onCluster ? 'cluster' : 'local'}: ${message}`, file };
    ends.faults.push(fault);
    plan.onFault?.(fault);
  } else if (end.end === 'rows') ends.rows++;
  else if (end.end === 'aborted') ends.aborted++;
  else {
    ends.codes.set(end.end, (ends.codes.get(end.end) ?? 0) + 1);
    if (end.end === 'INTERNAL') ends.internal.add(general(end.message ?? ''), `seed ${seed}: ${end.message}`);
  }
}

/** A message without what differs between inputs. */
export function general(message: string): string {
  return message.replaceAll(/"[^"]*"|'[^']*'|\d+|\/\S+/g, '…').slice(0, 160);
}

/** The input of a seed. */
function inputOf(kind: Kind, choices: Choices, { tables, functions, corpus }: Ready): Input {
  const onCluster = choices.chance(50);
  if (kind === 'sql') return { kind, content: sqlText(choices, tables, functions), onCluster };
  if (kind === 'deep sql') return { kind, content: deepSql(choices), onCluster };
  const valid = corpus[kind].map((text) => Buffer.from(text, 'base64'));
  const bytes = valid[choices.below(valid.length)] ?? Buffer.alloc(0);
  const mutate = PLANS.includes(kind as PlanKind) ? mutateProtobuf : mutateBytes;
  return { kind, content: mutate(choices, bytes, valid).toString('base64'), onCluster };
}

/** The program that gets the inputs. It starts again after it has ended. */
class Victim {
  readonly #folder: string;
  #running: { remote: Remote; ready: Ready } | undefined;
  #starts = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async ready(): Promise<Ready> {
    if (!this.#running) {
      const folder = join(this.#folder, String(this.#starts++));
      this.#running = await Remote.start<Ready>('inputs/victim', { folder });
    }
    return this.#running.ready;
  }

  async run(input: Input): Promise<InputEnd | Pick<Fault, 'what' | 'message'>> {
    await this.ready();
    const remote = this.#running?.remote;
    if (!remote) throw new Error('the program is not running');
    const over = new AbortController();
    const { signal } = over;
    const hang = async () => {
      await pause(HANG_MS, undefined, { signal });
      return { what: 'hang', message: `no answer after ${HANG_MS / 1000} s` } as const;
    };
    const memory = async () => {
      for (;;) {
        await pause(MEMORY_CHECK_MS, undefined, { signal });
        const megabytes = residentMegabytes(remote.pid) ?? 0;
        if (megabytes > MOST_MEGABYTES) return { what: 'memory', message: `${megabytes} MiB` } as const;
      }
    };
    try {
      const end = await Promise.race([remote.get<InputEnd>(input), hang(), memory()]);
      if ('what' in end) await this.#kill();
      return end;
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      await this.#kill();
      return { what: 'crash', message: error.message };
    } finally {
      over.abort();
    }
  }

  async close(): Promise<void> {
    await this.#running?.remote.close();
  }

  async #kill(): Promise<void> {
    await this.#running?.remote.kill();
    this.#running = undefined;
  }
}
