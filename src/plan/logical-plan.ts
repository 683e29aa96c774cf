/**
 * Logical plans.
 *
 * @module
 */

import { Handles } from '../input/handles.js';
import { resolve } from '../input/settings.js';
import { toPlanBytes } from './bytes.js';
import { engineOf, type LogicalPlanHandle, type PlanContext } from './plan-engine.js';
import { SubstraitPlan } from './substrait-plan.js';

/** The SQL dialect of `toSql`. */
export type SqlDialect = 'default' | 'mysql' | 'postgres' | 'sqlite' | 'duckdb';

/** Options of {@link LogicalPlan.toSql}. */
export interface ToSqlOptions {
  /** Default `'default'`: DataFusion's own dialect. */
  dialect?: SqlDialect;
  /** Whether to leave out parentheses that precedence makes unnecessary. Default `false`. */
  pretty?: boolean;
}

const TO_SQL_SETTINGS = {
  dialect: {
    type: 'choice',
    choices: ['default', 'mysql', 'postgres', 'sqlite', 'duckdb'],
    default: 'default',
  },
  pretty: { type: 'boolean', default: false },
} as const;

/** The engine's plans. */
export const logicalPlans = new Handles<LogicalPlanHandle>('must be a LogicalPlan');

/**
 * A logical plan: an immutable tree of relational operators. Created by `df.logicalPlan()` and `df.optimizedLogicalPlan()`.
 * `ctx.executeLogicalPlan(plan)` makes a DataFrame from it. From DataFusion's `LogicalPlan`.
 *
 * @example
 * ```ts
 * const plan = df.filter('delay > 60').select('origin').logicalPlan();
 * console.log(String(plan));
 * // Projection: flights.origin
 * //   Filter: flights.delay > Int64(60)
 * //     TableScan: flights
 * ```
 */
export class LogicalPlan {
  readonly #handle: LogicalPlanHandle;

  /** @internal Created by a DataFrame and by {@link fromBytes}. */
  constructor(handle: LogicalPlanHandle) {
    this.#handle = handle;
    logicalPlans.set(this, handle);
  }

  /**
   * Reads a plan from the bytes of {@link toBytes}. Tables come from the bytes; the context looks up functions by name.
   *
   * @throws BallistaError `PLAN` for other bytes and for an unknown function, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const bytes = df.filter('delay > 60').logicalPlan().toBytes();
   * const again = await ctx.executeLogicalPlan(LogicalPlan.fromBytes(ctx, bytes));
   * console.log(await again.count());
   * ```
   */
  static fromBytes(ctx: PlanContext, bytes: Uint8Array): LogicalPlan {
    const engine = engineOf(ctx, 'LogicalPlan.fromBytes');
    return new LogicalPlan(engine.planFromBytes(toPlanBytes(bytes, 'LogicalPlan.fromBytes')));
  }

  /** The input plans. Empty for a table. */
  inputs(): LogicalPlan[] {
    return this.#handle.inputs().map((input) => new LogicalPlan(input));
  }

  /** The top operator as one line. */
  display(): string {
    return this.#handle.display('line');
  }

  /** The plan with one operator per line, inputs indented below. */
  displayIndent(): string {
    return this.#handle.display('indent');
  }

  /** Like {@link displayIndent}, with the columns and types of each operator. */
  displayIndentSchema(): string {
    return this.#handle.display('indentSchema');
  }

  /** The plan as a graph in Graphviz' DOT language. */
  displayGraphviz(): string {
    return this.#handle.display('graphviz');
  }

  /**
   * The plan as protobuf, for {@link fromBytes}. It contains the data of in-memory tables, and the paths of files. Only the same
   * version of the engine can read it; to store plans, use `substrait`.
   *
   * A subquery in an expression cannot be serialized until the optimiser has turned it into a join; use
   * `df.optimizedLogicalPlan()` then.
   *
   * @throws BallistaError `PLAN`, `NOT_IMPLEMENTED` for a plan that cannot be serialized
   */
  toBytes(): Uint8Array {
    return this.#handle.toBytes();
  }

  /**
   * SQL with the same meaning. Tables must have names. From DataFusion's `Unparser`.
   *
   * Types and functions follow the dialect where possible: `sqlite` stores dates as text, `mysql` sorts nulls differently.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` for a plan that cannot be expressed in SQL, `INVALID_ARGUMENT`
   *
   * @example
   * ```ts
   * const plan = df.filter('delay > 60').select('origin').logicalPlan();
   * console.log(plan.toSql({ dialect: 'postgres' }));
   * ```
   */
  toSql(options: ToSqlOptions = {}): string {
    const { dialect, pretty } = resolve<Required<ToSqlOptions>>('toSql', TO_SQL_SETTINGS, options);
    return this.#handle.toSql(dialect, pretty);
  }

  /**
   * The plan in Substrait, which other engines can read. Tables are referred to by name, so they must have one.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` for a plan that cannot be expressed in Substrait
   */
  async toSubstrait(): Promise<SubstraitPlan> {
    return new SubstraitPlan(await this.#handle.toSubstrait());
  }

  /** Same as {@link displayIndent}. */
  toString(): string {
    return this.displayIndent();
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `LogicalPlan {\n${indent(this.displayIndent())}\n}`;
  }
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
