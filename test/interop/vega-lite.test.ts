import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { describe, expect, it } from 'vitest';

import { withFlights } from './context.js';

const ctx = await withFlights();

const busiest = await ctx.sql(`
  SELECT origin, avg(delay) AS delay, CAST(count(*) AS INT) AS n, max(date) AS last
  FROM flights GROUP BY origin ORDER BY n DESC LIMIT 5`);

/** A bar chart of the named data set `flights`. */
function bars(field: string): TopLevelSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    data: { name: 'flights' },
    mark: 'bar',
    encoding: {
      x: { field: 'origin', type: 'nominal', sort: null },
      y: { field, type: 'quantitative' },
    },
  };
}

/** Draws a chart, and returns the SVG with the labels of the bars. */
async function draw(spec: TopLevelSpec, rows: unknown[]): Promise<{ svg: string; labels: string[] }> {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' }).data('flights', rows);
  try {
    const svg = await view.toSVG();
    return {
      svg,
      labels: Array.from(
        svg.matchAll(/<path aria-label="([^"]*)" role="graphics-symbol"/g),
        ([, label]) => label ?? '',
      ),
    };
  } finally {
    view.finalize();
  }
}

describe.each([
  ['an Arrow Table', async () => (await busiest.toArrow()).toArray()],
  ['rows', async () => busiest.toArray()],
])('from %s', (_, source) => {
  it.each(['delay', 'n'] as const)('draws bars of %s', async (field) => {
    const { svg, labels } = await draw(bars(field), await source());
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    const rows = (await busiest.toArray()) as { origin: string; delay: number; n: number }[];
    const read = labels.map((label) => /^origin: (\w+); \w+: ([\d,.]+)$/.exec(label) ?? []);
    expect(read.map(([, origin]) => origin)).toEqual(rows.map(({ origin }) => origin));
    const values = read.map(([, , value = '']) => Number(value.replaceAll(',', '')));
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(rows[i]?.[field] as number, 6);
  });
});

it('draws points over time from rows', async () => {
  const daily = await ctx.sql(`
    SELECT date_trunc('day', date) AS day, count(*) AS n FROM flights WHERE date < '2001-01-08' GROUP BY 1 ORDER BY 1`);
  const spec: TopLevelSpec = {
    data: { name: 'flights' },
    mark: { type: 'point' },
    encoding: {
      x: { field: 'day', type: 'temporal', scale: { type: 'utc' } },
      y: { field: 'n', type: 'quantitative' },
    },
  };
  const { labels } = await draw(spec, await daily.toArray({ int64: 'number' }));
  expect(labels).toHaveLength(7);
  expect(labels.join()).not.toMatch(/NaN|Invalid/);
});

it('fails for bigints, so the guide converts them to numbers', async () => {
  const errors: string[] = [];
  const view = new View(parse(compile(bars('n')).spec), {
    renderer: 'none',
    logger: logger(errors),
  }).data('flights', [{ origin: 'ABQ', n: 5n }]);
  await view.runAsync();
  expect(errors.join()).toContain('BigInt');
  view.finalize();
});

function logger(errors: string[]) {
  const self = {
    level: () => self,
    error: (...args: readonly unknown[]) => {
      errors.push(args.map(String).join(' '));
      return self;
    },
    warn: () => self,
    info: () => self,
    debug: () => self,
  };
  return self as never;
}
