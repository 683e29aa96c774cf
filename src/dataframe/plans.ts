/**
 * The plans of a query, and the metrics of its run.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import { ACTION_SETTINGS, type ActionOptions } from '../config/action-options.js';
import { drawTable } from '../display/draw-table.js';
import { toExecutionPlan, toLogicalPlan } from '../engine/native-plan.js';
import { resolve } from '../input/settings.js';
import { call, callSync } from '../native.js';
import { type ExecutionPlan, type PlanStage, readStages } from '../plan/execution-plan.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { PlanVisualization } from '../plan/visual/plan-visualization.js';
import type { DataFrame } from './dataframe.js';
import {
  EXPLAIN_SETTINGS,
  EXPLAIN_VISUAL_SETTINGS,
  type ExplainOptions,
  type ExplainVisualOptions,
  toCategories,
} from './explain.js';
import { callWatched } from './progress/watched.js';
import { toBatches } from './stream/record-batch-stream.js';
import { Writes } from './writes.js';

/** The methods of a {@link DataFrame} that show how its query runs. */
export abstract class Plans<T extends object = Row> extends Writes<T> {
  // ---------------------------------------------------------------- what it is

  /**
   * The query as SQL. Works after the context is closed.
   *
   * @throws BallistaError `NOT_IMPLEMENTED` for a plan that cannot be expressed in SQL
   *
   * @example
   * ```ts
   * console.log(df.filter('delay > 60').select('origin').toSql());
   * ```
   */
  toSql(): string {
    return callSync(() => this.native.toSql());
  }

  /**
   * The logical plan, before optimisation. Works after the context is closed. From DataFusion's `DataFrame::logical_plan`.
   *
   * @example
   * ```ts
   * console.log(String(df.limit(1).logicalPlan()));
   * console.log(df.filter('delay > 60').logicalPlan().toSql());
   * ```
   */
  logicalPlan(): LogicalPlan {
    return toLogicalPlan(callSync(() => this.native.logicalPlan()));
  }

  /**
   * The logical plan after optimisation. A session on a cluster sends this plan to the scheduler.
   *
   * @throws BallistaError `PLAN` for an error that only the optimiser detects, `CLOSED`
   *
   * @example
   * ```ts
   * console.log(String(await df.select('origin').limit(1).optimizedLogicalPlan()));
   * ```
   */
  async optimizedLogicalPlan(): Promise<LogicalPlan> {
    this.session.assertOpen();
    return toLogicalPlan(await call(() => this.native.optimizedLogicalPlan()));
  }

  /**
   * Prints the plans of the query as a table, `plan_type | plan`.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * import { BallistaSessionContext } from 'ballista';
   *
   * const ctx = await BallistaSessionContext.standalone();
   * const df = await ctx.sql('select 1 + 1 as two');
   * await df.explain();
   * await ctx.close();
   * ```
   */
  async explain(options: ExplainOptions = {}): Promise<void> {
    process.stdout.write(`${await this.explainString(options)}\n`);
  }

  /**
   * The text that {@link explain} prints.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   */
  async explainString(options: ExplainOptions = {}): Promise<string> {
    const { verbose, analyze, format, showStatistics, analyzeLevel, analyzeCategories, ...action } = resolve<
      ExplainOptions & { verbose: boolean; analyze: boolean }
    >('explain', EXPLAIN_SETTINGS, options);
    const plans = this.derive({
      verb: 'explain',
      verbose,
      analyze,
      ...(format !== undefined && { format }),
      ...(showStatistics !== undefined && { showStatistics }),
      ...(analyzeLevel !== undefined && { level: analyzeLevel }),
      ...(analyzeCategories !== undefined && { categories: toCategories(analyzeCategories) }),
    });
    const stream = plans.open('explain', action);
    const { text } = await drawTable(await toBatches(stream), stream.schema);
    return text;
  }

  /**
   * The physical plan for a single process. A scheduler makes its own plan and splits it into stages; {@link analyze} shows
   * those.
   *
   * @throws BallistaError `PLAN`, `CLOSED`
   */
  async executionPlan(): Promise<ExecutionPlan> {
    this.session.assertOpen();
    return toExecutionPlan(await call(() => this.native.executionPlan()));
  }

  /**
   * Runs the query, discards its rows, and returns the metrics of every operator in every stage. A query that one executor or
   * this process runs alone is one stage.
   *
   * @throws BallistaError `JOB_FAILED`, `NO_EXECUTORS`, `CONNECTION`, `INVALID_ARGUMENT`, `CLOSED`; the reason of the
   * signal after an abort
   *
   * @example
   * ```ts
   * const stages = await df.filter('delay > 600').analyze();
   * for (const { stage, partitions, plan } of stages) console.log(stage, partitions, plan.metrics()?.outputRows);
   * ```
   */
  async analyze(options: ActionOptions = {}): Promise<readonly PlanStage[]> {
    const action = resolve<ActionOptions>('analyze', ACTION_SETTINGS, options);
    return readStages(
      await callWatched(this.native, this.session, { operation: 'analyze' }, action, (df, task) => df.analyze(task)),
    );
  }

  /**
   * A drawing of the plan. Without `analyze` it is the plan of {@link executionPlan}, and nothing runs. With `analyze` the query
   * runs, and the drawing has the stages and metrics of {@link analyze}.
   *
   * @throws BallistaError `PLAN`, `INVALID_ARGUMENT`, `CLOSED`; with `analyze` also the errors of {@link analyze}
   *
   * @example
   * ```ts
   * const visual = await df.filter('delay > 600').explainVisual({ analyze: true });
   * await visual.save('plan.svg');
   * ```
   */
  async explainVisual(options: ExplainVisualOptions = {}): Promise<PlanVisualization> {
    const { analyze, ...action } = resolve<ExplainVisualOptions>('explainVisual', EXPLAIN_VISUAL_SETTINGS, options);
    return new PlanVisualization(analyze ? await this.analyze(action) : await this.executionPlan());
  }
}
