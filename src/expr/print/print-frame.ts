/**
 * Prints window frames as SQL.
 *
 * @module
 */

import type { BoundNode, FrameNode } from '../node/node.js';
import { printText } from './print-literal.js';

/** Prints a window frame. */
export function printFrame({ units, start, end }: FrameNode): string {
  return `${units.toUpperCase()} BETWEEN ${printBound(start)} AND ${printBound(end)}`;
}

function printBound({ type, value }: BoundNode): string {
  if (type === 'currentRow') return 'CURRENT ROW';
  const side = type.toUpperCase();
  if (value === undefined || value.type === 'null') return `UNBOUNDED ${side}`;
  // SQL allows no cast here; the engine converts the text to the type of the sort key.
  const text = String(value.value);
  return `${/^\d+(\.\d+)?$/.test(text) ? text : `INTERVAL ${printText(text)}`} ${side}`;
}
