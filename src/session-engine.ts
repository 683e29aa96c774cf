/**
 * What a session knows of its engine: functions, settings, rules.
 *
 * @module
 */

import type { Schema } from 'apache-arrow';

import { schemaToIpc } from './arrow/write.js';
import { Catalogs } from './catalog/catalogs.js';
import { exactName } from './catalog/name.js';
import { checkName } from './config/name.js';
import { SessionConfig } from './config/session-config.js';
import { BallistaError, invalid } from './errors.js';
import { type Operand, toSqlNode } from './expr/coerce.js';
import { Expr } from './expr/expr.js';
import { callFunction } from './functions/call.js';
import { callSync } from './native.js';
import { describe } from './params.js';
import { definitionOf } from './udf/define.js';
import type { Kind } from './udf/definition.js';
import { UdfLog, type UdfLogEntry } from './udf/log.js';
import type { AggregateUdf } from './udf/udaf.js';
import type { ScalarUdf } from './udf/udf.js';
import type { TableUdf } from './udf/udtf.js';
import type { WindowUdf } from './udf/udwf.js';

/** A function of a session: called with arguments it gives the expression of its call. */
export type SessionFunction = (...args: Operand[]) => Expr;

type FunctionKind = 'scalar' | 'aggregate' | 'window' | 'table';

/** The engine of a {@link SessionContext}. */
export abstract class SessionEngine extends Catalogs {
  #log: UdfLog | undefined;

  // ---------------------------------------------------------------- functions and settings

  /**
   * The names of all scalar functions, sorted; those that take lambdas are not among them.
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
   * @throws BallistaError `PLAN` where there is none, `INVALID_ARGUMENT`, `CLOSED`
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
   * Makes a function of TypeScript known to the SQL of this session, by its name; one of that name before is replaced.
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

  /** Makes an aggregate known to SQL, one that `udaf()` made; see {@link registerUdf}. */
  registerUdaf(udaf: AggregateUdf): void {
    this.#register(udaf, 'aggregate');
  }

  /** Makes a table function known to SQL, one that `udtf()` made; see {@link registerUdf}. */
  registerUdtf(udtf: TableUdf): void {
    this.#register(udtf, 'table');
  }

  /** Makes a window function known to SQL, one that `udwf()` made; see {@link registerUdf}. */
  registerUdwf(udwf: WindowUdf): void {
    this.#register(udwf, 'window');
  }

  /**
   * Makes a scalar function unknown to this session. Whether there was one.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  deregisterUdf(name: string): boolean {
    return this.#deregister('scalar', name);
  }

  /** Makes an aggregate function unknown; see {@link deregisterUdf}. */
  deregisterUdaf(name: string): boolean {
    return this.#deregister('aggregate', name);
  }

  /** Makes a window function unknown; see {@link deregisterUdf}. */
  deregisterUdwf(name: string): boolean {
    return this.#deregister('window', name);
  }

  /** Makes a table function unknown; see {@link deregisterUdf}. */
  deregisterUdtf(name: string): boolean {
    return this.#deregister('table', name);
  }

  /**
   * Calls a listener with everything that functions of TypeScript print for queries of this session, wherever they run; gives
   * a function that ends it. Lines come soon, maybe after the query has ended; where they are more than can be sent some are lost.
   * The standard error of executors has all of them. A listener that throws makes a warning of the process.
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
    if (typeof listener !== 'function') throw invalid(`onUdfLog takes a function, not ${describe(listener)}`);
    this.#log ??= new UdfLog((tell) => this.callSync((session) => session.listen(tell)));
    return this.#log.add(listener);
  }

  /**
   * Makes names of functions mean those of Apache Spark in the SQL of this session, where Spark has one of that name. They are
   * always there as `spark.abs(x)`, and as `spark.abs(col('x'))` in TypeScript.
   *
   * @throws BallistaError `CLOSED`
   */
  enableSparkFunctions(): void {
    this.callSync((session) => session.enableSparkFunctions());
  }

  /**
   * Makes paths of files names of tables: `select * from 'data/flights.parquet'`.
   *
   * @throws BallistaError `CLOSED`
   */
  enableUrlTable(): void {
    this.callSync((session) => session.enableUrlTable());
  }

  /**
   * SQL text as an expression over columns.
   *
   * @param schema - which columns there are
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
    if (Expr.is(text)) throw invalid('parseSqlExpr takes SQL text, not an expression');
    this.callSync((session) => session.parseSqlExpr(text, schemaToIpc(schema, 'the schema of parseSqlExpr')));
    return new Expr(parsed);
  }

  /**
   * The settings as they are now.
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
   * Whether SQL reads names without quotes as lower case.
   *
   * @throws BallistaError `CLOSED`
   */
  get identNormalizationEnabled(): boolean {
    const config = this.callSync((session) => session.config());
    return config['datafusion.sql_parser.enable_ident_normalization'] === 'true';
  }

  /**
   * When the session began.
   *
   * @throws BallistaError `CLOSED`
   */
  get sessionStartTime(): Date {
    return new Date(this.callSync((session) => session.startTime));
  }

  /**
   * Leaves a rule of the optimiser out, by its name as EXPLAIN VERBOSE tells it. Whether there was one.
   *
   * @throws BallistaError `INVALID_ARGUMENT`, `CLOSED`
   */
  removeOptimizerRule(name: string): boolean {
    return this.callSync((session) => session.removeOptimizerRule(exactName(name, 'rule')));
  }

  /**
   * A size as text, such as `'100M'`, in bytes. From DataFusion's `SessionContext::parse_capacity_limit`.
   *
   * @param name - which setting it is for, for the error
   * @throws BallistaError `PLAN` for text that is no size, `INVALID_ARGUMENT`
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
      throw new BallistaError('PLAN', `there is no ${kind} function "${exact}"`);
    return (...args) => callFunction(exact, ...args);
  }

  #register(udf: unknown, kind: Kind): void {
    const definition = JSON.stringify(definitionOf(udf, kind));
    this.callSync((session) => session.registerUdf(definition));
  }

  #deregister(kind: FunctionKind, name: string): boolean {
    return this.callSync((session) => session.deregisterFunction(kind, exactName(name, 'function')));
  }
}
