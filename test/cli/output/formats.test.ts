import { expect, it } from 'vitest';

import { FORMATS, formatOfFile, isArrowFile } from '../../../src/cli/output/formats.js';

it('the name of a file chooses the format', () => {
  const names = ['a.CSV', 'b.tsv', 'c.json', 'd.jsonl', 'e.md', 'f.arrow', 'g.arrows', 'h.parquet', 'i.txt'];
  expect(names.map(formatOfFile)).toEqual([
    'csv',
    'tsv',
    'json',
    'ndjson',
    'markdown',
    'arrow',
    'arrow',
    'parquet',
    'table',
  ]);
  expect(formatOfFile('result')).toBeUndefined();
  for (const name of names) expect(FORMATS).toContain(formatOfFile(name));
});

it('only files that readers open as Arrow files get the file format', () => {
  expect(['a.arrow', 'a.feather', 'a.arrows', undefined].map(isArrowFile)).toEqual([true, true, false, false]);
});
