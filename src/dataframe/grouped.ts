/**
 * Grouped rows, before aggregation.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { invalid } from '../errors.js';
import { type ExprLike, type Operand, type Several, several, toKeyNode, toList, toSqlNode } from '../expr/coerce.js';
import { type ExprNode, type Literal, node } from '../expr/node/node.js';
import { toLiteral } from '../expr/param-value.js';
import { describe } from '../input/describe.js';
import type { DataFrame } from './dataframe.js';
import { forwardMethods, type PendingGroupedData, pendingGroups } from './pending.js';
import type { Verb } from './verb.js';
import { toNames } from './verb-arguments.js';

/** Applies a verb and returns the new DataFrame. */
export type Derive = <U extends object>(verb: Verb) => DataFrame<U>;

/** @internal Finds the distinct values of a column, sorted, with their texts. */
export type Distinct = (on: ExprLike) => Promise<[Literal, string][]>;

type Pivot = { readonly on: ExprNode; readonly values: [Literal, string][] };

/** The values of a pivot: a list of literals, or an object of literals by column name. */
export type PivotValues = readonly Operand[] | Readonly<Record<string, Operand>>;

/**
 * Grouped rows, made by `groupBy`, `rollup`, `cube` and `groupingSets`. Call {@link agg} to get a DataFrame. From PySpark's
 * `GroupedData`; DataFusion has only `aggregate`.
 *
 * @example
 * ```ts
 * import { BallistaSessionContext, col, f } from 'ballista';
 *
 * const ctx = await BallistaSessionContext.standalone();
 * const df = await ctx.fromColumns({ g: ['x', 'y', 'x'], a: [1, 2, 3] });
 * console.log(await df.groupBy('g').agg(f.sum(col('a')).alias('s')).sort('g').toArray());
 * // [ { g: 'x', s: 4n }, { g: 'y', s: 2n } ]
 * await ctx.close();
 * ```
 */
export class GroupedData {
  readonly #derive: Derive;
  readonly #groups: ExprNode[];
  readonly #distinct: Distinct;
  readonly #pivot: Pivot | undefined;

  /** @internal */
  constructor(derive: Derive, groups: ExprNode[], distinct: Distinct, pivot?: Pivot) {
    this.#derive = derive;
    this.#groups = groups;
    this.#distinct = distinct;
    this.#pivot = pivot;
  }

  /**
   * Aggregates each group. The result has one row per group, with its keys and the aggregates.
   *
   * @param aggregates - aggregate expressions; a string is SQL, such as `'sum(a) as total'`
   * @throws BallistaError `SCHEMA`, `PLAN`, `SQL_PARSE`, `INVALID_ARGUMENT`, `CLOSED`
   */
  agg<U extends object = Row>(...aggregates: Several<ExprLike>): DataFrame<U> {
    return this.#aggregate<U>(several(aggregates).map((value) => toSqlNode(value, 'an aggregate')));
  }

  /** Counts the rows of each group, in the column `count`. */
  count<U extends object = Row>(): DataFrame<U> {
    return this.agg<U>('count(*) as count');
  }

  /** The sum of each column. Result columns keep their names. */
  sum<U extends object = Row>(...columns: Several<string>): DataFrame<U> {
    return this.#each<U>('sum', columns);
  }

  /** The mean of each column. Result columns keep their names. */
  mean<U extends object = Row>(...columns: Several<string>): DataFrame<U> {
    return this.#each<U>('avg', columns);
  }

  /** The smallest value of each column. Result columns keep their names. */
  min<U extends object = Row>(...columns: Several<string>): DataFrame<U> {
    return this.#each<U>('min', columns);
  }

  /** The largest value of each column. Result columns keep their names. */
  max<U extends object = Row>(...columns: Several<string>): DataFrame<U> {
    return this.#each<U>('max', columns);
  }

  /**
   * Turns the values of a column into columns; {@link agg} then aggregates each value separately. With several aggregates, the
   * columns are named `value_aggregate`.
   *
   * @param values - the values, which become columns in this order. Default: all distinct values, sorted. Because they define the schema,
   * a query finds them first, and the result is a promise. It fails if there are more than 10 000
   * @throws BallistaError `INVALID_ARGUMENT`; without values also the errors of actions, such as `JOB_FAILED`
   *
   * @example
   * ```ts
   * import { BallistaSessionContext, col, f } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const sales = await ctx.fromColumns({ year: [1, 1, 2], quarter: ['q1', 'q2', 'q1'], amount: [10, 20, 30] });
   * const byQuarter = sales.groupBy('year').pivot('quarter', ['q1', 'q2']).agg(f.sum(col('amount')));
   * console.log(await byQuarter.sort('year').toArray({ int64: 'number' }));
   * // [ { year: 1, q1: 10, q2: 20 }, { year: 2, q1: 30, q2: null } ]
   * console.log((await sales.groupBy('year').pivot('quarter').agg('sum(amount)')).columns); // [ 'year', 'q1', 'q2' ]
   * await ctx.close();
   * ```
   */
  pivot(on: ExprLike, values: PivotValues): GroupedData;
  pivot(on: ExprLike): PendingGroupedData;
  pivot(on: ExprLike, values?: PivotValues): GroupedData | PendingGroupedData {
    const column = toKeyNode(on, 'the column of pivot');
    const by = (pairs: [Literal, string][]): GroupedData =>
      new GroupedData(this.#derive, this.#groups, this.#distinct, { on: column, values: pairs });
    return values === undefined ? pendingGroups(async () => by(await this.#distinct(on))) : by(toPivotValues(values));
  }

  #each<U extends object>(name: string, columns: Several<string>): DataFrame<U> {
    const values = toNames(several(columns), `the columns of ${name}`).map((column) =>
      node({
        kind: 'alias',
        expr: node({ kind: 'call', name, args: [node({ kind: 'column', name: column })] }),
        name: column,
      }),
    );
    return this.#aggregate<U>(values);
  }

  #aggregate<U extends object>(aggregates: ExprNode[]): DataFrame<U> {
    if (!this.#pivot) return this.#derive<U>({ verb: 'aggregate', groupBy: this.#groups, aggregates });
    return this.#derive<U>({ verb: 'pivot', index: this.#groups, ...this.#pivot, aggregates });
  }
}

forwardMethods(GroupedData);

/** Pairs each value with the name of its column. */
export function toPivotValues(values: PivotValues): [Literal, string][] {
  const literal = (value: unknown) => toLiteral(value as never, 'a value of pivot');
  if (Array.isArray(values)) {
    return toList(values as readonly Operand[]).map((value) => [literal(value), String(value)]);
  }
  if (typeof values !== 'object' || values === null) {
    throw invalid(
      `The values of pivot must be an array, or an object whose keys are column names, not ${describe(values)}.`,
    );
  }
  return Object.entries(values).map(([name, value]) => [literal(value), name]);
}
