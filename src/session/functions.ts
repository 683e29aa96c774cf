/**
 * The functions, settings and optimizer rules of a session.
 *
 * @module
 */

import type { Schema } from 'apache-arrow';

import { schemaToIpc } from '../arrow/ipc/encode.js';
import { exactName } from '../catalog/exact-name.js';
import { SessionConfig } from '../config/session-config.js';
import { BallistaError, invalid } from '../errors.js';
import { type Operand, toSqlNode } from '../expr/coerce.js';
import { Expr } from '../expr/expr.js';
import { callFunction } from '../functions/call/call.js';
import { describe } from '../input/describe.js';
import { checkName } from '../input/name.js';
import { callSync } from '../native.js';
import { definitionOf } from '../udf/define.js';
import type { Kind } from '../udf/definition.js';
import { UdfLog, type UdfLogEntry } from '../udf/log.js';
import type { AggregateUdf } from '../udf/udaf.js';
import type { ScalarUdf } from '../udf/udf.js';
import type { TableUdf } from '../udf/udtf.js';
import type { WindowUdf } from '../udf/udwf.js';
import { Catalogs } from './catalogs.js';

/** A function of a session. Called with arguments, it returns the expression of the function call. */
export type SessionFunction = (...args: Operand[]) => Expr;

type FunctionKind = 'scalar' | 'aggregate' | 'window' | 'table';

/** The function, setting and rule methods of a {@link SessionContext}. */
export abstract class SessionFunctions extends Catalogs {
  #log: UdfLog | undefined;

  // ---------------------------------------------------------------- functions and settings

  /**
   * The names of all scalar functions, sorted, without those that take lambdas.
   *
   * @throws BallistaError `CLOSED`
   *
   * @example
   * ```ts
   * console.log(ctx.udfs().includes('upper'), ctx.udafs().includes('sum'), ctx.udwfs().includes('rank')); // true true true
   * ```
   */
  udfs(): string[] {
    return this.callSync((session) => session.functionNames('scalar'));
  }

  /** The names of all aggregate functions; see {@link udfs}. */
  udafs(): string[] {
    return this.callSync((session) => session.functionNames('aggregate'));
  }

  /** The names of all window functions; see {@link udfs}. */
  udwfs(): string[] {
    return this.callSync((session) => session.functionNames('window'));
  }

  /**
   * A scalar function by its SQL name.
   *
   * @throws BallistaError `PLAN` for an unknown function, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const upper = ctx.udf('upper');
   * await df.select(upper(col('origin'))).limit(1).show();
   * ```
   */
  udf(name: string): SessionFunction {
    return this.#function('scalar', name);
  }

  /** An aggregate function by its SQL name; see {@link udf}. */
  udaf(name: string): SessionFunction {
    return this.#function('aggregate', name);
  }

  /** A window function by its SQL name; see {@link udf}. */
  udwf(name: string): SessionFunction {
    return this.#function('window', name);
  }

  /**
   * Registers a TypeScript UDF under its name, for use in SQL. Replaces a function of the same name.
   *
   * @param udf - made by `udf()`
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { udf } from 'ballista';
   *
   * ctx.registerUdf(udf({ name: 'twice', args: ['Float64'], returns: 'Float64', skipNulls: true }, (x) => x * 2));
   * console.log(await (await ctx.sql('SELECT twice(21) AS n')).toArray()); // [ { n: 42 } ]
   * ```
   */
  registerUdf(udf: ScalarUdf): void {
    this.#register(udf, 'scalar');
  }

  /** Registers an aggregate made by `udaf()`, for use in SQL; see {@link registerUdf}. */
  registerUdaf(udaf: AggregateUdf): void {
    this.#register(udaf, 'aggregate');
  }

  /** Registers a table function made by `udtf()`, for use in SQL; see {@link registerUdf}. */
  registerUdtf(udtf: TableUdf): void {
    this.#register(udtf, 'table');
  }

  /** Registers a window function made by `udwf()`, for use in SQL; see {@link registerUdf}. */
  registerUdwf(udwf: WindowUdf): void {
    this.#register(udwf, 'window');
  }

  /**
   * Removes a scalar UDF from this session. Returns whether it was registered. A built-in function that it has replaced is back.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  deregisterUdf(name: string): boolean {
    return this.#deregister('scalar', name);
  }

  /** Removes an aggregate UDF; see {@link deregisterUdf}. */
  deregisterUdaf(name: string): boolean {
    return this.#deregister('aggregate', name);
  }

  /** Removes a window UDF; see {@link deregisterUdf}. */
  deregisterUdwf(name: string): boolean {
    return this.#deregister('window', name);
  }

  /** Removes a table UDF; see {@link deregisterUdf}. */
  deregisterUdtf(name: string): boolean {
    return this.#deregister('table', name);
  }

