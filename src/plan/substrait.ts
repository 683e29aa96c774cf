/**
 * Plans from and to Substrait, which other engines read and write: the namespace `substrait`. From the Python package's
 * `substrait.Serde`, `Producer` and `Consumer`.
 *
 * Tables are there by name: whoever runs such a plan has registered them.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';

import { BallistaError, invalid } from '../errors.js';
import { describe } from '../params.js';
import type { SessionContext } from '../session-context.js';
import { toFilePath, writeWhole } from '../whole-file.js';
import { toPlanBytes } from './bytes.js';
import { engineOf, substraitCodec } from './engine.js';
import { LogicalPlan } from './logical-plan.js';
import { SubstraitPlan } from './substrait-plan.js';

/**
 * Plans a query and writes the plan, not optimised, to a file, whole or not at all. Nothing runs.
 *
 * @throws BallistaError `SQL_PARSE`, `SCHEMA`, `PLAN` also for a statement that is no query, `NOT_IMPLEMENTED` for a plan
 * that Substrait cannot say, `IO`, `INVALID_ARGUMENT`, `CLOSED`
 *
 * @example
 * ```ts
 * await substrait.serialize('select count(*) as n from flights', ctx, 'count.substrait');
 * const plan = await substrait.deserialize('count.substrait');
 * const df = await ctx.executeLogicalPlan(await substrait.fromSubstraitPlan(ctx, plan));
 * console.log(await df.toArray()); // [ { n: 3000000n } ]
 * ```
 */
export async function serialize(query: string, ctx: SessionContext, path: string | URL): Promise<void> {
  const file = toFilePath(path, 'substrait.serialize');
  await writeWhole(file, await serializeBytes(query, ctx));
}

/**
 * As {@link serialize}, as a plan.
 *
 * @throws BallistaError `SQL_PARSE`, `SCHEMA`, `PLAN`, `NOT_IMPLEMENTED`, `INVALID_ARGUMENT`, `CLOSED`
 */
export async function serializeToPlan(query: string, ctx: SessionContext): Promise<SubstraitPlan> {
  return new SubstraitPlan(await serializeBytes(query, ctx));
}

/**
 * As {@link serialize}, as protobuf.
 *
 * @throws BallistaError `SQL_PARSE`, `SCHEMA`, `PLAN`, `NOT_IMPLEMENTED`, `INVALID_ARGUMENT`, `CLOSED`
 */
export async function serializeBytes(query: string, ctx: SessionContext): Promise<Uint8Array> {
  const engine = engineOf(ctx, 'substrait.serialize');
  if (typeof query !== 'string') throw invalid(`substrait.serialize takes SQL text, not ${describe(query)}`);
  return (await engine.planSql(query)).toSubstrait();
}

/**
 * Reads a plan from a file.
 *
 * @throws BallistaError `IO`, `INVALID_ARGUMENT` also for a file of something else
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
 * @throws BallistaError `INVALID_ARGUMENT` also for bytes of something else
 */
export function deserializeBytes(bytes: Uint8Array): SubstraitPlan {
  // A copy, which `slice` of a Buffer is not.
  const plan = new SubstraitPlan(new Uint8Array(toPlanBytes(bytes, 'substrait.deserializeBytes')));
  // Bytes of something else are refused here, not where the plan is used.
  substraitCodec().toJson(bytes);
  return plan;
}

/**
 * A logical plan as Substrait; the same as `plan.toSubstrait()`.
 *
 * @throws BallistaError `NOT_IMPLEMENTED` for a plan that Substrait cannot say, `INVALID_ARGUMENT`
 */
export async function toSubstraitPlan(plan: LogicalPlan, ctx: SessionContext): Promise<SubstraitPlan> {
  engineOf(ctx, 'substrait.toSubstraitPlan');
  if (!(plan instanceof LogicalPlan)) throw invalid(`toSubstraitPlan takes a LogicalPlan, not ${describe(plan)}`);
  return plan.toSubstrait();
}

/**
 * A logical plan from Substrait; its tables are looked up in the context.
 *
 * @throws BallistaError `PLAN` for an unknown table or function, `NOT_IMPLEMENTED`, `INVALID_ARGUMENT`, `CLOSED`
 */
export async function fromSubstraitPlan(ctx: SessionContext, plan: SubstraitPlan): Promise<LogicalPlan> {
  const engine = engineOf(ctx, 'substrait.fromSubstraitPlan');
  if (!(plan instanceof SubstraitPlan)) throw invalid(`fromSubstraitPlan takes a SubstraitPlan, not ${describe(plan)}`);
  return new LogicalPlan(await engine.planFromSubstrait(plan.encode()));
}
