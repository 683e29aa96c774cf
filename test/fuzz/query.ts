import { type Draft, MOST_ROWS, type Query, type Type } from './draft.js';
import { select } from './select.js';

/** A query with columns of these types. */
export function query(draft: Draft, deepest: number, types: readonly Type[]): Query {
  const { choices } = draft;
  const depth = draft.spend(deepest);
  if (depth > 0 && choices.chance(15)) return combined(draft, depth, types);
  const one = select(draft, depth, types);
  return choices.chance(8) ? limited(draft, one) : one;
}

const OPERATORS = ['UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'INTERSECT ALL', 'EXCEPT ALL'] as const;

function combined(draft: Draft, depth: number, types: readonly Type[]): Query {
  const { choices } = draft;
  const branches = Array.from({ length: choices.pick([2, 2, 3]) }, () => query(draft, depth - 1, types));
  const operator = choices.pick(OPERATORS);
  return {
    // These names apply to the whole set operation, whichever branch they come from.
    sql: branches.map(({ sql }) => `(${sql})`).join(` ${operator} `),
    types,
    size: Math.min(
      MOST_ROWS,
      branches.reduce((sum, { size }) => sum + size, 0),
    ),
  };
}

/** A part of the rows. All columns together decide which part. */
function limited(draft: Draft, query: Query): Query {
  const { choices } = draft;
  const keys = query.types.map((_, index) => `c${index}${choices.pick(['', ' DESC', ' NULLS FIRST'])}`);
  return {
    ...query,
    sql: `SELECT * FROM (${query.sql}) AS ${draft.alias()} ORDER BY ${keys.join(', ')} ${limit(draft, true)}`,
  };
}

/**
 * LIMIT, OFFSET or both. Huge numbers are only for unsorted rows. For a sort, the engine reserves memory for all these rows,
 * and the process aborts.
 */
export function limit(draft: Draft, sorted: boolean): string {
  const { choices } = draft;
  const [few, skipped] = [choices.below(12), choices.below(6)];
  return choices.weighted([
    [4, `LIMIT ${few}`],
    [3, `LIMIT ${few} OFFSET ${skipped}`],
    [2, `OFFSET ${skipped}`],
    [1, `LIMIT abs(-${few + 2}) + 4 / -2`],
    [sorted ? 0 : 1, `LIMIT 5000000000 OFFSET ${skipped}`],
  ]);
}
