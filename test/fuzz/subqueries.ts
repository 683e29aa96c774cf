import { aggregate } from './aggregates.js';
import type { Draft, Relation, Source, Type } from './draft.js';
import { item } from './from.js';
import { predicate } from './predicates.js';
import { query } from './query.js';
import { column, scalar } from './scalars.js';

/** `EXISTS (…)` or `NOT EXISTS (…)`, usually correlated. */
export function existence(draft: Draft, relation: Relation, depth: number): string {
  const inner = item(draft, depth);
  const not = draft.choices.chance(50) ? 'NOT ' : '';
  return `${not}EXISTS (SELECT 1 FROM ${inner.sql} WHERE ${correlated(draft, relation, inner, depth)})`;
}

/** `x IN (…)` or `x NOT IN (…)`, uncorrelated. */
export function membership(draft: Draft, relation: Relation, depth: number): string {
  const type = draft.type();
  const not = draft.choices.chance(50) ? 'NOT ' : '';
  return `${scalar(draft, relation, type, depth - 1)} ${not}IN (${query(draft, depth, [type]).sql})`;
}

/**
 * A correlated `x IN (…)`. It is only for WHERE and never negated. The engine returns wrong rows for a correlated NOT IN,
 * and which rows may depend on `cluster.whole_query`.
 */
export function correlatedMembership(draft: Draft, relation: Relation, depth: number): string {
  const type = draft.type();
  const inner = item(draft, depth);
  const condition = equal(draft, relation, inner);
  return `${column(draft, relation, type)} IN (SELECT ${column(draft, inner, type)} FROM ${inner.sql} WHERE ${condition})`;
}

/** `x > ALL (…)` or `x = ANY (…)`. */
export function allOrAny(draft: Draft, relation: Relation, depth: number): string {
  const type = draft.type();
  const form = draft.choices.pick(['= ANY', '> ALL', '<> ALL', '< ANY']);
  return `${scalar(draft, relation, type, depth - 1)} ${form} (${query(draft, depth, [type]).sql})`;
}

/** An aggregate as a scalar subquery: it always has one row. */
export function scalarSubquery(draft: Draft, relation: Relation, type: Type, depth: number): string {
  const inner = item(draft, depth);
  const value = aggregate(draft, inner, type, 0);
  const where = draft.choices.weighted([
    [3, () => ''],
    [3, () => ` WHERE ${equal(draft, relation, inner)}`],
    [1, () => ` WHERE ${predicate(draft, inner, depth - 1)}`],
  ])();
  return `(SELECT ${value} FROM ${inner.sql}${where})`;
}

function correlated(draft: Draft, outer: Relation, inner: Source, depth: number): string {
  const { choices } = draft;
  const type = draft.type();
  const comparison = () =>
    `${column(draft, inner, type)} ${choices.pick(['<', '>', '<>', '>='])} ${column(draft, outer, type)}`;
  return choices.weighted([
    [4, () => equal(draft, outer, inner)],
    [2, () => `${equal(draft, outer, inner)} AND ${predicate(draft, inner, depth - 1)}`],
    [2, () => `${equal(draft, outer, inner)} AND ${comparison()}`],
    [3, comparison],
    [1, () => `${column(draft, outer, 'int')} > ${column(draft, inner, 'int')} + 5`],
    [1, () => `(${equal(draft, outer, inner)} OR ${comparison()})`],
    [2, () => predicate(draft, inner, depth - 1)],
  ])();
}

function equal(draft: Draft, outer: Relation, inner: Relation): string {
  const type = draft.type();
  return `${column(draft, inner, type)} = ${column(draft, outer, type)}`;
}
