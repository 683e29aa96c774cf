/**
 * What a drawing of a plan shows, whatever draws it.
 *
 * @module
 */

import { bytesText, durationText, partitionsText, rowsText } from './amount.js';
import type { ExecutionPlan } from './execution-plan.js';
import type { MetricsSet } from './metrics.js';
import { shortened, visible, wrap } from './visual-text.js';

/** Of a whole query as planned, or one of its stages that ran. */
export interface Part {
  /** Absent for a query as planned. */
  readonly stage?: number;
  readonly partitions?: number;
  readonly plan: ExecutionPlan;
}

/** Boxes, grouped, and the arrows between them. All text is free of control characters, and not escaped for any format. */
export interface Drawing {
  readonly groups: readonly Group[];
  readonly arrows: readonly Arrow[];
}

/** The boxes of a stage; without a title there is nothing around them. */
export interface Group {
  readonly id: string;
  readonly title: string | undefined;
  readonly boxes: readonly Box[];
}

/** An operator. */
export interface Box {
  readonly id: string;
  readonly title: string;
  /** What it does, cut to a few lines. */
  readonly detail: readonly string[];
  /** What it measured. */
  readonly facts: readonly string[];
  /** Its share of the time of all operators: `'hot'` from 30 %, `'warm'` from 10 %. */
  readonly heat: 'hot' | 'warm' | undefined;
  /** Nothing cut. */
  readonly tooltip: readonly string[];
}

/** Rows on their way from one operator to the next. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string | undefined;
  /** Through a shuffle, from stage to stage. */
  readonly shuffle: boolean;
}

const HOT = 0.3;
const WARM = 0.1;
const DETAIL_WIDTH = 44;
const DETAIL_LINES = 3;

/** Draws parts in the order given; the topmost operator of each first. */
export function draw(parts: readonly Part[]): Drawing {
  const total = parts.reduce((sum, { plan }) => sum + totalTime(plan), 0);
  const groups: Group[] = [];
  const arrows: Arrow[] = [];
  const roots = new Map<number, { id: string; rows: string | undefined }>();
  const readers: { id: string; stage: number }[] = [];
  const read = new Set(parts.flatMap(({ plan }) => inputStages(plan)));

  for (const [i, { stage, partitions, plan }] of parts.entries()) {
    const boxes: Box[] = [];
    const add = (operator: ExecutionPlan, parent: string | undefined): void => {
      const id = `p${i}n${boxes.length}`;
      const rows = outputRows(operator);
      // The rows of an operator are on its arrow; of what has none, in its box.
      const isEnd = parent === undefined && !(stage !== undefined && read.has(stage));
      boxes.push(toBox(id, operator, isEnd ? rows : undefined, total));
      if (parent !== undefined) arrows.push({ from: id, to: parent, label: rows, shuffle: false });
      else if (stage !== undefined) roots.set(stage, { id, rows });
      if (operator.inputStage !== undefined) readers.push({ id, stage: operator.inputStage });
      for (const child of operator.children) add(child, id);
    };
    add(plan, undefined);
    groups.push({ id: `p${i}`, title: stageTitle(stage, partitions), boxes });
  }
  for (const { id, stage } of readers) {
    const root = roots.get(stage);
    if (root) arrows.push({ from: root.id, to: id, label: root.rows, shuffle: true });
  }
  return { groups, arrows };
}

/** `Stage 2, 4 partitions`; nothing for a query as planned, or that ran in this process. */
export function stageTitle(stage: number | undefined, partitions = 1): string | undefined {
  return stage ? `Stage ${stage}, ${partitionsText(partitions)}` : undefined;
}

function toBox(id: string, operator: ExecutionPlan, rows: string | undefined, total: number): Box {
  const display = visible(operator.display());
  const title = visible(operator.name);
  // Operators start their line with their name, or with what is before a bracket in it: `SortExec(TopK)`.
  const [head = '', start = ''] = /^(\w+)(?::\s*|\s+|$)/.exec(display) ?? [];
  const detail = title.startsWith(start) ? display.slice(head.length) : display;
  const metrics = operator.metrics();
  const longest = metrics?.longest;
  const share = longest && total > 0 ? longest.nanoseconds / total : 0;
  return {
    id,
    title,
    detail: wrap(shortened(detail), DETAIL_WIDTH, DETAIL_LINES),
    facts: [rows, longest && timeText(longest, share), spilled(metrics)].filter((fact) => fact !== undefined),
    heat: share >= HOT ? 'hot' : share >= WARM ? 'warm' : undefined,
    tooltip: [display, ...(metrics?.texts() ?? []).map(visible)],
  };
}

/** `12 ms (45 %)`, `12 ms join_time (45 %)` */
function timeText({ name, nanoseconds }: { name: string; nanoseconds: number }, share: number): string {
  const parts = [durationText(nanoseconds)];
  if (name !== 'elapsed_compute') parts.push(visible(name));
  if (share >= 0.01) parts.push(`(${Math.round(share * 100)} %)`);
  return parts.join(' ');
}

function spilled(metrics: MetricsSet | undefined): string | undefined {
  return metrics?.spillCount ? `spilled ${bytesText(metrics.spilledBytes ?? 0)} to disk` : undefined;
}

function outputRows(operator: ExecutionPlan): string | undefined {
  const rows = operator.metrics()?.outputRows;
  return rows === undefined ? undefined : rowsText(rows);
}

function totalTime(plan: ExecutionPlan): number {
  return plan.children.reduce((sum, child) => sum + totalTime(child), plan.metrics()?.longest?.nanoseconds ?? 0);
}

function inputStages(plan: ExecutionPlan): number[] {
  return [...(plan.inputStage === undefined ? [] : [plan.inputStage]), ...plan.children.flatMap(inputStages)];
}
