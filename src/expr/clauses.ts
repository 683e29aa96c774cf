/**
 * The clauses of a function call. Each returns a new call.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { type ExprLike, type SortKey, toKeyNode, toSortNode, toSqlNode, wrong } from './coerce.js';
import type { CallNode, ExprNode, NullTreatment, SortNode, WindowNode } from './node/node.js';
import { toWindow, type Window, type WindowOptions } from './window.js';
import { WindowFrame } from './window-frame.js';

/** The call that a clause belongs to. */
function toCall(expr: ExprNode, clause: string): CallNode {
  if (expr.kind === 'call') return expr;
  const hint = expr.kind === 'alias' ? ` Call ${clause} before alias.` : '';
  throw invalid(`${clause} works only on a function call, but this expression is not one.${hint}`);
}

/** `OVER (…)` */
export function over(expr: ExprNode, window: Window | WindowOptions): CallNode {
  const call = toCall(expr, 'over');
  const { node, nulls } = toWindow(window);
  return { ...call, over: node, ...(nulls && { nullTreatment: nulls }) };
}

/** `FILTER (WHERE …)` */
export function filter(expr: ExprNode, predicate: ExprLike): CallNode {
  return { ...toCall(expr, 'filter'), filter: toSqlNode(predicate, 'the predicate of filter') };
}

/** `DISTINCT` */
export function distinct(expr: ExprNode): CallNode {
  return { ...toCall(expr, 'distinct'), distinct: true };
}

/** `ORDER BY`: of the window if the call has one, otherwise of the call. */
export function orderBy(expr: ExprNode, keys: readonly SortKey[]): CallNode {
  const call = toCall(expr, 'orderBy');
  const nodes = keys.map((key, i): SortNode => toSortNode(key, `argument ${i + 1} of orderBy`));
  return call.over ? { ...call, over: { ...call.over, orderBy: nodes } } : { ...call, orderBy: nodes };
}

/** `RESPECT NULLS` or `IGNORE NULLS` */
export function nullTreatment(expr: ExprNode, treatment: NullTreatment): CallNode {
  if (treatment !== 'respect' && treatment !== 'ignore')
    throw wrong(treatment, 'nullTreatment', "'respect' or 'ignore'");
  return { ...toCall(expr, 'nullTreatment'), nullTreatment: treatment };
}

/** `OVER (PARTITION BY …)` */
export function partitionBy(expr: ExprNode, keys: readonly ExprLike[]): CallNode {
  const nodes = keys.map((key, i) => toKeyNode(key, `argument ${i + 1} of partitionBy`));
  return inWindow(toCall(expr, 'partitionBy'), { partitionBy: nodes });
}

/** `OVER (ROWS …)` */
export function windowFrame(expr: ExprNode, frame: WindowFrame): CallNode {
  if (!WindowFrame.is(frame)) throw wrong(frame, 'windowFrame', 'a WindowFrame');
  return inWindow(toCall(expr, 'windowFrame'), { frame: frame.node });
}

/** Changes the window of a call. If the call had no window, its order moves to the new window. */
function inWindow({ orderBy: keys, over: window, ...call }: CallNode, changes: Partial<WindowNode>): CallNode {
  if (window) return { ...call, ...(keys && { orderBy: keys }), over: { ...window, ...changes } };
  return { ...call, over: { partitionBy: [], orderBy: keys ?? [], ...changes } };
}
