/**
 * A plan as a picture.
 *
 * @module
 */

import { extname } from 'node:path';

import { invalid } from '../errors.js';
import { toFilePath, writeWhole } from '../whole-file.js';
import type { ExecutionPlan, PlanStage } from './execution-plan.js';
import { toDot } from './visual-dot.js';
import { type Drawing, draw, type Part, stageTitle } from './visual-drawing.js';
import { toMermaid } from './visual-mermaid.js';
import { toSvg } from './visual-svg.js';

/** What {@link PlanVisualization.save} writes, by the ending of the path. */
const FORMATS: Readonly<Record<string, (visual: PlanVisualization) => string | Promise<string>>> = {
  '.svg': (visual) => visual.svg,
  '.dot': (visual) => visual.dot,
  '.mmd': (visual) => visual.mermaid,
  '.txt': (visual) => `${visual.planString}\n`,
};

/**
 * A plan as a picture: the result on top, sources at the bottom. Made by `df.explainVisual()`. From the Python package's
 * `ExecutionPlanVisualization`.
 *
 * With `analyze` the query has run. A frame is a stage, a dashed arrow a shuffle, and arrows show rows. A box shows the
 * longest time its operator measured, added up over tasks, with a name where it is not compute time; its share of that
 * of all operators makes it yellow from 10 %, orange from 30 %. Long expressions are cut; a tooltip of the SVG has all of
 * them, and all metrics.
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
  /** Whether the query has run, and metrics are shown. */
  readonly analyze: boolean;
  /** The stages of a query that has run, the last one first; none of a query as planned. */
  readonly stages: readonly PlanStage[];
  readonly #parts: readonly Part[];
  #drawing: Drawing | undefined;
  #svg: Promise<string> | undefined;

  /** @internal Made by a DataFrame: of a plan, or of the stages of a query that ran. */
  constructor(plan: ExecutionPlan | readonly PlanStage[]) {
    this.analyze = isStages(plan);
    this.stages = isStages(plan) ? Object.freeze([...plan].sort((a, b) => b.stage - a.stage)) : [];
    this.#parts = isStages(plan) ? this.stages : [{ plan }];
  }

  /** As text: one operator a line, inputs indented below, stage by stage. */
  get planString(): string {
    return this.#parts
      .map(({ stage, partitions, plan }) =>
        [stageTitle(stage, partitions), plan].filter((part) => part !== undefined).join('\n'),
      )
      .join('\n\n');
  }

  /** In Graphviz' DOT language. */
  get dot(): string {
    return toDot(this.#draw());
  }

  /**
   * As SVG, for a file or inside HTML; light or dark as the reader's system. Drawn by Graphviz as WebAssembly, which blocks
   * the event loop some 100 ms for the first plan, and after that for the largest ones.
   *
   * @throws BallistaError `INTERNAL`
   */
  get svg(): Promise<string> {
    this.#svg ??= toSvg(this.dot);
    return this.#svg;
  }

  /** As a Mermaid flow chart, for GitHub, GitLab and notebooks. */
  get mermaid(): string {
    return toMermaid(this.#draw());
  }

  /**
   * Writes a file, whole or not at all; its ending says what: `.svg`, `.dot`, `.mmd` (Mermaid) or `.txt` ({@link planString}).
   *
   * @throws BallistaError `INVALID_ARGUMENT` for another ending, `IO`
   */
  async save(path: string | URL): Promise<void> {
    const file = toFilePath(path, 'save');
    const ending = extname(file).toLowerCase();
    const format = Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined;
    if (!format) throw invalid(`save: the path must end in ${Object.keys(FORMATS).join(', ')}, not in "${ending}"`);
    await writeWhole(file, await format(this));
  }

  /** As {@link planString}. */
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
