/**
 * A session of the command line: a context of the library, with files and URLs as tables.
 *
 * @module
 */

import type { DataFrame, SessionContext } from 'ballista';

import { type ConnectionOptions, openSession, schedulerUrl } from '../options/connection.js';
import { missingFile } from './missing-file.js';

/** Runs statements. */
export class SqlSession {
  readonly context: SessionContext;
  /** Whether queries run in this process. */
  readonly local: boolean;

  private constructor(context: SessionContext, local: boolean) {
    this.context = context;
    this.local = local;
    context.enableUrlTable();
  }

  /** Opens a session. It connects at the first query. */
  static async open(options: ConnectionOptions): Promise<SqlSession> {
    return new SqlSession(await openSession(options), schedulerUrl(options) === undefined);
  }

  /** Plans a statement. CREATE, DROP and SET take effect. */
  async plan(statement: string, signal: AbortSignal): Promise<DataFrame> {
    try {
      return await this.context.sql(statement, { signal });
    } catch (error) {
      throw (await missingFile(error, statement)) ?? error;
    }
  }

  /** Cancels running queries, and frees what the session holds. */
  async close(): Promise<void> {
    await this.context.close();
  }
}
