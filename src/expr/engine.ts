/**
 * What only the engine can do with an expression. It is handed in by whoever loads the addon, so that everything else about
 * expressions works without it.
 *
 * @module
 */

import { BallistaError, invalid } from '../errors.js';
import type { ExprNode } from './node.js';

/** The engine's side of expressions; nodes cross as JSON. */
export interface ExprEngine {
  /** A node as protobuf. */
  exprToBytes(node: string): Uint8Array;
  /** What protobuf means, as SQL text. */
  exprFromBytes(bytes: Uint8Array): string;
  /** The name that the column of a node gets. */
  exprName(node: string): string;
}

let provided: ExprEngine | undefined;

/** Hands the engine in. */
export function provideEngine(engine: ExprEngine): void {
  provided = engine;
}

/**
 * The engine.
 *
 * @throws BallistaError `ADDON` before it is provided
 */
export function engine(): ExprEngine {
  if (!provided) throw new BallistaError('ADDON', 'the engine is needed for this, and the addon is not loaded');
  return provided;
}

/** A node as JSON, where it stands alone: a subquery belongs to a context, so it cannot. */
export function toJson(expr: ExprNode, where: string): string {
  return JSON.stringify(expr, (_key, value: ExprNode | null) => {
    if (value?.kind === 'exists' || value?.kind === 'inSubquery' || value?.kind === 'scalarSubquery')
      throw invalid(`${where}: the expression holds a subquery, which belongs to a context`);
    return value;
  });
}