  /**
   * Calls a listener with each line that TypeScript UDFs print for queries of this session, on any executor. Returns a function
   * that removes the listener.
   *
   * Lines arrive with a short delay, possibly after the query has ended. Lines beyond what can be sent are lost; the standard
   * error of the executors has all of them. If the listener throws, the process emits a warning.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * import { udf } from 'ballista';
   *
   * const heard = new Promise<string>((resolve) => ctx.onUdfLog(({ udf, text }) => resolve(`${udf}: ${text}`)));
   * const odd = udf({ name: 'odd', args: ['Int64'], returns: 'Boolean', skipNulls: true }, (n) => {
   *   if (n < 0n) console.warn(n, 'is negative');
   *   return n % 2n !== 0n;
   * });
   * ctx.registerUdf(odd);
   * await (await ctx.sql('SELECT odd(-3)')).collect();
   * console.log(await heard); // odd: -3n is negative
   * ```
   */
  onUdfLog(listener: (entry: UdfLogEntry) => void): () => void {
    if (typeof listener !== 'function') throw invalid(`onUdfLog takes a function, not ${describe(listener)}.`);
    this.#log ??= new UdfLog((tell) => this.callSync((session) => session.listen(tell)));
    return this.#log.add(listener);
  }

  /**
   * Makes function names in the SQL of this session mean Apache Spark's functions, where Spark has a function of that name.
   * Without this call, use `spark.abs(x)` in SQL and `spark.abs(col('x'))` in TypeScript.
   *
   * @throws BallistaError `CLOSED`
   */
  enableSparkFunctions(): void {
    this.callSync((session) => session.enableSparkFunctions());
  }

  /**
   * Allows file paths as table names in SQL: `select * from 'data/flights.parquet'`.
   *
   * @throws BallistaError `CLOSED`
   */
  enableUrlTable(): void {
    this.callSync((session) => session.enableUrlTable());
  }

  /**
   * Parses SQL text as an expression over columns.
   *
   * @param schema - the columns that the expression can use
   * @throws BallistaError `SQL_PARSE`, `SCHEMA`, `PLAN`, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const late = ctx.parseSqlExpr('delay > 60', df.schema());
   * console.log(await df.filter(late.not()).limit(1).count()); // 1
   * ```
   */
  parseSqlExpr(text: string, schema: Schema): Expr {
    const parsed = toSqlNode(text, 'the text of parseSqlExpr');
    if (Expr.is(text)) throw invalid('parseSqlExpr takes SQL text, not an expression.');
    this.callSync((session) => session.parseSqlExpr(text, schemaToIpc(schema, 'the schema of parseSqlExpr')));
    return new Expr(parsed);
  }

  /**
   * A copy of the current settings.
   *
   * @throws BallistaError `CLOSED`
   *
   * @example
   * ```ts
   * console.log(ctx.copiedConfig().toRecord()['datafusion.execution.batch_size']); // 8192
   * ```
   */
  copiedConfig(): SessionConfig {
    return new SessionConfig(this.callSync((session) => session.config()));
  }

  /**
   * Whether SQL converts unquoted names to lower case.
   *
   * @throws BallistaError `CLOSED`
   */
  get identNormalizationEnabled(): boolean {
    const config = this.callSync((session) => session.config());
    return config['datafusion.sql_parser.enable_ident_normalization'] === 'true';
  }

  /**
   * When the session was created.
   *
   * @throws BallistaError `CLOSED`
   */
  get sessionStartTime(): Date {
    return new Date(this.callSync((session) => session.startTime));
  }

  /**
   * Disables an optimizer rule, by its name in EXPLAIN VERBOSE. Returns whether the rule was there.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  removeOptimizerRule(name: string): boolean {
    return this.callSync((session) => session.removeOptimizerRule(exactName(name, 'rule')));
  }

  /**
   * Converts a size string, such as `'100M'`, to bytes. From DataFusion's `SessionContext::parse_capacity_limit`.
   *
   * @param name - the setting that the size is for, used in the error
   * @throws BallistaError `PLAN` for a string that is not a size, `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * import { SessionContext } from 'ballista';
   *
   * console.log(SessionContext.parseCapacityLimit('memory', '1.5G')); // 1610612736
   * ```
   */
  static parseCapacityLimit(name: string, limit: string): number {
    checkName(limit, 'the limit of parseCapacityLimit');
    checkName(name, 'the name of parseCapacityLimit');
    return callSync((binding) => binding.parseCapacityLimit(name, limit));
  }

  #function(kind: FunctionKind, name: string): SessionFunction {
    const exact = exactName(name, 'function');
    if (!this.callSync((session) => session.functionNames(kind)).includes(exact))
      throw new BallistaError('PLAN', `The ${kind} function "${exact}" does not exist.`);
    return (...args) => callFunction(exact, ...args);
  }

  #register(udf: unknown, kind: Kind): void {
    const definition = JSON.stringify(definitionOf(udf, kind));
    this.callSync((session) => session.registerUdf(definition));
  }

  #deregister(kind: FunctionKind, name: string): boolean {
    return this.callSync((session) => session.deregisterUdf(kind, exactName(name, 'function')));
  }
}
