import { aggregate } from './aggregates.js';
import type { Draft, Source } from './draft.js';
import { column } from './scalars.js';

/** A join with a subquery that refers to the left side. */
export function lateral(draft: Draft, left: Source): Source {
  const { choices } = draft;
  const type = draft.type();
  const [inner, alias] = [draft.alias(), draft.alias()];
  const table = draft.table();
  const relation = { ...table, columns: table.columns.map((one) => ({ ...one, name: `${inner}.${one.name}` })) };
  const where = `${column(draft, relation, 'int')} = ${column(draft, left, 'int')}`;
  const value = aggregate(draft, relation, type, 0);
  const query = `SELECT ${value} AS c0 FROM ${table.name} AS ${inner} WHERE ${where}`;
  const join = choices.pick(['CROSS JOIN LATERAL', 'LEFT JOIN LATERAL']);
  const on = join === 'LEFT JOIN LATERAL' ? ' ON true' : '';
  return {
    ...left,
    sql: `${left.sql} ${join} (${query}) AS ${alias}${on}`,
    columns: [...left.columns, { name: `${alias}.c0`, type }],
  };
}
