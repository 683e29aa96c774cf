import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { HISTORY_LIMIT, History, historyFile, isKept } from '../../../src/cli/shell/history.js';
import { tempFolder } from '../../support/data.js';

const temp = tempFolder();

it('is in the folder for state', () => {
  expect(historyFile({ XDG_STATE_HOME: '/state' })).toBe('/state/ballista/history');
  expect(historyFile({})).toMatch(/\/\.local\/state\/ballista\/history$/);
});

it('keeps entries for the next shell, newest first, for the user alone', async () => {
  const file = temp('state', 'history');
  const first = await History.open(file);
  expect(first.entries).toEqual([]);
  first.history.add('select 1;');
  first.history.add('select 2;');
  await first.history.flush();
  expect((await History.open(file)).entries).toEqual(['select 2;', 'select 1;']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('shrinks a long file', async () => {
  const file = temp('long');
  const lines = Array.from({ length: 2 * HISTORY_LIMIT + 1 }, (_, i) => `select ${i};`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { entries } = await History.open(file);
  expect(entries.length).toBe(HISTORY_LIMIT);
  expect(entries[0]).toBe(lines.at(-1));
  expect(readFileSync(file, 'utf8').split('\n').length).toBe(HISTORY_LIMIT + 1);
});

it('works without a file', async () => {
  writeFileSync(temp('not-a-folder'), '');
  const { history, entries } = await History.open(temp('not-a-folder', 'history'));
  history.add('select 1;');
  await history.flush();
  expect(entries).toEqual([]);
});

it('keeps no empty lines, and none that begin with a space', () => {
  expect(['select 1;', ' select 1;', '  ', ''].map(isKept)).toEqual([true, false, false, false]);
});
