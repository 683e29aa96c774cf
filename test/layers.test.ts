import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

import { circles } from '../scripts/lib/circles.mjs';

// The linter checks layers, and import circles between files. This file checks folders, and includes type imports.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'src');
const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

/** The folders that each folder of the sources imports. */
function imports(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || dirname(file) === '.') continue;
    const folder = dirname(file);
    const others = found.get(folder) ?? new Set<string>();
    const code = readFileSync(join(SOURCE, file), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '');
    for (const [, path = ''] of code.matchAll(IMPORT)) {
      const other = relative(SOURCE, dirname(join(SOURCE, folder, path)));
      if (other !== '' && other !== folder) others.add(other);
    }
    found.set(folder, others);
  }
  return found;
}

it('there are no import circles between folders', () => {
  const folders = imports();
  expect(folders.size).toBeGreaterThan(20);
  expect(circles(folders)).toEqual([]);
});

it('the linter knows the layer of every folder', () => {
  const { overrides } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8')) as {
    overrides: { includes: string[]; linter: object }[];
  };
  const layers = overrides.filter(({ linter }) => JSON.stringify(linter).includes('Imports go down'));
  const known = layers.flatMap(({ includes }) => includes);
  const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.length).toBeGreaterThan(10);
  for (const { name } of folders) expect(known).toContain(`src/${name}/**`);
});
