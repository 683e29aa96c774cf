import { ExecutionPlan, type PlanStage, readStages } from '../../src/plan/execution-plan.js';
import type { MetricData, PlanNode } from '../../src/plan/plan-node.js';

/** A metric in the form that the engine returns. */
export function metric(
  name: string,
  value: number | string | null,
  kind = 'count',
  more?: Partial<MetricData>,
): MetricData {
  return {
    name,
    value: value === null ? null : String(value),
    text: `<${value}>`,
    kind,
    partition: null,
    labels: {},
    ...more,
  };
}

/** An operator with measured rows and compute time, in nanoseconds. */
export function ran(display: string, rows: number, compute: number, ...children: PlanNode[]): PlanNode {
  const metrics = [metric('output_rows', rows), metric('elapsed_compute', compute, 'time')];
  return { name: display.split(':')[0] ?? '', display, metrics, children };
}

/** An operator that has not run. */
export function planned(display: string, ...children: PlanNode[]): PlanNode {
  const partitioning = { scheme: 'UnknownPartitioning', partitionCount: 4 } as const;
  return { name: display.split(':')[0] ?? '', display, partitioning, children };
}

/** A count by origin, as it ran on a cluster in two stages. */
export function twoStages(): readonly PlanStage[] {
  const scan = ran('DataSourceExec: file_groups={2 groups}', 3_000_000, 5e6);
  const partial = ran('AggregateExec: mode=Partial, gby=[origin@0 as origin]', 400, 90e6, scan);
  const writer = ran('ShuffleWriterExec: partitioning: Hash([origin@0], 4)', 400, 1e6, partial);
  const reader = ran('ShuffleReaderExec: upstream_stage: 1, partitioning: Hash([origin@0], 4)', 400, 0);
  const final = ran('AggregateExec: mode=FinalPartitioned', 200, 4e6, reader);
  const stages = [
    { stage: 1, partitions: 2, root: writer },
    { stage: 2, partitions: 4, root: final },
  ];
  return readStages(JSON.stringify({ stages }));
}

/** Strings that queries can contain, and that can break drawing formats. */
export const NASTY = [
  'a "b" \'c\' `d`',
  '<script>alert(1)</script>',
  '</b></svg>-->',
  'a & b &amp; &lt;',
  'back\\slash \\n \\N \\"',
  'trailing \\',
  '%%{init: {"theme": "dark"}}%%',
  '#quot; #35; ##',
  'x["y"] --> z{a}(b)|c|',
  'end; class x y; subgraph',
  '**bold** _it_ ~~no~~ [a](http://b.c) https://a.b/c_d_e',
  '- list 1. two',
  '1. one',
  'line\nbreak\r\n\ttab \u0000\u001b\u007f\ufffe',
  'half \ud83d of a pair, whole 😀, 漢字, עברית',
  '$$x^2$$ @{ shape: rect } a@b.cd',
];

/** A plan whose operators contain all nasty strings. */
export function nastyPlan(): ExecutionPlan {
  return new ExecutionPlan(
    NASTY.reduce<PlanNode>((input, text) => ran(`FilterExec: ${text}`, 1, 1, input), ran(NASTY.join(' '), 1, 1)),
  );
}
