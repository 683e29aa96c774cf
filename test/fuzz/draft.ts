import type { Choices } from './choices.js';

export const TYPES = ['int', 'text', 'float', 'bool', 'date', 'decimal'] as const;
export type Type = (typeof TYPES)[number];

export interface Column {
  /** The column reference for expressions. */
  readonly name: string;
  readonly type: Type;
}

/** A relation, whose columns expressions can use. */
export interface Relation {
  readonly columns: readonly Column[];
  /** Columns that identify a row, except for rows that are equal in all columns. */
  readonly key: readonly string[];
  /** The approximate maximum number of rows. */
  readonly size: number;
}

/** An item of FROM. */
export interface Source extends Relation {
  readonly sql: string;
}

/** A query. Its columns are named c0, c1, … */
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

/** A join must not return more rows than this. */
export const MOST_ROWS = 6_000;

/** After this number of queries and FROM items, further ones are plain. */
const MOST_PARTS = 14;

/** A statement that is being generated. */
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

  /** A name that is unique in the statement. */
  alias(prefix = 't'): string {
    return `${prefix}${this.#aliases++}`;
  }

  /** The maximum nesting depth of the next part of the statement. It is 0 once there are many parts. */
  spend(depth: number): number {
    return this.#parts++ < MOST_PARTS ? depth : 0;
  }

  /** Any table. Tables without rows are less frequent, because most queries on them return no rows. */
  table(): Named {
    const table = this.choices.pick(this.tables);
    return table.size === 0 && this.choices.chance(60) ? this.tables[0] : table;
  }

  /** Any type. Types with many operators are more frequent. */
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

  /** From one to `most` types. */
  typeList(most: number): Type[] {
    return Array.from({ length: 1 + this.choices.below(most) }, () => this.type());
  }

  /** A query as a FROM item. */
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
