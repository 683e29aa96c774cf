import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import { LOCAL, withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, FLIGHTS, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
// Broadcast joins are off, because they have fewer stages.
const clusterConfig = { 'cluster.whole_query': 'never', 'cluster.broadcast_max_bytes': 0 } as const;
const ctx = withContext(cluster, LOCAL ? {} : { clusterConfig });
const temp = tempFolder();
const QUERY = `
  select a.state, count(*) as n from flights f join airports a on f.origin = a.iata
  where f.delay > 60 group by a.state`;

beforeAll(async () => {
  await ctx.registerParquet('flights', FLIGHTS);
  await ctx.registerCsv('airports', AIRPORTS);
});

describe('explainVisual', () => {
  it('draws the plan without running the query', async () => {
    // The query would fail if it ran.
    const visual = await (
      await ctx.sql('select 1 / (delay - delay) as x from flights where origin <> $$<"&\\>$$')
    ).explainVisual();
    expect(visual.analyze).toBe(false);
    expect(visual.stages).toEqual([]);
    expect(visual.planString).toContain('FilterExec');
    expect(visual.planString).not.toContain('metrics');
    const svg = await visual.svg;
    expect(svg).toContain('&lt;&quot;&amp;\\&gt;');
    expect(svg).not.toContain('class="cluster');
  });

  it('draws stages, row counts and times with analyze', async () => {
    const visual = await (await ctx.sql(QUERY)).explainVisual({ analyze: true });
    expect(visual.analyze).toBe(true);
    const frames = LOCAL ? 0 : visual.stages.length;
    expect(visual.stages.length).toBeGreaterThanOrEqual(LOCAL ? 1 : 4);
    expect(visual.dot.match(/subgraph cluster_/g) ?? []).toHaveLength(frames);
    expect(visual.mermaid.match(/subgraph /g) ?? []).toHaveLength(frames);
    expect((await visual.svg).match(/class="cluster stage"/g) ?? []).toHaveLength(frames);
    // Each stage except the last is read by one other stage, so the operators form one tree.
    const operators = visual.planString.match(/^ *\w+Exec/gm)?.length ?? 0;
    for (const arrows of [visual.dot.match(/ -> /g), visual.mermaid.match(/^ {2}\w+ (-->|-\.->)/gm)]) {
      expect(arrows).toHaveLength(operators - 1);
    }
    for (const text of [visual.dot, visual.mermaid, await visual.svg]) {
      expect(text).toContain('3,000,000 rows');
      expect(text).toContain('152,194 rows');
      expect(text).toMatch(/\d (ns|µs|ms|s)\b/);
    }
  });

  it('saves SVG, DOT, Mermaid and text files', async () => {
    const visual = await (await ctx.sql(QUERY)).explainVisual({ analyze: true });
    for (const extension of ['svg', 'dot', 'mmd', 'txt']) await visual.save(temp(`plan.${extension}`));
    expect(readdirSync(temp())).toHaveLength(4);
    expect(readFileSync(temp('plan.svg'), 'utf8')).toBe(await visual.svg);
    expect((await rejected(visual.save(temp('plan.png')))).code).toBe('INVALID_ARGUMENT');
    expect(readdirSync(temp())).toHaveLength(4);
  });

  it('rejects invalid options', async () => {
    const df = await ctx.sql('select 1');
    for (const options of [{ analyse: true }, { analyze: 1 }, 'svg']) {
      expect((await rejected(df.explainVisual(options as never))).code).toBe('INVALID_ARGUMENT');
    }
  });
});
