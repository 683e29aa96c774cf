import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';

import { withFlights } from './context.js';

const ctx = await withFlights();
const { document } = parseHTML('<!doctype html><html></html>');

const busiest = await ctx.sql<{ origin: string; delay: number; n: number }>(`
  SELECT origin, avg(delay) AS delay, count(*) AS n FROM flights GROUP BY origin ORDER BY n DESC LIMIT 5`);
const daily = await ctx.sql(`
  SELECT date_trunc('day', date) AS day, count(*) AS n FROM flights WHERE date < '2001-02-01' GROUP BY 1 ORDER BY 1`);

/** The marks of a plot, such as one element for each bar. */
function marks(plot: Element, label: string, element: string): Element[] {
  return [...plot.querySelectorAll(`g[aria-label="${label}"] ${element}`)];
}

/** The values of a numeric attribute, one for each element. */
function numbers(elements: Element[], attribute: string): number[] {
  return elements.map((element) => Number(element.getAttribute(attribute)));
}

describe.each([
  ['rows', async () => busiest.toArray({ int64: 'number' })],
  ['an Arrow Table', async () => busiest.toArrow()],
])('bars of %s', (_, source) => {
  it('have heights in proportion to their values', async () => {
    const plot = Plot.plot({ document, marks: [Plot.barY(await source(), { x: 'origin', y: 'n' })] });
    expect(plot.outerHTML).toMatch(/^<svg .*<\/svg>$/s);
    const heights = numbers(marks(plot, 'bar', 'rect'), 'height');
    const values = (await busiest.toArray({ int64: 'number' })).map(({ n }) => n);
    expect(heights).toHaveLength(values.length);
    const scale = Math.max(...heights) / Math.max(...values);
    expect(heights.map((height) => Math.round(height / scale))).toEqual(values);
  });

  it('can have a categorical scale and a legend', async () => {
    const plot = Plot.plot({
      document,
      color: { legend: true },
      marks: [Plot.barX(await source(), { y: 'origin', x: 'delay', fill: 'origin' })],
    });
    const labels = marks(plot, 'y-axis tick label', 'text').map(({ textContent }) => textContent);
    expect(labels.sort()).toEqual(['ATL', 'DFW', 'LAX', 'ORD', 'PHX']);
    expect(plot.tagName.toLowerCase()).toBe('figure');
  });
});

describe('a line over time', () => {
  const ticks = (source: Plot.Data): string => {
    const plot = Plot.plot({ document, marks: [Plot.lineY(source, { x: 'day', y: 'n' })] });
    const [path] = marks(plot, 'line', 'path');
    expect(path?.getAttribute('d')).toMatch(/^M[\d.,]+(L[\d.,]+){30}$/);
    return marks(plot, 'x-axis tick label', 'text')
      .map(({ textContent }) => textContent)
      .join(' ');
  };

  it('is drawn from rows', async () => {
    expect(ticks(await daily.toArray({ int64: 'number' }))).toContain('Jan');
  });

  it('is drawn from an Arrow Table, with a time axis only for milliseconds', async () => {
    const inMs = daily.withColumn('day', "arrow_cast(day, 'Timestamp(Millisecond, None)')");
    expect(ticks(await inMs.toArrow())).toContain('Jan');
    expect(ticks(await daily.toArrow())).not.toContain('Jan');
  });
});
