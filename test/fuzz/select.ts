import { aggregate } from './aggregates.js';
import type { Draft, Query, Source, Type } from './draft.js';
import { from } from './from.js';
import { predicate } from './predicates.js';
import { column, scalar, unnumbered } from './scalars.js';
import { correlatedMembership } from './subqueries.js';
import { windowed } from './windows.js';

/** A SELECT with columns c0, c1, … of these types. */
export function select(draft: Draft, depth: number, types: readonly Type[]): Query {
  const source = from(draft, depth);
  const where = filter(draft, source, depth);
  return draft.choices.weighted([
    [5, () => plain(draft, source, where, depth, types)],
    [4, () => grouped(draft, source, where, depth, types)],
    [3, () => overWindows(draft, source, where, depth, types)],
  ])();
}

function filter(draft: Draft, source: Source, depth: number): string {
  const { choices } = draft;
  if (!choices.chance(50)) return '';
  return choices.weighted([
    [8, () => ` WHERE ${predicate(draft, source, depth)}`],
    [1, () => ` WHERE ${correlatedMembership(draft, source, depth - 1)}`],
    [1, () => ' WHERE false'],
  ])();
}

function listed(items: readonly string[]): string {
  return items.map((item, index) => `${item} AS c${index}`).join(', ');
}

function plain(draft: Draft, source: Source, where: string, depth: number, types: readonly Type[]): Query {
  const items = types.map((type) => scalar(draft, source, type, depth));
  const distinct = draft.choices.chance(20) ? 'DISTINCT ' : '';
  return { sql: `SELECT ${distinct}${listed(items)} FROM ${source.sql}${where}`, types, size: source.size };
}

function overWindows(draft: Draft, source: Source, where: string, depth: number, types: readonly Type[]): Query {
  const { choices } = draft;
  const own = Math.min(depth, 1);
  const items = types.map((type, index) =>
    index === 0 || choices.chance(50) ? windowed(draft, source, type, own) : scalar(draft, source, type, own),
  );
  const only = choices.chance(5) ? ` QUALIFY ${windowed(draft, source, 'int', own)} > 1` : '';
  return { sql: `SELECT ${listed(items)} FROM ${source.sql}${where}${only}`, types, size: source.size };
}

function grouped(draft: Draft, source: Source, where: string, depth: number, types: readonly Type[]): Query {
  const { choices } = draft;
  const own = Math.min(depth, 1);
  const keys = [
    ...new Map(choices.some(types, 50).map((type) => [groupKey(draft, source, type, choices.pick([0, 0, own])), type])),
  ].map(([sql, type]) => ({ sql, type }));
  const sets = grouping(
    draft,
    keys.map(({ sql }) => sql),
  );
  const items = types.map((type) => {
    const key = keys.find((one) => one.type === type);
    if (key && choices.chance(60)) return key.sql;
    if (type === 'int' && key && sets.several && choices.chance(30)) return `grouping(${key.sql})`;
    return aggregate(draft, source, type, own);
  });
  const having = choices.chance(20) ? ` HAVING ${aggregate(draft, source, 'int', 0)} > ${choices.below(4)}` : '';
  const sql = `SELECT ${listed(items)} FROM ${source.sql}${where}${sets.sql}${having}`;
  return { sql, types, size: keys.length > 0 ? source.size * (sets.several ? 3 : 1) : 1 };
}

/** A key that is not a subquery: the parentheses of a subquery would turn it into a list of keys. */
function groupKey(draft: Draft, source: Source, type: Type, depth: number): string {
  const key = unnumbered(scalar(draft, source, type, depth));
  return key.includes('SELECT') ? column(draft, source, type) : key;
}

function grouping(draft: Draft, keys: readonly string[]): { sql: string; several: boolean } {
  const { choices } = draft;
  const list = keys.join(', ');
  if (keys.length === 0) return { sql: choices.chance(10) ? ' GROUP BY GROUPING SETS (())' : '', several: false };
  const simple = { sql: ` GROUP BY ${list}`, several: false };
  const sets = choices.weighted([
    [6, simple],
    [1, { sql: ` GROUP BY ROLLUP (${list})`, several: true }],
    [1, { sql: ` GROUP BY CUBE (${list})`, several: true }],
    [1, { sql: ` GROUP BY GROUPING SETS ((${list}), (${keys[0]}), ())`, several: true }],
    [1, { sql: ` GROUP BY GROUPING SETS ((${list}))`, several: true }],
  ]);
  // The engine treats a constant key as constant in the result, although it is null for some sets. It removes the key from
  // ORDER BY, so even the rows that a LIMIT keeps are not decided.
  return keys.some(isConstant) ? simple : sets;
}

function isConstant(key: string): boolean {
  return !/\b[tw]\d+\./.test(key);
}
