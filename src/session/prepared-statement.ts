/**
 * Prepared statements: planned once, run many times.
 *
 * @module
 */

import type { DataType, Schema } from 'apache-arrow';

import { readSchema } from '../arrow/ipc/decode.js';
import type { Row } from '../arrow/values/values.js';
import type { NativeDataFrame, NativePreparedStatement } from '../binding.cjs';
import { ACTION_SETTINGS, type ActionOptions } from '../config/action-options.js';
import { DataFrame } from '../dataframe/dataframe.js';
import { type PendingDataFrame, pending } from '../dataframe/pending.js';
import { callWatched, type Operation } from '../dataframe/progress/watched.js';
import type { SessionHandle } from '../engine/session-handle.js';
import { resolve } from '../input/settings.js';
import { callSync } from '../native.js';
import { type Params, toParamsNative } from '../sql/params.js';

/** A parameter of a {@link PreparedStatement}. */
export interface StatementParameter {
  /** The name without the `$`: `'1'` or `'name'`. */
  readonly name: string;
  /** The Arrow type of its values. Absent if the statement does not determine it; then any value is accepted. */
  readonly type?: DataType;
}

/**
 * A statement that is parsed and planned once, then run with different parameters. Created by `SessionContext.prepare`.
 * Immutable.
 *
 * Like a view, it keeps the tables and functions that its names meant when it was prepared: replacing or dropping a table
 * does not change it. Each run reads the current rows and uses the current settings of the session.
 *
 * It needs no closing.
 *
 * @typeParam T - the type of a row, for row actions; not checked at run time
 *
 * @example
 * ```ts
 * const statement = await ctx.prepare('select count(*) as n from flights where origin = $1 and delay > $2');
 * console.log(statement.parameters.map(({ name, type }) => `${name}: ${type}`)); // [ '1: LargeUtf8', '2: Int64' ]
 *
 * for (const origin of ['SEA', 'JFK']) {
 *   const df = await statement.execute([origin, 600]);
 *   console.log(origin, await df.toArray());
 * }
 * ```
 */
export class PreparedStatement<T extends object = Row> {
  /** The SQL text of the statement. */
  readonly text: string;
  /** The parameters of {@link execute}: `$1`, `$2`, … by number, `$name` by name. */
  readonly parameters: readonly StatementParameter[];
  readonly #native: NativePreparedStatement;
  readonly #session: SessionHandle;
  #schema: Schema | undefined;

  /** @internal Created by a context. */
  constructor(native: NativePreparedStatement, text: string, session: SessionHandle) {
    this.#native = native;
    this.#session = session;
    this.text = text;
    const { fields } = readSchema(callSync(() => native.parameters()));
    this.parameters = Object.freeze(
      fields.map(({ name, type }) => Object.freeze(isNull(type) ? { name } : { name, type })),
    );
    Object.freeze(this);
  }

  /**
   * The schema of the result. A column has type Null here if its type depends on a parameter without a type.
   *
   * @example
   * ```ts
   * const statement = await ctx.prepare('select origin, delay from flights where delay > $least');
   * console.log(statement.schema().fields.map(({ name }) => name)); // [ 'origin', 'delay' ]
   * ```
   */
  schema(): Schema {
    this.#schema ??= readSchema(callSync(() => this.#native.schema()));
    return this.#schema;
  }

  /**
   * A DataFrame of the statement with values for its parameters. As with `sql`, a query is lazy. INSERT, UPDATE, DELETE and COPY
   * run at once, and have ended when the promise is fulfilled.
   *
   * A value is converted to the type of its parameter. A conversion that changes the value is rejected: 1.5 for an Int64, 300
   * for an Int8, a string for a number. Strings are parsed for parameters of a date, time or decimal type.
   *
   * @param params - an array for `$1`, `$2`, …, an object for `$name`; omit it if the statement has no parameters
   * @param options - for INSERT, UPDATE, DELETE and COPY; a query takes them with the action that runs it
   * @throws BallistaError `INVALID_ARGUMENT` for a missing value, an extra value or one that does not fit its parameter, `PLAN`,
   * `CLOSED`; for INSERT, UPDATE, DELETE and COPY also the errors of actions, such as `JOB_FAILED`, and the reason of the signal
   * after an abort
   *
   * @example
   * ```ts
   * const statement = await ctx.prepare('select count(*) as n from flights where delay > $least');
   * console.log(await statement.execute({ least: 600 }).toArray()); // [ { n: 272n } ]
   * ```
   */
  execute(params?: Params, options: ActionOptions = {}): PendingDataFrame<T> {
    return pending(async () => {
      const action = resolve<ActionOptions>('execute', ACTION_SETTINGS, options);
      const values = params === undefined ? undefined : toParamsNative(params);
      this.#session.assertOpen();
      const frame = callSync(() => this.#native.execute(values));
      this.#session.tracing.keepText(frame, this.text);
      return new DataFrame<T>(await done(frame, this.#session, { operation: 'execute' }, action), this.#session);
    });
  }

  /** The SQL text. Never runs anything. */
  toString(): string {
    return `PreparedStatement { ${this.text} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Runs a statement that changes something. The result then holds its count. A query stays lazy. */
export async function done(
  frame: NativeDataFrame,
  session: SessionHandle,
  operation: Operation,
  options: ActionOptions,
): Promise<NativeDataFrame> {
  return frame.kind === 'count' || frame.kind === 'analyzed'
    ? callWatched(frame, session, operation, options, (watched, task) => watched.cache(task))
    : frame;
}

function isNull(type: DataType): boolean {
  return String(type) === 'Null';
}
