/**
 * What a query means, before the engine has chosen how to run it.
 *
 * @module
 */

import { resolve } from '../config/settings.js';
import { invalid } from '../errors.js';
import { describe } from '../params.js';
import type { SessionContext } from '../session-context.js';
import { toPlanBytes } from './bytes.js';
import { engineOf, type LogicalPlanHandle } from './engine.js';
import { SubstraitPlan } from './substrait-plan.js';

/** Whose SQL `toSql` writes. */
export type SqlDialect = 'default' | 'mysql' | 'postgres' | 'sqlite' | 'duckdb';

/** Options of {@link LogicalPlan.toSql}. */
export interface ToSqlOptions {
  /** Default `'default'`: DataFusion's own. */
  dialect?: SqlDialect;
  /** Without the parentheses that precedence makes needless. Default `false`. */
  pretty?: boolean;
}

const TO_SQL_SETTINGS = {
  dialect: {
    type: 'choice',
    choices: ['default', 'mysql', 'postgres', 'sqlite', 'duckdb'],
    default: 'default',
    doc: 'Whose SQL.',
  },
  pretty: { type: 'boolean', default: false, doc: 'Without needless parentheses.' },
} as const;

/** Out of reach for users, in reach for contexts. */
const handles = new WeakMap<object, LogicalPlanHandle>();

/** @internal The plan inside the engine. */
export function logicalHandleOf(plan: unknown, where: string): LogicalPlanHandle {
  const handle = typeof plan === 'object' && plan !== null ? handles.get(plan) : undefined;
  if (!handle) throw invalid(`${where} must be a LogicalPlan, not ${describe(plan)}`);
  return handle;
}

/**
 * What a query means: an immutable tree of relational operators. Made by `df.logicalPlan()` and
 * `df.optimizedLogicalPlan()`; `ctx.executeLogicalPlan(plan)` makes a DataFrame of it. From DataFusion's `LogicalPlan`.
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

  /** @internal Made by a DataFrame and by {@link fromBytes}. */
  constructor(handle: LogicalPlanHandle) {
    this.#handle = handle;
    handles.set(this, handle);
  }

  /**
   * Reads what {@link toBytes} wrote. Tables are those of the bytes; functions are looked up in the context by name.
   *
   * @throws BallistaError `PLAN` for bytes of something else and for an unknown function, `INVALID_ARGUMENT`, `CLOSED`
   *
   * @example
   * ```ts
   * const bytes = df.filter('delay > 60').logicalPlan().toBytes();
   * const again = await ctx.executeLogicalPlan(LogicalPlan.fromBytes(ctx, bytes));
   * console.log(await again.count());
   * ```
   */
  static fromBytes(ctx: SessionContext, bytes: Uint8Array): LogicalPlan {
    const engine = engineOf(ctx, 'LogicalPlan.fromBytes');
    return new LogicalPlan(engine.planFromBytes(toPlanBytes(bytes, 'LogicalPlan.fromBytes')));
  }

  /** The plans directly below; none below a table. */
  inputs(): LogicalPlan[] {
    return this.#handle.inputs().map((input) => new LogicalPlan(input));
  }

  /** The topmost operator, in one line. */
  display(): string {
    return this.#handle.display('line');
  }

  /** One operator a line, inputs indented below. */
  displayIndent(): string {
    return this.#handle.display('indent');
  }

  /** As {@link displayIndent}, each line with its columns and their types. */
  displayIndentSchema(): string {
    return this.#handle.display('indentSchema');
  }

  /** As a graph in Graphviz' DOT language. */
  displayGraphviz(): string {
    return this.#handle.display('graphviz');
  }

  /**
   * As protobuf, for {@link fromBytes}: in-memory tables go along, files do by their path. Readable by the same version of
   * the engine only; to keep plans, see `substrait`.
   *
   * A subquery in an expression has no such form before the optimiser makes a join of it: then take
   * `df.optimizedLogicalPlan()`.
   *
   * @throws BallistaError `PLAN`, `NOT_IMPLEMENTED` for a plan that has no such form
   */
  toBytes(): Uint8Array {
    return this.#handle.toBytes();
  }

  /**
   * SQL with the same meaning, for tables that have a name. From DataFusion's `Unparser`.
   *
   * Types and functions are those of the dialect, as far as it has them: `sqlite` has text for dates, `mysql` sorts nulls in
   * its own way.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` for a plan that SQL cannot say, `INVALID_ARGUMENT`
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
   * As a Substrait plan, which other engines read too. Tables are there by name only, so they need one.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` for a plan that Substrait cannot say
   */
  async toSubstrait(): Promise<SubstraitPlan> {
    return new SubstraitPlan(await this.#handle.toSubstrait());
  }

  /** As {@link displayIndent}. */
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
