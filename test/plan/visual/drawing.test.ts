import { describe, expect, it } from 'vitest';

import { ExecutionPlan } from '../../../src/plan/execution-plan.js';
import { draw } from '../../../src/plan/visual/drawing.js';
import { metric, planned, ran, twoStages } from '../../support/plans.js';

describe('draw', () => {
  it('draws a query that has not run without a frame and without numbers', () => {
    const plan = new ExecutionPlan(planned('SortExec: expr=[a]', planned('EmptyExec')));
    expect(draw([{ plan }])).toEqual({
      groups: [
        {
          id: 'p0',
          title: undefined,
          boxes: [
            {
              id: 'p0n0',
              title: 'SortExec',
              detail: ['expr=[a]'],
              facts: [],
              heat: undefined,
              tooltip: ['SortExec: expr=[a]'],
            },
            { id: 'p0n1', title: 'EmptyExec', detail: [], facts: [], heat: undefined, tooltip: ['EmptyExec'] },
          ],
        },
      ],
      arrows: [{ from: 'p0n1', to: 'p0n0', label: undefined, shuffle: false }],
    });
  });

  it('draws an arrow between stages if one reads the other', () => {
    const { groups, arrows } = draw([...twoStages()].reverse());
    expect(groups.map(({ title }) => title)).toEqual(['Stage 2, 4 partitions', 'Stage 1, 2 partitions']);
    expect(arrows).toEqual([
      { from: 'p0n1', to: 'p0n0', label: '400 rows', shuffle: false },
      { from: 'p1n1', to: 'p1n0', label: '400 rows', shuffle: false },
      { from: 'p1n2', to: 'p1n1', label: '3,000,000 rows', shuffle: false },
      { from: 'p1n0', to: 'p0n1', label: '400 rows', shuffle: true },
    ]);
  });

  it('shows times with their percentage, and the row count of the result', () => {
    const boxes = draw([...twoStages()].reverse()).groups.flatMap((group) => group.boxes);
    expect(boxes.map(({ title, facts, heat }) => [title, facts, heat])).toEqual([
      ['AggregateExec', ['200 rows', '4 ms (4 %)'], undefined],
      ['ShuffleReaderExec', ['0 ns'], undefined],
      ['ShuffleWriterExec', ['1 ms (1 %)'], undefined],
      ['AggregateExec', ['90 ms (90 %)'], 'hot'],
      ['DataSourceExec', ['5 ms (5 %)'], undefined],
    ]);
  });

  it('draws no arrow to a missing stage', () => {
    expect(draw(twoStages().filter(({ stage }) => stage === 2)).arrows).toHaveLength(1);
    expect(draw(twoStages().filter(({ stage }) => stage === 1)).groups[0]?.boxes[0]?.facts).toEqual([
      '400 rows',
      '1 ms (1 %)',
    ]);
  });

  it('shows the longest time, with its name if it is not compute time', () => {
    const metrics = [
      metric('elapsed_compute', 4, 'time'),
      metric('join_time', 3e6, 'time', { partition: 0 }),
      metric('join_time', 4e6, 'time', { partition: 1 }),
      metric('output_rows', 1e9),
    ];
    const plan = new ExecutionPlan({ name: 'JoinExec', display: 'JoinExec', metrics, children: [] });
    expect(draw([{ plan }]).groups[0]?.boxes[0]?.facts).toEqual(['1,000,000,000 rows', '7 ms join_time (100 %)']);
  });

  it('shows spills', () => {
    const metrics = [metric('spill_count', 2), metric('spilled_bytes', 2 ** 20, 'bytes')];
    const plan = new ExecutionPlan({ name: 'SortExec', display: 'SortExec', metrics, children: [] });
    expect(draw([{ plan }]).groups[0]?.boxes[0]?.facts).toEqual(['spilled 1 MiB to disk']);
  });

  it('shortens details of an operator, and shows all of them in the tooltip', () => {
    const display = `FilterExec: ${Array.from({ length: 500 }, (_, i) => `a${i} = ${i}`).join(' OR ')}`;
    const box = draw([{ plan: new ExecutionPlan(ran(display, 1, 1)) }]).groups[0]?.boxes[0];
    expect(box?.detail).toHaveLength(3);
    expect(box?.detail.at(-1)).toMatch(/…$/);
    expect(box?.tooltip).toEqual([display, 'output_rows=1', 'elapsed_compute=1 ns']);
  });

  it.each([
    ['SortExec(TopK)', 'SortExec: TopK(fetch=5)', ['TopK(fetch=5)']],
    ['WindowExec', 'WindowExec wdw=[a]', ['wdw=[a]']],
    ['EmptyExec', 'EmptyExec', []],
    ['CustomExec', 'does things', ['does things']],
    ['', '', []],
  ])('takes the name %j from the line %j', (name, display, detail) => {
    const plan = new ExecutionPlan({ name, display, children: [] });
    expect(draw([{ plan }]).groups[0]?.boxes[0]).toMatchObject({ title: name, detail });
  });
});
