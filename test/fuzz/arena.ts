import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BallistaError,
  BallistaSessionContext,
  type SessionContext,
  setupTestCluster,
  type TestCluster,
} from 'ballista';

import { difference, type Values } from './compare.js';
import { Database } from './database.js';
import { type RoundTrip, roundTrip } from './round-trip.js';
import type { Setting } from './settings.js';
import type { Statement } from './statement.js';

/** The outcome of a query. */
export type Outcome =
  /** `partitioned`: only with some numbers of partitions. With others the engine's optimizer breaks the query. */
  | { readonly kind: 'rows'; readonly rows: readonly Values[]; readonly partitioned?: true }
  | { readonly kind: 'error'; readonly code: string; readonly text: string }
  | { readonly kind: 'crash'; readonly text: string }
  | { readonly kind: 'hang'; readonly text: string };

/** The comparison of a cluster with single-node DataFusion for one query. */
export interface Verdict {
  readonly setting: Setting;
  /**
   * `rows`: the rows differ. `failed` and `refused`: only the cluster returns an error. `accepted`: only single-node
   * DataFusion rejects the query. `undecided`: single-node DataFusion returns other rows with another number of partitions,
   * or fails because of a defect.
   */
  readonly kind: 'same' | 'rows' | 'undecided' | 'failed' | 'refused' | 'accepted' | 'crash' | 'hang';
  readonly text: string;
}

/** Errors of single-node DataFusion for valid queries that its optimizer breaks. */
const DEFECTS = [
  /^PLAN: /,
  /^SCHEMA: /,
  /Expects PARTITION BY expression to be ordered/,
  /^INTERNAL: /,
  // A scan of CSV files that computes a column, in a query with a scalar subquery.
  /number of columns\(\d+\) must match number of fields\(\d+\) in schema/,
  // An aggregate that sorts by a scalar subquery.
  /scalar_subquery\(<pending>\)/,
  /task \d+ panicked/,
];

/** A query must end within this limit. It is then aborted, and hangs if it does not end within the grace period either. */
const LIMIT_MS = 60_000;
const GRACE_MS = 20_000;

/** A cluster in this process, with two executors that have two slots each. */
export class Arena {
  readonly #cluster: TestCluster;
  readonly #folder: string;

  private constructor(cluster: TestCluster, folder: string) {
    this.#cluster = cluster;
    this.#folder = folder;
  }

  static async open(): Promise<Arena> {
    const folder = await mkdtemp(join(tmpdir(), 'ballista-fuzz-'));
    return new Arena(await setupTestCluster({ executors: 2, vcores: 2 }), folder);
  }

