import type { Choices } from './choices.js';
import { Draft, type Named, type Query, type Type } from './draft.js';
import { limit, query } from './query.js';

/** A statement, and which parts of its result must be equal in two engines. */
export interface Statement {
  readonly sql: string;
  /** Columns whose order of values is decided by ORDER BY. */
  readonly ordered: readonly number[];
  /** Whether only the number of rows is decided. */
  readonly countOnly: boolean;
}

/** A random statement over tables. */
export function statement(choices: Choices, tables: readonly [Named, ...Named[]]): Statement {
  const draft = new Draft(choices, tables);
  const depth = choices.pick([1, 1, 2, 2, 3]);
  const expressions = withClause(draft, depth);
  const body = query(draft, depth, draft.typeList(4));
  return choices.weighted([
    [5, () => ({ sql: `${expressions}${body.sql}`, ordered: [], countOnly: false })],
    [4, () => sorted(draft, expressions, body)],
    [1, () => ({ sql: `${expressions}${outer(draft, body)} ${limit(draft, false)}`, ordered: [], countOnly: true })],
  ])();
}

function outer(draft: Draft, { sql }: Query): string {
  return `SELECT * FROM (${sql}) AS ${draft.alias()}`;
}

function sorted(draft: Draft, expressions: string, body: Query): Statement {
  const { choices } = draft;
  const columns = body.types.map((_, index) => index);
  const total = choices.chance(60);
  const ordered = total ? columns : columns.slice(0, 1 + choices.below(columns.length));
  const keys = ordered.map((index) => `c${index}${choices.pick(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST'])}`);
  const few = choices.chance(40) ? ` ${limit(draft, true)}` : '';
  return {
    sql: `${expressions}${outer(draft, body)} ORDER BY ${keys.join(', ')}${few}`,
    ordered,
    countOnly: few !== '' && ordered.length < columns.length,
  };
}

function withClause(draft: Draft, depth: number): string {
  const { choices } = draft;
  if (!choices.chance(15)) return '';
  const recursive = choices.chance(25);
  const parts = recursive ? [repeated(draft)] : [];
  for (let more = choices.pick([1, 1, 2]); more > 0; more--) {
    const types = draft.typeList(3);
    const { sql, size } = query(draft, depth - 1, types);
    parts.push(declared(draft, types, size, sql));
  }
  return `WITH ${recursive ? 'RECURSIVE ' : ''}${parts.join(', ')} `;
}

function declared(draft: Draft, types: readonly Type[], size: number, sql: string, name = draft.alias('w')): string {
  const columns = types.map((type, index) => ({ name: `c${index}`, type }));
  draft.ctes.push({ name, columns, key: columns.map((column) => column.name), size });
  return `${name} AS (${sql})`;
}

/** A recursive query, which reads its own rows until there are no new ones. */
function repeated(draft: Draft): string {
  const { choices } = draft;
  const name = draft.alias('r');
  const most = 2 + choices.below(5);
  const table = draft.table().name;
  const sql = choices.pick([
    `SELECT CAST(1 AS BIGINT) AS c0, 'a' AS c1 UNION ALL SELECT c0 + 1, c1 || 'b' FROM ${name} WHERE c0 < ${most}`,
    `SELECT id AS c0, s AS c1 FROM ${table} WHERE id < 3 UNION ALL SELECT c0 + 1, c1 FROM ${name} WHERE c0 < ${most}`,
    `SELECT CAST(0 AS BIGINT) AS c0, 'a' AS c1 UNION ALL SELECT x.id, x.s FROM ${name} JOIN ${table} AS x ON x.id = ${name}.c0 + 1 WHERE c0 < ${most}`,
  ]);
  return declared(draft, ['int', 'text'], 60, sql, name);
}
