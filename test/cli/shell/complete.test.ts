import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { complete, type Names, sourcesOf } from '../../../src/cli/shell/complete.js';
import { tempFolder } from '../../support/data.js';

const temp = tempFolder();

const COLUMNS: Record<string, string[]> = {
  flights: ['origin', 'delay', 'Tail Number'],
  "'a.csv'": ['city'],
};

const names: Names = {
  functions: async () => ['date_part', 'sum', 'substr'],
  tables: async () => ['flights', '"My Table"'],
  columns: async (table) => COLUMNS[table] ?? [],
};

async function candidates(before: string, after = ''): Promise<readonly string[]> {
  return (await complete(before, after, names)).candidates;
}

describe('complete', () => {
  it('completes keywords in the case of what is typed', async () => {
    expect(await candidates('sel')).toEqual(['select']);
    expect(await candidates('SEL')).toEqual(['SELECT']);
  });

  it('completes functions, and columns of the tables of the statement', async () => {
    expect(await candidates('select su')).toEqual(['substr(', 'sum(']);
    expect(await candidates('select del', ' from flights')).toEqual(['delay', 'delete']);
    expect(await candidates('select 1 from x; select ', ' from flights; select 1')).toEqual([
      '"Tail Number"',
      'delay',
      'origin',
    ]);
  });

  it('completes tables where a table stands', async () => {
    expect(await candidates('select * from ')).toEqual(['"My Table"', 'flights']);
    expect(await candidates('select * from fl')).toEqual(['flights']);
    expect(await candidates('select * from my')).toEqual(['"My Table"']);
    expect(await candidates('insert into f')).toEqual(['flights']);
  });

  it('completes the columns of a name', async () => {
    expect(await candidates('select f.o', ' from flights as f')).toEqual(['origin']);
    expect(await candidates('select flights.', ' from flights')).toEqual(['"Tail Number"', 'delay', 'origin']);
    expect(await candidates("select * from 'a.csv' t where t.")).toEqual(['city']);
  });

  it('completes files in quotes', async () => {
    writeFileSync(temp('one.csv'), '');
    writeFileSync(temp('.hidden'), '');
    mkdirSync(temp('only'));
    const { candidates, partial } = await complete(`select * from '${temp('o')}`, '', names);
    expect(partial).toBe(temp('o'));
    expect(candidates).toEqual([`${temp('one.csv')}'`, `${temp('only')}/`]);
    expect((await complete(`select '${temp('none/')}`, '', names)).candidates).toEqual([]);
  });

  it('completes nothing in comments', async () => {
    expect(await candidates('select 1 -- sel')).toEqual([]);
  });
});

it('sourcesOf finds tables, files and their names', () => {
  const statement = `select * from a.b x, "c d" join 'e.csv' as y on true where exists (select 1 from g)`;
  expect(sourcesOf(statement)).toEqual([
    { table: 'a.b', alias: 'x' },
    { table: '"c d"' },
    { table: "'e.csv'", alias: 'y' },
    { table: 'g' },
  ]);
  expect(sourcesOf('update t set a = 1')).toEqual([{ table: 't' }]);
  expect(sourcesOf('select 1 from')).toEqual([]);
});
