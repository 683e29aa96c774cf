/**
 * The content of a plan drawing, independent of the output format.
 *
 * @module
 */

import { bytesText, durationText, partitionsText, rowsText } from '../amount.js';
import type { ExecutionPlan } from '../execution-plan.js';
import type { MetricsSet } from '../metrics.js';
import { shortened, visible, wrap } from './visual-text.js';

/** A part of a drawing: a whole planned query, or one stage of a query that ran. */
export interface Part {
  /** Absent for a planned query. */
  readonly stage?: number;
  readonly partitions?: number;
  readonly plan: ExecutionPlan;
}

/** Boxes in groups, and the arrows between them. Text has no control characters and is not escaped for any format. */
export interface Drawing {
  readonly groups: readonly Group[];
  readonly arrows: readonly Arrow[];
}

/** The boxes of a stage. Without a title, no frame is drawn around them. */
export interface Group {
  readonly id: string;
  readonly title: string | undefined;
  readonly boxes: readonly Box[];
}

/** An operator. */
export interface Box {
  readonly id: string;
  readonly title: string;
  /** The details of the operator, cut to a few lines. */
  readonly detail: readonly string[];
  /** Its metrics. */
  readonly facts: readonly string[];
  /** Its share of the time of all operators: `'hot'` from 30 %, `'warm'` from 10 %. */
  readonly heat: 'hot' | 'warm' | undefined;
  /** The full text, not cut. */
  readonly tooltip: readonly string[];
}

/** The rows that flow from one operator to the next. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string | undefined;
  /** Whether it is a shuffle between stages. */
  readonly shuffle: boolean;
}

const HOT = 0.3;
const WARM = 0.1;
const DETAIL_WIDTH = 44;
const DETAIL_LINES = 3;

/** Draws parts in the given order, each starting with its top operator. */
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
      // The row count of an operator is on its arrow; if it has no arrow, in its box.
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

/** `Stage 2, 4 partitions`. Undefined for a planned query, and for one that ran in this process. */
export function stageTitle(stage: number | undefined, partitions = 1): string | undefined {
  return stage ? `Stage ${stage}, ${partitionsText(partitions)}` : undefined;
}

function toBox(id: string, operator: ExecutionPlan, rows: string | undefined, total: number): Box {
  const display = visible(operator.display());
  const title = visible(operator.name);
  // The line of an operator starts with its name, or with the part of the name before a bracket: `SortExec(TopK)`.
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
