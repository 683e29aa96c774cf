/**
 * Drawings of plans.
 *
 * @module
 */

import { extname } from 'node:path';

import { invalid } from '../../errors.js';
import { toFilePath, writeWhole } from '../../platform/whole-file.js';
import type { ExecutionPlan, PlanStage } from '../execution-plan.js';
import { toDot } from './dot.js';
import { type Drawing, draw, type Part, stageTitle } from './drawing.js';
import { toMermaid } from './mermaid.js';
import { toSvg } from './svg.js';

/** The formats of {@link PlanVisualization.save}, by file extension. */
const FORMATS: Readonly<Record<string, (visual: PlanVisualization) => string | Promise<string>>> = {
  '.svg': (visual) => visual.svg,
  '.dot': (visual) => visual.dot,
  '.mmd': (visual) => visual.mermaid,
  '.txt': (visual) => `${visual.planString}\n`,
};

/**
 * A drawing of a plan, with the result on top and sources at the bottom. Created by `df.explainVisual()`. From the Python
 * package's `ExecutionPlanVisualization`.
 *
 * With `analyze` the query has run. Then a frame is a stage, a dashed arrow is a shuffle, and arrows show row counts. A box
 * shows the longest time metric of its operator, summed over tasks, with the metric's name unless it is compute time. Boxes
 * with at least 10 % of the total time are yellow, from 30 % orange. Long expressions are cut; the tooltips of the SVG show
 * full expressions and all metrics.
 *
 * @example
 * ```ts
 * const delays = df.filter('delay > 60').aggregate('origin', f.count().alias('n'));
 * const visual = await delays.explainVisual({ analyze: true });
 * await visual.save('plan.svg');
 * console.log(visual.mermaid); // flowchart BT …
 * ```
 */
export class PlanVisualization {
  /** Whether the query has run and metrics are shown. */
  readonly analyze: boolean;
  /** The stages of a query that has run, last stage first. Empty for a planned query. */
  readonly stages: readonly PlanStage[];
  readonly #parts: readonly Part[];
  #drawing: Drawing | undefined;
  #svg: Promise<string> | undefined;

  /** @internal Created by a DataFrame, from a plan or from the stages of a query that ran. */
  constructor(plan: ExecutionPlan | readonly PlanStage[]) {
    this.analyze = isStages(plan);
    this.stages = isStages(plan) ? Object.freeze([...plan].sort((a, b) => b.stage - a.stage)) : [];
    this.#parts = isStages(plan) ? this.stages : [{ plan }];
  }

  /** The plan as text, one operator per line, inputs indented below, stage by stage. */
  get planString(): string {
    return this.#parts
      .map(({ stage, partitions, plan }) =>
        [stageTitle(stage, partitions), plan].filter((part) => part !== undefined).join('\n'),
      )
      .join('\n\n');
  }

  /** The drawing in Graphviz' DOT language. */
  get dot(): string {
    return toDot(this.#draw());
  }

  /**
   * The drawing as SVG, for a file or inside HTML. It follows the light or dark mode of the reader's system. Graphviz as
   * WebAssembly draws it, which blocks the event loop for about 100 ms for the first plan and for very large plans.
   *
   * @throws BallistaError `INTERNAL`
   */
  get svg(): Promise<string> {
    this.#svg ??= toSvg(this.dot);
    return this.#svg;
  }

  /** The drawing as a Mermaid flow chart, for GitHub, GitLab and notebooks. */
  get mermaid(): string {
    return toMermaid(this.#draw());
  }

  /**
   * Writes the drawing to a file, atomically. The extension determines the format: `.svg`, `.dot`, `.mmd` (Mermaid) or `.txt`
   * ({@link planString}).
   *
   * @throws BallistaError `INVALID_ARGUMENT` for another extension, `IO`
   */
  async save(path: string | URL): Promise<void> {
    const file = toFilePath(path, 'save');
    const ending = extname(file).toLowerCase();
    const format = Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined;
    if (!format) throw invalid(`save: the path must end in ${Object.keys(FORMATS).join(', ')}, not in "${ending}".`);
    await writeWhole(file, await format(this));
  }

  /** Same as {@link planString}. */
  toString(): string {
    return this.planString;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const what = this.analyze ? `${this.stages.length} stages` : 'not run';
    return `PlanVisualization { ${what}, ${this.#draw().groups.flatMap(({ boxes }) => boxes).length} operators }`;
  }

  #draw(): Drawing {
    this.#drawing ??= draw(this.#parts);
    return this.#drawing;
  }
}

function isStages(plan: ExecutionPlan | readonly PlanStage[]): plan is readonly PlanStage[] {
  return Array.isArray(plan);
}
