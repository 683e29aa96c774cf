/**
 * The namespace `substrait`: converts plans to and from Substrait, which other engines read and write. From the Python
 * package's `substrait.Serde`, `Producer` and `Consumer`.
 *
 * A Substrait plan refers to tables by name, so they must be registered where the plan runs.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';

import { BallistaError, invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { toFilePath, writeWhole } from '../platform/whole-file.js';
import { toPlanBytes } from './bytes.js';
import { LogicalPlan } from './logical-plan.js';
import { engineOf, type PlanContext, substraitCodec } from './plan-engine.js';
import { SubstraitPlan } from './substrait-plan.js';

/**
 * Plans a query and writes the plan, not optimised, to a file, atomically. Nothing runs.
 *
 * @throws BallistaError `SQL_PARSE`, `SCHEMA`, `PLAN` also for a statement that is not a query, `NOT_IMPLEMENTED` for a plan
 * that cannot be expressed in Substrait, `IO`, `INVALID_ARGUMENT`, `CLOSED`
 *
 * @example
 * ```ts
 * await substrait.serialize('select count(*) as n from flights', ctx, 'count.substrait');
 * const plan = await substrait.deserialize('count.substrait');
 * const df = await ctx.executeLogicalPlan(await substrait.fromSubstraitPlan(ctx, plan));
 * console.log(await df.toArray()); // [ { n: 3000000n } ]
 * ```
 */
export async function serialize(query: string, ctx: PlanContext, path: string | URL): Promise<void> {
  const file = toFilePath(path, 'substrait.serialize');
  await writeWhole(file, await serializeBytes(query, ctx));
}

/**
 * Like {@link serialize}, but returns the plan.
 *
 * @throws BallistaError `SQL_PARSE`, `SCHEMA`, `PLAN`, `NOT_IMPLEMENTED`, `INVALID_ARGUMENT`, `CLOSED`
 */
export async function serializeToPlan(query: string, ctx: PlanContext): Promise<SubstraitPlan> {
  return new SubstraitPlan(await serializeBytes(query, ctx));
}

/**
 * Like {@link serialize}, but returns the plan as protobuf.
 *
 * @throws BallistaError `SQL_PARSE`, `SCHEMA`, `PLAN`, `NOT_IMPLEMENTED`, `INVALID_ARGUMENT`, `CLOSED`
 */
export async function serializeBytes(query: string, ctx: PlanContext): Promise<Uint8Array> {
  const engine = engineOf(ctx, 'substrait.serialize');
  if (typeof query !== 'string') throw invalid(`substrait.serialize takes SQL text, not ${describe(query)}.`);
  return (await engine.planSql(query)).toSubstrait();
}

/**
 * Reads a plan from a file.
 *
 * @throws BallistaError `IO`, `INVALID_ARGUMENT` also for a file that is not a Substrait plan
 */
export async function deserialize(path: string | URL): Promise<SubstraitPlan> {
  const file = toFilePath(path, 'substrait.deserialize');
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new BallistaError('IO', `substrait.deserialize: ${(cause as Error).message}`, { cause });
  }
  return deserializeBytes(bytes);
}

/**
 * Reads a plan from protobuf.
 *
 * @throws BallistaError `INVALID_ARGUMENT` also for bytes that are not a Substrait plan
 */
export function deserializeBytes(bytes: Uint8Array): SubstraitPlan {
  // A copy; `slice` of a Buffer would not copy.
  const plan = new SubstraitPlan(new Uint8Array(toPlanBytes(bytes, 'substrait.deserializeBytes')));
  // Reject other bytes here, not where the plan is used.
  substraitCodec().toJson(bytes);
  return plan;
}

/**
 * Converts a logical plan to Substrait. Same as `plan.toSubstrait()`.
 *
 * @throws BallistaError `NOT_IMPLEMENTED` for a plan that cannot be expressed in Substrait, `INVALID_ARGUMENT`
 */
export async function toSubstraitPlan(plan: LogicalPlan, ctx: PlanContext): Promise<SubstraitPlan> {
  engineOf(ctx, 'substrait.toSubstraitPlan');
  if (!(plan instanceof LogicalPlan)) throw invalid(`toSubstraitPlan takes a LogicalPlan, not ${describe(plan)}.`);
  return plan.toSubstrait();
}

/**
 * Converts a Substrait plan to a logical plan. The context looks up its tables by name.
 *
 * @throws BallistaError `PLAN` for an unknown table or function, `NOT_IMPLEMENTED`, `INVALID_ARGUMENT`, `CLOSED`
 */
export async function fromSubstraitPlan(ctx: PlanContext, plan: SubstraitPlan): Promise<LogicalPlan> {
  const engine = engineOf(ctx, 'substrait.fromSubstraitPlan');
  if (!(plan instanceof SubstraitPlan))
    throw invalid(`fromSubstraitPlan takes a SubstraitPlan, not ${describe(plan)}.`);
  return new LogicalPlan(await engine.planFromSubstrait(plan.encode()));
}
