import { Arena, type Outcome, type Round, show, type Verdict } from './arena.js';
import { Choices } from './choices.js';
import type { Setting } from './settings.js';
import { shrink } from './shrink.js';
import { type Statement, statement } from './statement.js';
import { Tally } from './tally.js';

/** The number of consecutive seeds that share their tables. */
const SEEDS_PER_DATABASE = 50;

/** No message to a scheduler can express such a query. */
const NAMED_ALIKE = /Two columns of the query are both named/;

/** The options of a campaign. */
export interface Plan {
  readonly seed: number;
  readonly queries: number;
  readonly settings: readonly Setting[];
  /** Whether failing statements are shrunk. */
  readonly shrink: boolean;
  /** Called before each query. */
  readonly before?: (seed: number, sql: string, summary: Summary) => void;
}

/** A query for which the cluster differs from single-node DataFusion. */
export interface Failure {
  readonly seed: number;
  readonly setting: string;
  readonly kind: string;
  readonly text: string;
  readonly sql: string;
}

/** The results so far. */
export interface Summary {
  queries: number;
  /** The number of queries that return at least one row. */
  filled: number;
  readonly failures: Failure[];
  /** How often the cluster rejected a query as not implemented, by setting and reason. */
  readonly refusals: Tally;
  /** How often single-node DataFusion rejected a query, by reason. */
  readonly rejected: Tally;
  /** How often single-node DataFusion did not decide the rows of a query, by setting. */
  readonly undecided: Tally;
  /** How often a plan could not be encoded, by reason. */
  readonly unencoded: Tally;
  /** How often a plan was changed by its encoding in a harmless way. */
  readonly changed: Tally;
}

/** Runs the queries of consecutive seeds, starting at `seed`, and compares the results. */
export async function campaign(plan: Plan): Promise<Summary> {
  const { seed: first, queries } = plan;
  const summary: Summary = {
    queries: 0,
    filled: 0,
    failures: [],
    refusals: new Tally(),
    rejected: new Tally(),
    undecided: new Tally(),
    unencoded: new Tally(),
    changed: new Tally(),
  };
  const arena = await Arena.open();
  try {
    for (let seed = first; seed < first + queries; ) {
      const database = Math.floor(seed / SEEDS_PER_DATABASE);
      const next = Math.min((database + 1) * SEEDS_PER_DATABASE, first + queries);
      const round = await arena.round(database, plan.settings);
      try {
        for (; seed < next; seed++) await one(round, seed, plan, summary);
      } finally {
        await round.close();
      }
    }
  } finally {
    await arena.close();
  }
  return summary;
}

async function one(round: Round, seed: number, plan: Plan, summary: Summary): Promise<void> {
  const choices = Choices.random(seed);
  const made = statement(choices, round.database.tables);
  plan.before?.(seed, made.sql, summary);
  const expected = await round.expected(made);
  note(summary, expected, made.sql);
  for (const verdict of await round.judge(made, expected)) {
    const { kind, setting, text } = verdict;
    if (kind === 'same') continue;
    if (kind === 'undecided') {
      summary.undecided.add(setting.name, made.sql);
      continue;
    }
    if (kind === 'refused') summary.refusals.add(`${setting.name}: ${reason(text)}`, made.sql);
    if (kind === 'refused' && (setting.mayRefuse || NAMED_ALIKE.test(text))) continue;
    const like = summary.failures.filter(
      (one) => one.kind === kind && (kind === 'rows' || reason(one.text) === reason(text)),
    );
    const small = plan.shrink && like.length < (kind === 'rows' ? 20 : 1);
    summary.failures.push(await failure(round, seed, made, verdict, small ? choices.taken : undefined));
  }
  await checkEncoding(round, seed, made, summary);
}

function note(summary: Summary, expected: Outcome, sql: string): void {
  summary.queries++;
  if (expected.kind === 'rows') summary.filled += expected.rows.length > 0 ? 1 : 0;
  else summary.rejected.add(reason(show(expected)), sql);
}

async function failure(
  round: Round,
  seed: number,
  made: Statement,
  { setting, kind, text }: Verdict,
  taken?: readonly number[],
): Promise<Failure> {
  const found = { seed, setting: setting.name, kind, text, sql: made.sql };
  // A query that hangs takes too long to shrink, and the process may not survive another crash.
  if (!taken || kind === 'hang' || kind === 'crash') return found;
  const alike = async (one: Statement): Promise<Verdict | undefined> => {
    const [again] = await round.judge(one, await round.expected(one), setting);
    return again?.kind === kind && (kind === 'rows' || reason(again.text) === reason(text)) ? again : undefined;
  };
  const smaller = await shrink(taken, round.database.tables, async (one) => (await alike(one)) !== undefined);
  const again = await alike(smaller);
  return again ? { ...found, text: again.text, sql: smaller.sql } : found;
}

async function checkEncoding(round: Round, seed: number, made: Statement, summary: Summary): Promise<void> {
  const { kind, text } = await round.roundTrip(made);
  if (kind === 'refused') summary.unencoded.add(reason(text), made.sql);
  if (kind === 'known') summary.changed.add(text, made.sql);
  if (kind === 'differs' || kind === 'failed')
    summary.failures.push({ seed, setting: 'bytes', kind, text, sql: made.sql });
}

/** The text of an error without names and numbers, so that errors with the same cause are equal. */
export function reason(text: string): string {
  return text
    .replaceAll(/\b[tcwr]\d+(\.\w+)?/g, '_')
    .replaceAll(/'[^']*'|"[^"]*"/g, '_')
    .replaceAll(/\b(job) \w+/gi, '$1 #')
    .replaceAll(/\d+/g, '#')
    .slice(0, 300);
}

/** A failure as text, with the command that runs it again. */
export function report({ seed, setting, kind, text, sql }: Failure): string {
  return `${kind} with ${setting}, seed ${seed}: ${text}\n  ${sql}\n  again: npm run fuzz -- --seed ${seed} --queries 1`;
}
