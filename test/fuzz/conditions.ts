import type { Draft, Relation, Type } from './draft.js';
import { predicate } from './predicates.js';
import { column, scalar } from './scalars.js';

/** The condition of a join. */
export function condition(draft: Draft, left: Relation, right: Relation, depth: number): string {
  const { choices } = draft;
  const both = { columns: [...left.columns, ...right.columns], key: [], size: 0 };
  const equal = () => equalities(draft, left, right, 1);
  return choices.weighted([
    [6, equal],
    [3, () => `${equal()} AND ${unequal(draft, left, right)}`],
    [2, () => equalities(draft, left, right, 2)],
    [1, () => `${equal()} AND ${predicate(draft, choices.pick([left, right]), 0)}`],
    [1, () => `${equal()} AND ${predicate(draft, both, choices.chance(10) ? depth : 0)}`],
    [4, () => unequal(draft, left, right)],
    [1, () => `(${equal()} OR ${equal()})`],
    [1, () => `(${equal()} OR ${unequal(draft, left, right)})`],
    [1, () => predicate(draft, choices.pick([left, right]), 0)],
    [1, () => choices.pick(['true', 'false', '1 = 0'])],
  ])();
}

/** Keys that few rows share. */
export function numbersEqual(draft: Draft, left: Relation, right: Relation): string {
  return `${column(draft, left, 'int')} = ${column(draft, right, 'int')} AND ${equalities(draft, left, right, 1)}`;
}

/** Equal keys. */
function equalities(draft: Draft, left: Relation, right: Relation, count: number): string {
  const { choices } = draft;
  const one = (): string => {
    const type = shared(draft, left, right);
    const depth = choices.chance(25) ? 1 : 0;
    const [a, b] = [scalar(draft, left, type, depth), column(draft, right, type)];
    return choices.chance(10) ? `(${a} IS NOT DISTINCT FROM ${b})` : `${a} = ${b}`;
  };
  return Array.from({ length: count }, one).join(' AND ');
}

function unequal(draft: Draft, left: Relation, right: Relation): string {
  const { choices } = draft;
  const type = shared(draft, left, right);
  const [a, b] = [column(draft, left, type), column(draft, right, type)];
  return choices.weighted([
    [3, () => `${a} ${choices.pick(['<', '>', '<=', '>='])} ${b}`],
    [1, () => `${a} <> ${b}`],
    [2, () => `${column(draft, left, 'int')} > ${column(draft, right, 'int')} + ${choices.below(8)}`],
    [1, () => `${a} BETWEEN ${b} AND ${column(draft, right, type)}`],
    [1, () => `${b} BETWEEN ${column(draft, left, type)} AND ${a}`],
    [1, () => `${column(draft, left, 'text')} LIKE ${column(draft, right, 'text')} || '%'`],
  ])();
}

/** A type that both sides have, if there is one. */
function shared(draft: Draft, left: Relation, right: Relation): Type {
  const has = (relation: Relation, type: Type) => relation.columns.some((one) => one.type === type);
  const type = draft.type();
  if (has(left, type) && has(right, type)) return type;
  return left.columns.find((one) => has(right, one.type))?.type ?? type;
}
