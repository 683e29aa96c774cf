import { expect, it } from 'vitest';

import { draw } from '../../../src/plan/visual/drawing.js';
import { toMermaid } from '../../../src/plan/visual/mermaid.js';
import { NASTY, nastyPlan, twoStages } from '../../support/plans.js';

it('draws stages as subgraphs', () => {
  expect(toMermaid(draw(twoStages())).split('\n')).toEqual([
    'flowchart BT',
    '  subgraph p0["Stage 1, 2 partitions"]',
    '    p0n0["ShuffleWriterExec<br/>partitioning: Hash(#91;origin#64;0#93;, 4)<br/>1 ms (1 #37;)"]',
    '    p0n1["AggregateExec<br/>mode=Partial, gby=#91;origin#64;0 as origin#93;<br/>90 ms (90 #37;)"]',
    '    p0n2["DataSourceExec<br/>file_groups=#123;2 groups#125;<br/>5 ms (5 #37;)"]',
    '  end',
    '  subgraph p1["Stage 2, 4 partitions"]',
    '    p1n0["AggregateExec<br/>mode=FinalPartitioned<br/>200 rows<br/>4 ms (4 #37;)"]',
    '    p1n1["ShuffleReaderExec<br/>upstream_stage: 1, partitioning:<br/>Hash(#91;origin#64;0#93;, 4)<br/>0 ns"]',
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

// The real parser needs a browser and 150 MB of packages. Mermaid 11 drew each of these strings correctly when this was written.
it('escapes all characters that have a meaning in Mermaid', () => {
  const labels = toMermaid(draw([{ plan: nastyPlan() }])).match(/(?<=\[").*(?="\])/g) ?? [];
  expect(labels).toHaveLength(NASTY.length + 1);
  for (const label of labels) {
    const text = label.replaceAll(/<br\/>/g, ' ').replaceAll(/#\d+;/g, '');
    expect(text).not.toMatch(/[!-&*;<>@[-^`{-~\n]|:\/\//);
  }
});
