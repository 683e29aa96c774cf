import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Choices } from '../fuzz/choices.js';
import type { Remote } from '../support/remote.js';
import { Arena, type Outcome } from './arena.js';
import { type Data, makeData } from './data.js';
import type { Round, Scenario } from './scenarios.js';

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  readonly seed: number;
  /** How long a stopped process stays stopped. */
  readonly stopMs: number;
  /** How many clusters there are at once. Most rounds wait most of the time. */
  readonly parallel: number;
  readonly onRound?: (scenario: Scenario, seed: number, result: Result) => void;
}

/** A round that hit a query. */
export interface Result {
  readonly seed: number;
  readonly outcome: Outcome;
  /** What the fault cost: the time of the query without its own time and without the pause of a slow reader. */
  readonly extraMs: number;
  /** The time from the end of the fault until a small query returned the right rows. */
  readonly recoveryMs: number;
  /** What is wrong besides the outcome: a crash, or a cluster that does not recover. */
  readonly damage?: string;
}

export interface Row {
  readonly name: string;
  readonly mustBe?: 'right';
  /** Why the scenario was left out. */
  readonly skipped?: string;
  /** How long the query takes by itself. */
  readonly ownMs: number;
  /** Rounds whose query ended before the fault, or did not use what was broken. */
  readonly missed: number;
  readonly results: readonly Result[];
}

/** A fault may come too late for a query, so there are more attempts than rounds. */
const ATTEMPTS = 3;

/** Runs the scenarios. The rows have their order. */
export async function campaign(plan: Plan): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ballista-faults-'));
  try {
    const data = await makeData(join(folder, 'data'));
    const rows: Row[] = [];
    const times: OwnTimes = new Map();
    const waiting = [...plan.scenarios.entries()];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, scenario] = next;
        rows[index] = await row(plan, scenario, data, times, join(folder, `cluster-${index}`));
      }
    };
    await Promise.all(Array.from({ length: plan.parallel }, work));
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** How long the query takes by itself, for each kind of cluster. */
type OwnTimes = Map<string, Promise<number>>;

async function row(plan: Plan, scenario: Scenario, data: Data, times: OwnTimes, folder: string): Promise<Row> {
  const { name, mustBe } = scenario;
  const skipped = scenario.prepare?.(folder);
  if (skipped) return { name, skipped, ownMs: 0, missed: 0, results: [] };
  const results: Result[] = [];
  let [missed, ownMs] = [0, 0];
  let arena: Arena | undefined;
  try {
    for (let attempt = 0; attempt < ATTEMPTS * plan.rounds && results.length < plan.rounds; attempt++) {
      const seed = plan.seed + attempt;
      const choices = Choices.random(seed);
      if (!arena) {
        arena = await Arena.open(data, scenario.mode, scenario.executors, folder, choices);
        ownMs = scenario.prepare ? 0 : await ownTime(arena, times);
      }
      const result = await round(arena, scenario, { seed, choices, ownMs, stopMs: plan.stopMs });
      if (!result) missed++;
      else {
        results.push(result);
        plan.onRound?.(scenario, seed, result);
      }
      if (!result?.damage) continue;
      await arena.close();
      arena = undefined;
    }
  } finally {
    await arena?.close();
    scenario.finish?.(folder);
  }
  return { name, ...(mustBe && { mustBe }), ownMs, missed, results };
}

/** The median time of the query without faults. The first cluster of a kind measures it. */
async function ownTime(arena: Arena, known: OwnTimes): Promise<number> {
  // Opens the connections.
  await timed(arena);
  const kind = `${arena.mode} ${arena.cluster.executors.length}`;
  const measured = known.get(kind) ?? measure(arena);
  known.set(kind, measured);
  return measured;
}

async function measure(arena: Arena): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 3; run++) times.push(await timed(arena));
  return times.sort((a, b) => a - b)[1] ?? 0;
}

async function timed(arena: Arena): Promise<number> {
  const begin = performance.now();
  const outcome = await arena.start().outcome();
  if (outcome.kind !== 'right') throw new Error(`the query fails without a fault: ${JSON.stringify(outcome)}`);
  return performance.now() - begin;
}

interface RoundPlan {
  readonly seed: number;
  readonly choices: Choices;
  readonly ownMs: number;
  readonly stopMs: number;
}

async function round(arena: Arena, scenario: Scenario, plan: RoundPlan): Promise<Result | undefined> {
  const { seed, choices, ownMs, stopMs } = plan;
  const pauseMs = scenario.pauseMs ?? 0;
  const killed = new Set<Remote>();
  arena.network.choices = choices;
  const begin = performance.now();
  const query = arena.start();
  query.first.catch(() => undefined);
  const victim = await arena.reach(choices.pick(scenario.phases), query, choices);
  if (victim === undefined) {
    // A disk that is full ends the query early.
    const outcome = await query.outcome();
    if (!scenario.prepare) return undefined;
    return finished(arena, { seed, outcome, extraMs: performance.now() - begin, killed });
  }
  const one: Round = { arena, choices, query, victim, stopMs, killed };
  const outcome = (await scenario.break(one)) ?? (await query.outcome(pauseMs));
  const extraMs = Math.max(0, performance.now() - begin - ownMs - pauseMs);
  const affected = (await scenario.mend?.(one)) ?? true;
  const result = await finished(arena, { seed, outcome, extraMs, killed });
  return affected || result.damage ? result : undefined;
}

async function finished(
  arena: Arena,
  { seed, outcome, extraMs, killed }: { seed: number; outcome: Outcome; extraMs: number; killed: Set<Remote> },
): Promise<Result> {
  // A client with a query that hangs is of no use any more.
  if (outcome.kind === 'hang') {
    killed.add(arena.client);
    await arena.client.kill();
  }
  const crashed = await Promise.all(arena.crashed(killed).map((remote) => remote.ended));
  const { ms: recoveryMs, ...recovery } = await arena.recover();
  const result = { seed, outcome, extraMs, recoveryMs };
  if (crashed.length > 0) return { ...result, damage: crashed.join('\n') };
  if (recovery.kind !== 'right') return { ...result, damage: `no recovery: ${JSON.stringify(recovery)}` };
  return result;
}
