import { BallistaError, LogicalPlan, type SessionContext } from 'ballista';

/** Whether a plan is the same after `toBytes` and `fromBytes`. */
export interface RoundTrip {
  readonly kind: 'same' | 'known' | 'differs' | 'refused' | 'failed' | 'no plan';
  readonly text: string;
}

/** Plans that an encoding changes, and why the change is harmless. */
const KNOWN: readonly (readonly [plan: RegExp, why: string])[] = [
  [/EmptyRelation: rows=0 \[\w/, 'an empty relation loses its columns; the client replaces it before it sends a plan'],
  [/RecursiveQuery/, 'the table that a recursive query reads gets back the columns that it does not need'],
];

/** Errors of decoding, and what the plans have in common. */
const UNREADABLE: readonly (readonly [RegExp, string])[] = [
  [/recursion limit reached/, 'the plan has more levels than protobuf decodes'],
  [/require unique expression names/, 'a column and a CAST of it are both group keys'],
];

/** Encodes and decodes the unoptimized plan of a query and, if that works, the optimized plan. */
export async function roundTrip(ctx: SessionContext, sql: string): Promise<RoundTrip> {
  let plans: LogicalPlan[];
  try {
    const df = await ctx.sql(sql);
    plans = [df.logicalPlan(), await df.optimizedLogicalPlan()];
  } catch (error) {
    return { kind: 'no plan', text: text(error) };
  }
  // Subqueries in expressions can be encoded only after optimization.
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
    const reason = known ?? UNREADABLE.find(([pattern]) => pattern.test(text(error)));
    return reason ? { kind: 'known', text: reason[1] } : { kind: 'failed', text: text(error) };
  }
  if (before === after) return { kind: 'same', text: '' };
  if (known) return { kind: 'known', text: known[1] };
  const [lines, others] = [before.split('\n'), after.split('\n')];
  const index = lines.findIndex((line, at) => line !== others[at]);
  return { kind: 'differs', text: `${others[index] ?? 'nothing'}\n  for ${lines[index] ?? 'nothing'}` };
}

/**
 * The plan without parts that have several equivalent forms. A union of three inputs can be a union of two, one of which is
 * a union. A scan may have the row limit of the LIMIT above it. Decoding qualifies the columns of an aggregate or a
 * projection. It also computes again which columns of a union can be null, when the union may have lost inputs.
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
