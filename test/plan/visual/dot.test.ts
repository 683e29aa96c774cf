import { expect, it } from 'vitest';

import { toDot } from '../../../src/plan/visual/dot.js';
import { draw } from '../../../src/plan/visual/drawing.js';
import { twoStages } from '../../support/plans.js';

it('draws stages as clusters', () => {
  const dot = toDot(draw(twoStages()));
  expect(dot.match(/subgraph cluster_\w+ \{/g)).toEqual(['subgraph cluster_p0 {', 'subgraph cluster_p1 {']);
  expect(dot).toContain('label="Stage 1, 2 partitions"');
  expect(dot).toContain('class="operator hot"');
  expect(dot).toContain('  p1n1 -> p0n0 [tooltip="400 rows", label=" 400 rows", style=dashed];');
});

it('escapes quoted strings and HTML labels', () => {
  const text = 'a "b" <c> & \\n \\';
  const box = { id: 'n', title: text, detail: [text], facts: [], heat: undefined, tooltip: [text, 'two'] };
  expect(
    toDot({ groups: [{ id: 'p', title: text, boxes: [box] }], arrows: [] })
      .split('\n')
      .slice(4, 8),
  ).toEqual([
    '  subgraph cluster_p {',
    expect.stringContaining('label="a \\"b\\" <c> &amp; \\\\n \\\\"') as string,
    '    n [label=<<b>a &quot;b&quot; &lt;c&gt; &amp; \\n \\</b><br align="left"/>a &quot;b&quot; &lt;c&gt; &amp; \\n \\<br align="left"/>>, tooltip="a \\"b\\" <c> &amp; \\\\n \\\\\\ntwo"];',
    '  }',
  ]);
});
