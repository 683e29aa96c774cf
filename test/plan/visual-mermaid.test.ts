import { expect, it } from 'vitest';

import { draw } from '../../src/plan/visual-drawing.js';
import { toMermaid } from '../../src/plan/visual-mermaid.js';
import { NASTY, nastyPlan, twoStages } from '../support/plans.js';

it('puts stages into subgraphs', () => {
  expect(toMermaid(draw(twoStages())).split('\n')).toEqual([
    'flowchart BT',
    '  subgraph p0["Stage 1, 2 partitions"]',
    '    p0n0["<b>ShuffleWriterExec</b><br/>partitioning: Hash(#91;origin#64;0#93;, 4)<br/><i>1 ms (1 #37;)</i>"]',
    '    p0n1["<b>AggregateExec</b><br/>mode=Partial, gby=#91;origin#64;0 as origin#93;<br/><i>90 ms (90 #37;)</i>"]',
    '    p0n2["<b>DataSourceExec</b><br/>file_groups=#123;2 groups#125;<br/><i>5 ms (5 #37;)</i>"]',
    '  end',
    '  subgraph p1["Stage 2, 4 partitions"]',
    '    p1n0["<b>AggregateExec</b><br/>mode=FinalPartitioned<br/><i>200 rows, 4 ms (4 #37;)</i>"]',
    '    p1n1["<b>ShuffleReaderExec</b><br/>upstream_stage: 1, partitioning:<br/>Hash(#91;origin#64;0#93;, 4)<br/><i>0 ns</i>"]',
    '  end',
    '  p0n1 -->|"400 rows"| p0n0',
    '  p0n2 -->|"3,000,000 rows"| p0n1',
    '  p1n1 -->|"400 rows"| p1n0',
    '  p0n0 -.->|"400 rows"| p1n1',
    '  classDef hot fill:#ffd8b5,stroke:#bc4c00,color:#1f2328;',
    '  classDef warm fill:#fff1c2,stroke:#9a6700,color:#1f2328;',
    '  class p0n1 hot;',
    '',
  ]);
});

// The real parser needs a browser and 60 MB of packages; it took and drew these texts when this was written.
it('keeps labels to characters that mean nothing to Mermaid', () => {
  const labels = toMermaid(draw([{ plan: nastyPlan() }])).match(/(?<=\[").*(?="\])/g) ?? [];
  expect(labels).toHaveLength(NASTY.length + 1);
  for (const label of labels) {
    const text = label.replaceAll(/<\/?[bi]>|<br\/>/g, ' ').replaceAll(/#\d+;/g, '');
    expect(text).not.toMatch(/[!-&*;<>@[-^`{-~\n]|:\/\//);
  }
});
