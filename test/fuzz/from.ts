import { condition, numbersEqual } from './conditions.js';
import { type Column, type Draft, MOST_ROWS, type Source } from './draft.js';
import { lateral } from './lateral.js';
import { query } from './query.js';
import { constant } from './scalars.js';

/** The FROM clause of a query: one item, or up to three joined items. */
export function from(draft: Draft, depth: number): Source {
  let source = item(draft, depth);
  const joins = draft.choices.pick([0, 0, 1, 1, 1, 2]);
  for (let join = 0; join < joins; join++) source = joined(draft, source, depth);
  return source;
}

/** A table, a subquery or VALUES. */
export function item(draft: Draft, deepest: number): Source {
  const { choices } = draft;
  const depth = draft.spend(deepest);
  return choices.weighted<() => Source>([
    [20, () => table(draft)],
    [depth > 0 ? 5 : 0, () => draft.derived(query(draft, depth - 1, draft.typeList(3)))],
    [draft.ctes.length > 0 ? 8 : 0, () => common(draft)],
    [1, () => values(draft)],
    [1, () => series(draft)],
    [1, () => unnested(draft)],
    [depth > 0 ? 1 : 0, () => bracketed(draft, depth)],
  ])();
}

function table(draft: Draft): Source {
  return aliased(draft, draft.table());
}

function common(draft: Draft): Source {
  const [first, ...rest] = draft.ctes;
  return first ? aliased(draft, draft.choices.pick([first, ...rest])) : table(draft);
}

function aliased(draft: Draft, { name, columns, key, size }: { name: string } & Omit<Source, 'sql'>): Source {
  const alias = draft.alias();
  return {
    sql: `${name} AS ${alias}`,
    columns: columns.map((column): Column => ({ ...column, name: `${alias}.${column.name}` })),
    key: key.map((column) => `${alias}.${column}`),
    size,
  };
}

function values(draft: Draft): Source {
  const alias = draft.alias();
  const types = draft.typeList(2);
  const count = 1 + draft.choices.below(4);
  const cell = (row: number) => (type: Source['columns'][number]['type']) =>
    row > 0 && draft.choices.chance(20) ? 'NULL' : constant(draft, type);
  const rows = Array.from({ length: count }, (_, row) => `(${types.map(cell(row)).join(', ')})`);
  const columns = types.map((type, index) => ({ name: `${alias}.c${index}`, type }));
  return {
    // Equal rows have no total order, so two windows may number them differently.
    sql: `(VALUES ${[...new Set(rows)].join(', ')}) AS ${alias}(${types.map((_, index) => `c${index}`).join(', ')})`,
    columns,
    key: columns.map(({ name }) => name),
    size: count,
  };
}

function series(draft: Draft): Source {
  const { choices } = draft;
  const alias = draft.alias();
  const first = choices.below(4);
  const last = first + choices.below(12) - 1;
  const call = choices.pick([`generate_series(${first}, ${last})`, `range(${first}, ${last}, 2)`]);
  const name = `${alias}.c0`;
  return { sql: `${call} AS ${alias}(c0)`, columns: [{ name, type: 'int' }], key: [name], size: 12 };
}

function unnested(draft: Draft): Source {
  const alias = draft.alias();
  const name = `${alias}.c0`;
  return {
    sql: `(SELECT unnest(make_array(1, 2, 2, NULL)) AS c0) AS ${alias}`,
    columns: [{ name, type: 'int' }],
    key: [name],
    size: 4,
  };
}

function bracketed(draft: Draft, depth: number): Source {
  const source = joined(draft, item(draft, depth - 1), depth - 1);
  return { ...source, sql: `(${source.sql})` };
}

const ALL = ['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'] as const;
const HALF = ['LEFT SEMI JOIN', 'LEFT ANTI JOIN', 'RIGHT SEMI JOIN', 'RIGHT ANTI JOIN'] as const;

function joined(draft: Draft, left: Source, depth: number): Source {
  const { choices } = draft;
  if (choices.chance(6)) return lateral(draft, left);
  const right = item(draft, depth);
  const pairs = left.size * right.size;
  const cross = pairs + left.size + right.size;
  if (cross <= MOST_ROWS && choices.chance(8)) {
    const sql = `${left.sql} CROSS JOIN ${right.sql}`;
    return { sql, columns: [...left.columns, ...right.columns], key: [...left.key, ...right.key], size: cross };
  }
  const half = choices.chance(20);
  const narrow = cross > MOST_ROWS && !half;
  const kind = choices.pick(half ? HALF : ALL);
  const on = narrow ? numbersEqual(draft, left, right) : condition(draft, left, right, depth);
  const sql = `${left.sql} ${kind} ${right.sql} ON ${on}`;
  if (half) return { ...(kind.startsWith('LEFT') ? left : right), sql };
  return {
    sql,
    columns: [...left.columns, ...right.columns],
    key: [...left.key, ...right.key],
    size: narrow ? Math.min(MOST_ROWS, Math.ceil(pairs / 16) + left.size + right.size) : cross,
  };
}
