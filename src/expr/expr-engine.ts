/**
 * The operations on expressions that need the engine. The code that loads the addon provides it, so everything else about
 * expressions works without the addon.
 *
 * @module
 */

import { BallistaError, invalid } from '../errors.js';
import { encode } from './node/encode.js';
import type { ExprNode } from './node/node.js';

/** The engine's operations on expressions. Nodes are passed as JSON. */
export interface ExprEngine {
  /** Encodes a node as protobuf. */
  exprToBytes(node: string): Uint8Array;
  /** Decodes protobuf to SQL text. */
  exprFromBytes(bytes: Uint8Array): string;
  /** The column name of a node. */
  exprName(node: string): string;
}

let provided: ExprEngine | undefined;

/** Sets the engine. */
export function provideEngine(engine: ExprEngine): void {
  provided = engine;
}

/**
 * The engine.
 *
 * @throws BallistaError `ADDON` before it is provided
 */
export function engine(): ExprEngine {
  if (!provided)
    throw new BallistaError('ADDON', 'This operation needs the engine, but the native addon is not loaded.');
  return provided;
}

/** A node as JSON. Rejects a subquery, because it belongs to a context and cannot stand alone. */
export function toJson(expr: ExprNode, where: string): string {
  return encode(expr, (_key, value) => {
    const kind = (value as ExprNode | null)?.kind;
    if (kind === 'exists' || kind === 'inSubquery' || kind === 'scalarSubquery')
      throw invalid(
        `${where}: an expression with a subquery is not supported, because a subquery belongs to a context.`,
      );
    return value;
  });
}
