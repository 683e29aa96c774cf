import type { Draft, Relation } from './draft.js';
import { column, constant, scalar } from './scalars.js';
import { allOrAny, existence, membership, scalarSubquery } from './subqueries.js';

const PATTERNS = ["'a%'", "'%b'", "'_'", "'a_c'", "'%'", "''"] as const;

const COMPARISONS = ['>=', '<', '<>', '=', '<=', '>'] as const;

/** A condition over the columns of a relation. */
export function predicate(draft: Draft, relation: Relation, depth: number): string {
  const { choices } = draft;
  if (depth <= 0) return simple(draft, relation, 0);
  const one = () => predicate(draft, relation, depth - 1);
  return choices.weighted([
    [8, () => simple(draft, relation, depth - 1)],
    [1, () => `(${one()} AND ${one()})`],
    [2, () => `(${one()} OR ${one()})`],
    [1, () => `NOT (${one()})`],
    [1, () => `(${one()}) IS NOT TRUE`],
    [1, () => existence(draft, relation, depth - 1)],
    [1, () => `(${existence(draft, relation, depth - 1)} OR ${one()})`],
    [1, () => membership(draft, relation, depth - 1)],
    [1, () => `(${membership(draft, relation, depth - 1)} OR ${one()})`],
    [1, () => againstSubquery(draft, relation, depth - 1)],
    [1, () => allOrAny(draft, relation, depth - 1)],
  ])();
}

function againstSubquery(draft: Draft, relation: Relation, depth: number): string {
  const type = draft.type();
  const left = scalar(draft, relation, type, depth - 1);
  return `${left} ${draft.choices.pick(COMPARISONS)} ${scalarSubquery(draft, relation, type, depth)}`;
}

function simple(draft: Draft, relation: Relation, depth: number): string {
  const { choices } = draft;
  const type = draft.type();
  const left = scalar(draft, relation, type, depth);
  const some = () => constant(draft, type);
  const not = choices.chance(30) ? 'NOT ' : '';
  return choices.weighted([
    [10, () => `${left} ${choices.pick(COMPARISONS)} ${some()}`],
    [3, () => `${left} ${choices.pick(COMPARISONS)} ${scalar(draft, relation, type, depth)}`],
    [2, () => `${left} IS NOT NULL`],
    [1, () => `${left} IS NULL`],
    [2, () => `${left} ${not}IN (${some()}, ${some()}, ${some()}, ${some()})`],
    [1, () => `${left} ${not}IN (${some()}, NULL)`],
    [2, () => `${left} ${not}BETWEEN ${some()} AND ${some()}`],
    [1, () => `(${left} IS ${not}DISTINCT FROM ${scalar(draft, relation, type, depth)})`],
    [1, () => `${scalar(draft, relation, 'text', depth)} ${not}LIKE ${choices.pick(PATTERNS)}`],
    [1, () => `${scalar(draft, relation, 'text', depth)} ${not}ILIKE ${choices.pick(PATTERNS)}`],
    [1, () => `${scalar(draft, relation, 'text', depth)} ${not}SIMILAR TO '(a|b)+'`],
    [1, () => `${column(draft, relation, 'text')} LIKE ${column(draft, relation, 'text')} || '%'`],
    [1, () => column(draft, relation, 'bool')],
    [1, () => choices.pick(['true', 'true', 'false', '1 = 0', 'CAST(NULL AS BOOLEAN)'])],
  ])();
}
