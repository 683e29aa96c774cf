/**
 * The engine operations that plans need. `engine/native-plan.ts` implements them, so this folder works without the addon.
 * Their errors are `BallistaError`s.
 *
 * @module
 */

import { BallistaError } from '../errors.js';
import { Handles } from '../input/handles.js';

/** The text formats of a logical plan. */
export type LogicalPlanFormat = 'line' | 'indent' | 'indentSchema' | 'graphviz';

/** The engine's logical plan. */
export interface LogicalPlanHandle {
  inputs(): LogicalPlanHandle[];
  display(format: LogicalPlanFormat): string;
  toBytes(): Uint8Array;
  toSql(dialect: string, pretty: boolean): string;
  toSubstrait(): Promise<Uint8Array>;
}

/** The engine's physical plan. */
export interface ExecutionPlanHandle {
  /** A `PlanNode` as JSON. */
  tree(): string;
  /** The bytes of the operator at a path of child indexes. */
  toBytes(path: readonly number[]): Uint8Array;
}

/** The operations of a context on plans. */
export interface PlanEngine {
  /** Plans a query. Rejects other statements. */
  planSql(query: string): Promise<LogicalPlanHandle>;
  planFromBytes(bytes: Uint8Array): LogicalPlanHandle;
  planFromSubstrait(bytes: Uint8Array): Promise<LogicalPlanHandle>;
  executionPlanFromBytes(bytes: Uint8Array): ExecutionPlanHandle;
}

/** Converts between the two forms of a Substrait plan. Needs no context. */
export interface SubstraitCodec {
  toJson(bytes: Uint8Array): string;
  fromJson(json: string): Uint8Array;
}

/** The part of `SessionContext` that plans use. The type avoids a circular import. */
export interface PlanContext {
  readonly sessionId: string;
  sql(query: string): Promise<unknown>;
}

const engines = new Handles<PlanEngine>('takes a context');
let codec: SubstraitCodec | undefined;

/** Registers the plan operations of a context. Every context calls it for itself. */
export function connectContext(ctx: PlanContext, engine: PlanEngine): void {
  engines.set(ctx, engine);
}

/** Registers the Substrait codec. Called once, when the package is loaded. */
export function connectSubstrait(substrait: SubstraitCodec): void {
  codec = substrait;
}

/** @throws BallistaError `INVALID_ARGUMENT` if the value is not a context */
export function engineOf(ctx: PlanContext, where: string): PlanEngine {
  return engines.of(ctx, where);
}

/** @throws BallistaError `ADDON` before the codec is registered */
export function substraitCodec(): SubstraitCodec {
  if (!codec) throw new BallistaError('ADDON', 'This operation needs the engine, but the native addon is not loaded.');
  return codec;
}
