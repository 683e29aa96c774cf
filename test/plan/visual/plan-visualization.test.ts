import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { ExecutionPlan } from '../../../src/plan/execution-plan.js';
import { PlanVisualization } from '../../../src/plan/visual/plan-visualization.js';
import { tempFolder } from '../../support/data.js';
import { planned, ran, twoStages } from '../../support/plans.js';
import { rejected } from '../../support/rejected.js';

const temp = tempFolder();
const plan = new ExecutionPlan(planned('SortExec: expr=[a]', planned('EmptyExec')));

describe('PlanVisualization', () => {
  it('shows the plan of a query that has not run', () => {
    const visual = new PlanVisualization(plan);
    expect(visual.analyze).toBe(false);
    expect(visual.stages).toEqual([]);
    expect(visual.planString).toBe('SortExec: expr=[a]\n  EmptyExec');
    expect(String(visual)).toBe(visual.planString);
    expect(inspect(visual)).toBe('PlanVisualization { not run, 2 operators }');
  });

  it('shows the stages of a finished query, the last stage first', () => {
    const visual = new PlanVisualization(twoStages());
    expect(visual.analyze).toBe(true);
    expect(visual.stages.map(({ stage }) => stage)).toEqual([2, 1]);
    expect(visual.planString.split('\n')).toEqual([
      'Stage 2, 4 partitions',
      'AggregateExec: mode=FinalPartitioned, metrics=[output_rows=200, elapsed_compute=4 ms]',
      '  ShuffleReaderExec: upstream_stage: 1, partitioning: Hash([origin@0], 4), metrics=[output_rows=400, elapsed_compute=0 ns]',
      '',
      'Stage 1, 2 partitions',
      expect.stringMatching(/^ShuffleWriterExec/) as string,
      expect.stringMatching(/^ {2}AggregateExec/) as string,
      expect.stringMatching(/^ {4}DataSourceExec/) as string,
    ]);
    expect(inspect(visual)).toBe('PlanVisualization { 2 stages, 5 operators }');
  });

  it('shows no stages for a query that ran in this process', () => {
    const visual = new PlanVisualization([
      { stage: 0, partitions: 4, plan: new ExecutionPlan(ran('EmptyExec', 1, 1)) },
    ]);
    expect(visual.planString).toBe('EmptyExec, metrics=[output_rows=1, elapsed_compute=1 ns]');
    expect(visual.dot).not.toContain('cluster');
    expect(visual.mermaid).not.toContain('subgraph');
  });

  it('is drawn once', async () => {
    const visual = new PlanVisualization(plan);
    expect(visual.svg).toBe(visual.svg);
    expect(await visual.svg).toContain('<svg');
  });

  it('saves in the format of the file extension', async () => {
    const visual = new PlanVisualization(plan);
    for (const [name, text] of [
      ['a.svg', await visual.svg],
      ['a.DOT', visual.dot],
      ['a.mmd', visual.mermaid],
      ['a.txt', `${visual.planString}\n`],
    ] as const) {
      await visual.save(temp(name));
      expect(readFileSync(temp(name), 'utf8')).toBe(text);
    }
    await visual.save(pathToFileURL(temp('b.txt')));
    expect(readdirSync(temp()).sort()).toEqual(['a.DOT', 'a.mmd', 'a.svg', 'a.txt', 'b.txt']);
  });

  it.each(['plan.png', 'plan', '.svg', '', 'a.constructor', undefined, null, 1, new URL('https://a.b/c.svg')])(
    'rejects the path %s',
    async (path) => {
      expect((await rejected(new PlanVisualization(plan).save(path as string))).code).toBe('INVALID_ARGUMENT');
    },
  );

  it('fails with IO if it cannot write the file', async () => {
    expect((await rejected(new PlanVisualization(plan).save(temp('no', 'folder', 'a.dot')))).code).toBe('IO');
  });
});
