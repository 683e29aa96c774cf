import { BallistaError, LogicalPlan, type SessionContext } from 'ballista';

/** Whether a plan is the same after `toBytes` and `fromBytes`. */
export interface RoundTrip {
  readonly kind: 'same' | 'known' | 'differs' | 'refused' | 'failed' | 'no plan';
  readonly text: string;
}

/** Plans that change on the way, and why that does no harm. */
const KNOWN: readonly (readonly [plan: RegExp, why: string])[] = [
  [/EmptyRelation: rows=0 \[\w/, 'an empty relation loses its columns; the client replaces it before it sends a plan'],
  [/RecursiveQuery/, 'the table that a recursive query reads gets back the columns that it does not need'],
];

/** Encodes and decodes the plan of a query as it is written and, if that works, as it is optimised. */
export async function roundTrip(ctx: SessionContext, sql: string): Promise<RoundTrip> {
  let plans: LogicalPlan[];
  try {
    const df = await ctx.sql(sql);
    plans = [df.logicalPlan(), await df.optimizedLogicalPlan()];
  } catch (error) {
    return { kind: 'no plan', text: text(error) };
  }
  // Subqueries in expressions have no encoding before they are optimised.
  const results = plans.map((plan) => trip(ctx, plan));
  return (
    results.find(({ kind }) => kind === 'differs' || kind === 'failed') ?? results[1] ?? { kind: 'same', text: '' }
  );
}

function trip(ctx: SessionContext, plan: LogicalPlan): RoundTrip {
  let bytes: Uint8Array;
  try {
    bytes = plan.toBytes();
  } catch (error) {
    return { kind: 'refused', text: text(error) };
  }
  const before = printed(plan);
  const known = KNOWN.find(([pattern]) => pattern.test(before));
  let after: string;
  try {
    after = printed(LogicalPlan.fromBytes(ctx, bytes));
  } catch (error) {
    return known ? { kind: 'known', text: known[1] } : { kind: 'failed', text: text(error) };
  }
  if (before === after) return { kind: 'same', text: '' };
  if (known) return { kind: 'known', text: known[1] };
  const [lines, others] = [before.split('\n'), after.split('\n')];
  const index = lines.findIndex((line, at) => line !== others[at]);
  return { kind: 'differs', text: `${others[index] ?? 'nothing'}\n  for ${lines[index] ?? 'nothing'}` };
}

/**
 * Without what has several equal forms: a union of three is also one of two, of which one is a union, a scan may be told
 * how many rows the LIMIT above it wants. Decoding qualifies the columns of an aggregate or a projection, and asks the
 * inputs of a union which columns may be null, when some are gone.
 */
function printed(plan: LogicalPlan): string {
  const text = plan.displayIndentSchema();
  return (/^ *Union /m.test(text) ? text.replaceAll(';N', '') : text)
    .replaceAll('fetch=9223372036854775807', 'fetch=None')
    .replaceAll(/(TableScan: .*), fetch=\d+/g, '$1')
    .replaceAll(/^ *Union .*\n/gm, '')
    .replaceAll(/^ *(?:Aggregate|Projection): .*/gm, (line) => line.replaceAll(/\b\w+\.(\w)/g, '$1'))
    .replaceAll(/^ +/gm, '');
}

function text(error: unknown): string {
  if (BallistaError.is(error)) return `${error.code}: ${error.message}`;
  throw error;
}
