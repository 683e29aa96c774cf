import type { Choices } from './choices.js';

export const TYPES = ['int', 'text', 'float', 'bool', 'date', 'decimal'] as const;
export type Type = (typeof TYPES)[number];

export interface Column {
  /** As an expression refers to it. */
  readonly name: string;
  readonly type: Type;
}

/** What expressions can refer to. */
export interface Relation {
  readonly columns: readonly Column[];
  /** Columns that no two rows share, unless these rows are equal in every column. */
  readonly key: readonly string[];
  /** About how many rows there are at most. */
  readonly size: number;
}

/** An item of FROM. */
export interface Source extends Relation {
  readonly sql: string;
}

/** A query, whose columns are named c0, c1, … */
export interface Query {
  readonly sql: string;
  readonly types: readonly Type[];
  readonly size: number;
}

/** A table or a common table expression. */
export interface Named {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  readonly size: number;
}

/** More rows are not made by a join. */
export const MOST_ROWS = 6_000;

/** After so many queries and items of FROM, further ones are plain. */
const MOST_PARTS = 14;

/** A statement while it is made. */
export class Draft {
  readonly choices: Choices;
  readonly tables: readonly [Named, ...Named[]];
  readonly ctes: Named[] = [];
  #aliases = 0;
  #parts = 0;

  constructor(choices: Choices, tables: readonly [Named, ...Named[]]) {
    this.choices = choices;
    this.tables = tables;
  }

  /** A name that nothing else in the statement has. */
  alias(prefix = 't'): string {
    return `${prefix}${this.#aliases++}`;
  }

  /** How deep a further part of the statement may nest: not at all once there are many parts. */
  spend(depth: number): number {
    return this.#parts++ < MOST_PARTS ? depth : 0;
  }

  /** Any table; less often one without rows, which makes most queries give none. */
  table(): Named {
    const table = this.choices.pick(this.tables);
    return table.size === 0 && this.choices.chance(60) ? this.tables[0] : table;
  }

  /** Any type; mostly those that have the most operators. */
  type(): Type {
    return this.choices.weighted([
      [8, 'int'],
      [4, 'text'],
      [3, 'float'],
      [1, 'bool'],
      [2, 'date'],
      [2, 'decimal'],
    ]);
  }

  /** Between one and `most` types. */
  typeList(most: number): Type[] {
    return Array.from({ length: 1 + this.choices.below(most) }, () => this.type());
  }

  /** A query as an item of FROM. */
  derived(query: Query, lateral = ''): Source {
    const alias = this.alias();
    const columns = named(alias, query.types);
    return {
      sql: `${lateral}(${query.sql}) AS ${alias}`,
      columns,
      key: columns.map(({ name }) => name),
      size: query.size,
    };
  }
}

/** Columns c0, c1, … of an alias. */
export function named(alias: string, types: readonly Type[]): Column[] {
  return types.map((type, index) => ({ name: `${alias}.c${index}`, type }));
}
