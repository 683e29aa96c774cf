/**
 * The names of a session, for completion.
 *
 * @module
 */

import { printName } from '../../expr/print/print-name.js';
import type { SqlSession } from '../statements/session.js';
import type { Names } from './complete.js';

/** How long a completion waits for the columns of a table, which may be far away. */
const PATIENCE_MS = 2000;

/** Remembers names until {@link forget}. */
export class SessionNames implements Names {
  readonly #session: SqlSession;
  #functions: readonly string[] | undefined;
  #tables: Promise<readonly string[]> | undefined;
  readonly #columns = new Map<string, Promise<readonly string[]>>();

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /** Forgets tables and columns, because a statement may have changed them. */
  forget(): void {
    this.#tables = undefined;
    this.#columns.clear();
  }

  async functions(): Promise<readonly string[]> {
    const { context } = this.#session;
    this.#functions ??= [...context.udfs(), ...context.udafs(), ...context.udwfs()];
    return this.#functions;
  }

  tables(): Promise<readonly string[]> {
    this.#tables ??= this.#session.context
      .tables()
      .then((tables) => tables.map(({ name }) => printName(name)))
      .catch(() => []);
    return this.#tables;
  }

  columns(table: string): Promise<readonly string[]> {
    const known = this.#columns.get(table);
    if (known) return known;
    const columns = this.#session
      .plan(`SELECT * FROM ${table}`, AbortSignal.timeout(PATIENCE_MS))
      .then((frame) => frame.schema().fields.map(({ name }) => name))
      // A table that does not exist has no columns.
      .catch(() => []);
    this.#columns.set(table, columns);
    return columns;
  }
}
