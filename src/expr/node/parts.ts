/**
 * Takes deep expressions apart, because code that walks them recursively has a small stack.
 *
 * @module
 */

import { levelsOf } from './levels.js';

/** A part of a deep expression. */
export interface Part {
  readonly node: object;
  /** The parts inside it, in the order in which they occur. */
  readonly inner: readonly Part[];
}

/** How an expression is divided. */
export interface Division {
  /** A part has at most twice as many levels. */
  readonly height: number;
  /** Whether the body of a lambda stays where it is. Outside, nothing knows its variables. */
  readonly keepsLambdas: boolean;
}

/** Divides a node into parts. A part comes after the parts inside it, and the last one is the node. */
export function parts(root: object, division: Division): Part[] {
  const all: Part[] = [];
  const open: Part[] = [];
  const add = (node: object): Part => {
    const part = { node, inner: [] };
    open.push(part);
    return part;
  };
  add(root);
  for (let part = open.pop(); part; part = open.pop()) {
    all.push(part);
    const inner = part.inner as Part[];
    replaced(part.node, division, (node) => inner.push(add(node)));
  }
  return all.reverse();
}

/** A copy of a part, with `reference` in place of the parts inside it. */
export function withReferences(part: Part, division: Division, reference: (inner: Part) => object): object {
  let next = 0;
  return replaced(part.node, division, () => reference(part.inner[next++] as Part));
}

/** Whether a value is a node or a list with at least so many levels. */
export function isDeep(value: unknown, height: number): value is object {
  return typeof value === 'object' && value !== null && levelsOf(value) >= height;
}

/** A copy of the top of a node, with the results of `replace` in place of the parts below. */
function replaced(top: object, { height, keepsLambdas }: Division, replace: (node: object) => unknown): object {
  const floor = (value: object) => Math.floor(levelsOf(value) / height);
  const copy = (value: object): object => {
    if (keepsLambdas && 'kind' in value && value.kind === 'lambda') return { ...value };
    const change = (child: unknown): unknown => {
      if (!isDeep(child, height)) return child;
      return 'kind' in child && floor(child) < floor(top) ? replace(child) : copy(child);
    };
    if (Array.isArray(value)) return value.map(change);
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child)]));
  };
  return copy(top);
}
