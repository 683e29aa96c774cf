/**
 * What plans ask of the engine. `native-plan.ts` answers, so that this folder works without the addon; whatever fails
 * there is a `BallistaError` already.
 *
 * @module
 */

import { BallistaError, invalid } from '../errors.js';
import { describe } from '../params.js';
import type { SessionContext } from '../session-context.js';

/** How the engine prints a logical plan. */
export type LogicalPlanFormat = 'line' | 'indent' | 'indentSchema' | 'graphviz';

/** A logical plan inside the engine. */
export interface LogicalPlanHandle {
  inputs(): LogicalPlanHandle[];
  display(format: LogicalPlanFormat): string;
  toBytes(): Uint8Array;
  toSql(dialect: string, pretty: boolean): string;
  toSubstrait(): Promise<Uint8Array>;
}

/** A physical plan inside the engine. */
export interface ExecutionPlanHandle {
  /** A `PlanNode` as JSON. */
  tree(): string;
  /** The operator at a path of indexes of children. */
  toBytes(path: readonly number[]): Uint8Array;
}

/** What a context does for plans. */
export interface PlanEngine {
  /** The plan of a query; of no other statement. */
  planSql(query: string): Promise<LogicalPlanHandle>;
  planFromBytes(bytes: Uint8Array): LogicalPlanHandle;
  planFromSubstrait(bytes: Uint8Array): Promise<LogicalPlanHandle>;
  executionPlanFromBytes(bytes: Uint8Array): ExecutionPlanHandle;
}

/** The two forms of a Substrait plan; needs no context. */
export interface SubstraitCodec {
  toJson(bytes: Uint8Array): string;
  fromJson(json: string): Uint8Array;
}

const engines = new WeakMap<object, PlanEngine>();
let codec: SubstraitCodec | undefined;

/** Called by every context for itself. */
export function connectContext(ctx: SessionContext, engine: PlanEngine): void {
  engines.set(ctx, engine);
}

/** Called once, when the package is loaded. */
export function connectSubstrait(substrait: SubstraitCodec): void {
  codec = substrait;
}

/** @throws BallistaError `INVALID_ARGUMENT` for what is no context */
export function engineOf(ctx: SessionContext, where: string): PlanEngine {
  const engine = typeof ctx === 'object' && ctx !== null ? engines.get(ctx) : undefined;
  if (!engine) throw invalid(`${where} takes a context, not ${describe(ctx)}`);
  return engine;
}

/** @throws BallistaError `ADDON` before it is connected */
export function substraitCodec(): SubstraitCodec {
  if (!codec) throw new BallistaError('ADDON', 'the engine is needed for this, and the addon is not loaded');
  return codec;
}
