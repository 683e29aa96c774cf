import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Field, Schema, tableFromIPC } from 'apache-arrow';
import { type DataFrame, SessionContext } from 'ballista';

import { Choices } from './choices.js';
import type { Column, Named } from './draft.js';

/** All tables have the same columns. `id` has no nulls and no duplicates; the other columns have both. */
const COLUMNS: readonly (Column & { sqlType: string })[] = [
  { name: 'id', type: 'int', sqlType: 'BIGINT' },
  { name: 'k', type: 'int', sqlType: 'BIGINT' },
  { name: 'v', type: 'int', sqlType: 'INT' },
  { name: 's', type: 'text', sqlType: 'VARCHAR' },
  { name: 'f', type: 'float', sqlType: 'DOUBLE' },
  { name: 'b', type: 'bool', sqlType: 'BOOLEAN' },
  { name: 'd', type: 'date', sqlType: 'DATE' },
  { name: 'm', type: 'decimal', sqlType: 'DECIMAL(8, 2)' },
];

const LETTERS = ["'a'", "'b'", "'ab'", "'abc'", "'A'", "'_x'", "'é'", "'c'"] as const;

/** The location of the rows of a table, and the number of rows in each of its parts. */
interface Layout {
  readonly name: string;
  readonly kind: 'parquet' | 'csv' | 'memory';
  readonly parts: readonly number[];
}

/** Small random tables, equal for equal seeds. Several contexts share their files. */
export class Database {
  readonly tables: readonly [Named, ...Named[]];
  /** Single-node DataFusion over the tables. */
  readonly local = SessionContext.local();
  #variants: SessionContext[] = [];
  readonly #folder: string;
  readonly #layouts: readonly Layout[];
  readonly #partsOf = new Map<string, DataFrame[]>();

  private constructor(folder: string, layouts: readonly [Layout, ...Layout[]]) {
    const named = ({ name, parts }: Layout): Named => ({
      name,
      columns: COLUMNS,
      key: ['id'],
      size: parts.reduce((sum, rows) => sum + rows, 0),
    });
    const [first, ...rest] = layouts;
    this.tables = [named(first), ...rest.map(named)];
    this.#folder = folder;
    this.#layouts = layouts;
  }

  /** Writes the files into the folder, which `close` removes. */
  static async create(seed: number, folder: string): Promise<Database> {
    const choices = Choices.random(seed);
    const several = (parts: number, most: number) =>
      Array.from({ length: parts }, () => (choices.chance(15) ? 0 : 1 + choices.below(most)));
    const database = new Database(folder, [
      { name: 'p', kind: 'parquet', parts: several(4, 9) },
      { name: 'q', kind: 'parquet', parts: several(3, 8) },
      { name: 'c', kind: 'csv', parts: several(4, 9) },
      { name: 'w', kind: 'memory', parts: several(2, 9) },
      { name: 'x', kind: 'memory', parts: [1 + choices.below(6)] },
      { name: 'e', kind: choices.pick(['parquet', 'csv', 'memory']), parts: several(2, 1).map(() => 0) },
      { name: 'o', kind: choices.pick(['parquet', 'csv', 'memory']), parts: [1] },
    ]);
    try {
      for (const layout of database.#layouts) await database.#make(layout, choices);
      await database.register(database.local);
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  /** Registers the tables in a context. */
  async register(ctx: SessionContext): Promise<void> {
    for (const { name, kind } of this.#layouts) {
      const parts = this.#partsOf.get(name) ?? [];
      const [first] = parts;
      if (!first) throw new Error(`${name} has no parts`);
      // A column without nulls in the first part may have nulls in the next one.
      const schema = new Schema(first.schema().fields.map((field) => new Field(field.name, field.type, true)));
      const folder = join(this.#folder, name);
      if (kind === 'parquet') await ctx.registerParquet(name, folder, { schema });
      else if (kind === 'csv') await ctx.registerCsv(name, folder, { schema });
      else await ctx.registerRecordBatches(name, await partitions(parts));
    }
  }

  /** Single-node DataFusion with other numbers of partitions. */
  async variants(): Promise<readonly SessionContext[]> {
    if (this.#variants.length > 0) return this.#variants;
    for (const partitions of [1, 3, 4, 8]) {
      const ctx = SessionContext.local({ config: { 'datafusion.execution.target_partitions': partitions } });
      this.#variants.push(ctx);
      await this.register(ctx);
    }
    return this.#variants;
  }

  async close(): Promise<void> {
    for (const ctx of [this.local, ...this.#variants]) await ctx.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #make({ name, kind, parts }: Layout, choices: Choices): Promise<void> {
    const folder = join(this.#folder, name);
    if (kind !== 'memory') await mkdir(folder, { recursive: true });
    let id = 0;
    const frames: DataFrame[] = [];
    for (const [index, count] of parts.entries()) {
      const rows = Array.from({ length: Math.max(1, count) }, () => row(id++, choices));
      const columns = COLUMNS.map((one, at) => `CAST(column${at + 1} AS ${one.sqlType}) AS ${one.name}`);
      const query = `SELECT ${columns.join(', ')} FROM (VALUES ${rows.join(', ')})${count === 0 ? ' WHERE column1 < 0' : ''}`;
      const frame = await this.local.sql(query);
      if (kind === 'parquet') await frame.writeParquet(join(folder, `${index}.parquet`));
      if (kind === 'csv') await frame.writeCsv(join(folder, `${index}.csv`));
      frames.push(frame);
    }
    this.#partsOf.set(name, frames);
  }
}

async function partitions(parts: readonly DataFrame[]) {
  const tables = await Promise.all(parts.map(async (part) => tableFromIPC(await part.toIPC())));
  const filled = tables.filter(({ numRows }) => numRows > 0).map(({ batches }) => batches);
  const [empty] = tables;
  if (filled.length > 0 || !empty) return filled;
  return empty;
}

function row(id: number, choices: Choices): string {
  const maybe = (value: string | number) => (choices.chance(20) ? 'NULL' : value);
  return `(${[
    id,
    maybe(choices.below(8)),
    maybe(choices.below(25) - 5),
    maybe(choices.pick(LETTERS)),
    maybe((choices.below(20) - 8) / 4),
    maybe(choices.pick(['true', 'false'])),
    maybe(`'2024-01-0${1 + choices.below(9)}'`),
    maybe((choices.below(40) - 10) / 4),
  ].join(', ')})`;
}