  /** Creates the tables of a seed, and a context for each setting. */
  async round(seed: number, settings: readonly Setting[]): Promise<Round> {
    return Round.open(this.#cluster.url, join(this.#folder, String(seed)), seed, settings);
  }

  async close(): Promise<void> {
    await this.#cluster.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Random tables, and contexts that query them. */
export class Round {
  readonly database: Database;
  readonly #contexts: ReadonlyMap<Setting, SessionContext>;

  private constructor(database: Database, contexts: ReadonlyMap<Setting, SessionContext>) {
    this.database = database;
    this.#contexts = contexts;
  }

  static async open(url: string, folder: string, seed: number, settings: readonly Setting[]): Promise<Round> {
    const database = await Database.create(seed, folder);
    const contexts = new Map<Setting, SessionContext>();
    const round = new Round(database, contexts);
    try {
      for (const setting of settings) {
        const ctx = new BallistaSessionContext(url, { clusterConfig: setting.config });
        contexts.set(setting, ctx);
        await database.register(ctx);
      }
    } catch (error) {
      await round.close();
      throw error;
    }
    return round;
  }

  /** The outcome of single-node DataFusion, with the first number of partitions for which it can plan the query. */
  async expected(statement: Statement): Promise<Outcome> {
    const expected = await outcome(this.database.local, statement.sql);
    if (!isDefect(expected)) return expected;
    for (const ctx of await this.database.variants()) {
      const other = await outcome(ctx, statement.sql);
      if (!isDefect(other)) return other.kind === 'rows' ? { ...other, partitioned: true } : other;
    }
    return expected;
  }

  /** Runs the statement on the cluster in each setting, and compares. */
  async judge(statement: Statement, expected: Outcome, only?: Setting): Promise<Verdict[]> {
    const contexts = [...this.#contexts].filter(([setting]) => !only || setting === only);
    const verdicts = await Promise.all(
      contexts.map(async ([setting, ctx]) => verdict(setting, expected, await outcome(ctx, statement.sql), statement)),
    );
    if (!verdicts.some(({ kind }) => kind === 'rows') || (await this.#decided(statement, expected))) return verdicts;
    return verdicts.map((one) => (one.kind === 'rows' ? { ...one, kind: 'undecided' } : one));
  }

  /**
   * Whether single-node DataFusion returns the same rows with any number of partitions. It does not if the query orders by
   * a column that is constant on one side of an outer join, and null if that side has no row. The engine treats the column
   * as constant above the join, too, and removes it from the order.
   */
  async #decided(statement: Statement, expected: Outcome): Promise<boolean> {
    if (expected.kind !== 'rows') return true;
    for (const ctx of await this.database.variants()) {
      const other = await outcome(ctx, statement.sql);
      if (other.kind === 'rows' && difference(expected.rows, other.rows, statement) !== undefined) return false;
    }
    return true;
  }

  /** Whether the plans of a query survive encoding and decoding. */
  async roundTrip(statement: Statement): Promise<RoundTrip> {
    return roundTrip(this.database.local, statement.sql);
  }

  async close(): Promise<void> {
    for (const ctx of this.#contexts.values()) await ctx.close();
    await this.database.close();
  }
}

function verdict(setting: Setting, expected: Outcome, actual: Outcome, statement: Statement): Verdict {
  if (actual.kind === 'crash' || actual.kind === 'hang') return { setting, ...actual };
  if (expected.kind === 'rows' && actual.kind === 'rows') {
    const text = difference(expected.rows, actual.rows, statement);
    return text === undefined ? { setting, kind: 'same', text: '' } : { setting, kind: 'rows', text };
  }
  // The cluster can run some of these queries, because it optimizes their plans more. Their rows cannot be compared.
  if (expected.kind === 'error' && expected.code === 'NOT_IMPLEMENTED') return { setting, kind: 'same', text: '' };
  if (isDefect(expected)) return { setting, kind: 'undecided', text: show(expected) };
  if (actual.kind === 'rows')
    return { setting, kind: 'accepted', text: `${actual.rows.length} rows for ${show(expected)}` };
  if (expected.kind !== 'rows') return { setting, kind: 'same', text: '' };
  if (expected.partitioned && isDefect(actual)) return { setting, kind: 'undecided', text: show(actual) };
  return { setting, kind: actual.code === 'NOT_IMPLEMENTED' ? 'refused' : 'failed', text: show(actual) };
}

function isDefect(outcome: Outcome): boolean {
  return outcome.kind === 'error' && DEFECTS.some((defect) => defect.test(show(outcome)));
}

/** An outcome as a string. */
export function show(outcome: Outcome): string {
  if (outcome.kind === 'rows') return `${outcome.rows.length} rows`;
  return outcome.kind === 'error' ? `${outcome.code}: ${outcome.text}` : outcome.text;
}

async function outcome(ctx: SessionContext, sql: string): Promise<Outcome> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<Outcome>((resolve) => {
    timer = setTimeout(
      () => resolve({ kind: 'hang', text: 'neither ended nor could be aborted' }),
      LIMIT_MS + GRACE_MS,
    );
  });
  try {
    return await Promise.race([end, run(ctx, sql, signal)]);
  } finally {
    clearTimeout(timer);
  }
}

async function run(ctx: SessionContext, sql: string, signal: AbortSignal): Promise<Outcome> {
  try {
    const df = await ctx.sql(sql, { signal });
    const rows = await df.toArray({ signal, json: true });
    return { kind: 'rows', rows: rows.map((row) => Object.values(row)) };
  } catch (error) {
    if (signal.aborted) return { kind: 'hang', text: `did not end within ${LIMIT_MS / 1000} s` };
    if (BallistaError.is(error)) return { kind: 'error', code: error.code, text: error.message };
    return { kind: 'crash', text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
