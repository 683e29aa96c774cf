import { describe, expect, it } from 'vitest';

import { toDot } from '../../../src/plan/visual/dot.js';
import { draw } from '../../../src/plan/visual/drawing.js';
import { toSvg } from '../../../src/plan/visual/svg.js';
import { NASTY, nastyPlan, twoStages } from '../../support/plans.js';
import { rejected } from '../../support/rejected.js';

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** The visible text of an SVG. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text
      .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
      .replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
      .replaceAll('\u00a0', ' ')
      .replaceAll('\u2060', ''),
  );
}

describe('toSvg', () => {
  it('draws stages, operators, rows and times', async () => {
    const svg = await toSvg(toDot(draw(twoStages())));
    expect(svg).toMatch(/^<svg [^>]*>\n<style>/);
    expect(svg.trimEnd()).toMatch(/<\/svg>$/);
    expect(texts(svg)).toEqual(
      expect.arrayContaining(
        ['Stage 1, 2 partitions', 'AggregateExec', '90 ms (90 %)', ' 3,000,000 rows'].map(
          (text) => expect.stringContaining(text.trim()) as string,
        ),
      ),
    );
    expect(svg.match(/class="cluster stage"/g)).toHaveLength(2);
    expect(svg.match(/class="node operator[ "]/g)).toHaveLength(5);
    expect(svg).toContain('class="node operator hot"');
  });

  it('shows text with special characters', async () => {
    const svg = await toSvg(toDot(draw([{ plan: nastyPlan() }])));
    const shown = texts(svg).join(' ');
    for (const text of [
      'a "b" \'c\' `d`',
      '<script>alert(1)</script>',
      '</b></svg>-->',
      'a & b &amp; &lt;',
      'back\\slash \\n \\N \\"',
      'trailing \\',
      'line␊break␍␊␉tab ␀␛��',
      '漢字',
    ]) {
      expect(shown).toContain(text);
    }
    expect(svg).not.toContain('<script');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them
    expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe]/);
    expect(svg.match(/<svg/g)).toHaveLength(1);
    expect(svg.match(/class="node/g)).toHaveLength(NASTY.length + 1);
  });

  it('rejects invalid DOT, and works afterwards', async () => {
    expect((await rejected(toSvg('digraph {'))).code).toBe('INTERNAL');
    expect(await toSvg('digraph { a }')).toContain('<svg');
  });
});
