import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sections } from '../../scripts/options/sections.js';
import { optionsPage } from '../../scripts/options.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const page = readFileSync(join(ROOT, 'docs/reference/options.md'), 'utf8');

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'));

/** The doc comments of all properties, each as one line that begins with the name of its property. */
const comments = sources
  .flatMap((source) => [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+)\??:/g)])
  .map(([, text = '', name]) => {
    const line = text
      .replace(/\n\s*\*/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return `${name}: ${line.replace(/\{@link ([^}]*)\}/g, '`$1`')}`;
  });

it('the page is up to date', () => {
  expect(sections.length).toBeGreaterThan(20);
  expect(page).toBe(optionsPage(sections));
});

it('the page has the texts of all settings tables', () => {
  const texts = sources
    .flatMap((source) => [...source.matchAll(/\bdoc:\s*(['"])(.*)\1/g)])
    .map(([, , text = '']) => text);
  expect(texts.length).toBeGreaterThan(80);
  expect(texts.filter((text) => !page.includes(`| ${text} |`))).toEqual([]);
});

describe.each(sections)('$title', ({ title, table }) => {
  it('lists every option with its type, its default and its meaning', () => {
    const [, section = ''] = page.split(`\n## ${title}\n`);
    const rows = section.split('\n## ')[0]?.match(/^\| `.*$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map((row) => row.match(/^\| `(\w+)` \| \S.* \| \S.* \| \S.* \|$/)?.[1])).toEqual(Object.keys(table));
  });

  it('says the same as the doc comments', () => {
    const texts = Object.entries(table).map(([name, { doc }]) => `${name}: ${doc}`);
    expect(texts.filter((text) => !comments.some((comment) => comment.startsWith(text)))).toEqual([]);
  });
});
