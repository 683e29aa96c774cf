import type { Draft, Relation, Type } from './draft.js';
import { predicate } from './predicates.js';
import { scalarSubquery } from './subqueries.js';

const TEXTS = ["'a'", "'b'", "'ab'", "'abc'", "''", "'é'", "'A'", "'b%'"] as const;

/** A constant that is not null. */
export function constant(draft: Draft, type: Type): string {
  const { choices } = draft;
  switch (type) {
    case 'int':
      return String(choices.below(9) - 1);
    case 'float':
      return `CAST(${(choices.below(16) - 6) / 4} AS DOUBLE)`;
    case 'text':
      return choices.pick(TEXTS);
    case 'bool':
      return choices.pick(['true', 'false']);
    case 'date':
      return `DATE '2024-01-0${1 + choices.below(8)}'`;
    case 'decimal':
      return `CAST(${(choices.below(16) - 6) / 4} AS DECIMAL(8, 2))`;
  }
}

/** A column of this type, or a constant if there is none. */
export function column(draft: Draft, relation: Relation, type: Type): string {
  const [first, ...rest] = relation.columns.filter((one) => one.type === type);
  return first ? draft.choices.pick([first, ...rest]).name : constant(draft, type);
}

/** An expression for a place where a number alone would mean the position of a column. */
export function unnumbered(key: string): string {
  return /^-?\d+$/.test(key) ? `CAST(${key} AS BIGINT)` : key;
}

/**
 * An expression. It cannot fail, and floating-point sums are exact, so results depend neither on the order of evaluation nor
 * on the order of the rows. Constants are multiples of a quarter, columns are never divisors, and zeros are never negative.
 */
export function scalar(draft: Draft, relation: Relation, type: Type, depth: number): string {
  const { choices } = draft;
  if (depth <= 0) return choices.chance(15) ? constant(draft, type) : column(draft, relation, type);
  const one = (of: Type = type) => scalar(draft, relation, of, depth - 1);
  const common = [
    [10, () => column(draft, relation, type)],
    [1, () => constant(draft, type)],
    [1, () => `coalesce(${one()}, ${constant(draft, type)})`],
    [1, () => `CASE WHEN ${predicate(draft, relation, 0)} THEN ${one()} ELSE ${one()} END`],
    [1, () => `CASE WHEN ${predicate(draft, relation, 0)} THEN ${one()} END`],
    [1, () => `nullif(${one()}, ${one()})`],
    [1, () => scalarSubquery(draft, relation, type, depth - 1)],
  ] as const;
  const condition = () => predicate(draft, relation, depth - 1);
  return choices.weighted([...common, ...own(type, one, () => constant(draft, type), condition)])();
}

function own(
  type: Type,
  one: (type?: Type) => string,
  some: () => string,
  condition: () => string,
): [number, () => string][] {
  switch (type) {
    case 'int':
      return [
        [2, () => `(${one()} + ${one()})`],
        [1, () => `(${one()} - ${one()})`],
        [1, () => `(${one()} * 2)`],
        [1, () => `(${one()} % 3)`],
        [1, () => `(${one()} / 2)`],
        [1, () => `abs(${one()})`],
        [1, () => `length(${one('text')})`],
        [1, () => `CAST(${one('bool')} AS BIGINT)`],
        [1, () => `date_part('day', ${one('date')})`],
      ];
    case 'float':
      return [
        [2, () => `(${one()} + ${one()})`],
        [1, () => `(${one()} - ${one()})`],
        [1, () => `CAST(${one('int')} AS DOUBLE)`],
      ];
    case 'text':
      return [
        [1, () => `(${one()} || ${one()})`],
        [1, () => `upper(${one()})`],
        [1, () => `substr(${one()}, 1, 2)`],
        [1, () => `CAST(${one('int')} AS VARCHAR)`],
        [1, () => `concat(${one()}, ${some()})`],
      ];
    case 'bool':
      return [
        [3, () => `(${condition()})`],
        [1, () => `(${one('int')} > ${one('int')})`],
      ];
    case 'date':
      return [[1, () => `(${one()} + INTERVAL '1 day')`]];
    case 'decimal':
      return [
        [1, () => `CAST((${one('int')} % 1000) AS DECIMAL(8, 2))`],
        [1, () => `(${one()} + ${one()})`],
      ];
  }
}
