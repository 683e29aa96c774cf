import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

import { missingFile } from '../../../src/cli/statements/missing-file.js';
import { SessionContext } from '../../../src/session/session-context.js';
import { tempFolder } from '../../support/data.js';
import { rejected } from '../../support/rejected.js';

const temp = tempFolder();

/** The error of a statement in a session with files as tables. */
async function failure(statement: string): Promise<unknown> {
  await using ctx = SessionContext.local();
  ctx.enableUrlTable();
  // Awaited here: the session is closed afterwards.
  return await rejected(ctx.sql(statement));
}

async function explained(statement: string) {
  return missingFile(await failure(statement), statement);
}

it('says that a file does not exist, with its path', async () => {
  expect(await explained("select * from 'nope.csv'")).toMatchObject({
    code: 'OBJECT_STORE',
    message: `The file ${resolve('nope.csv')} does not exist.`,
  });
  const path = temp("it's nope.parquet");
  expect((await explained(`select 'a' from '${path.replace("'", "''")}' as t`))?.message).toBe(
    `The file ${path} does not exist.`,
  );
  expect((await explained(`select * from '${temp('*.csv')}'`))?.message).toBe(`No file matches ${temp('*.csv')}.`);
});

it('says that the format of a file is not known', async () => {
  writeFileSync(temp('notes.txt'), 'a\n1\n');
  expect((await explained(`select * from '${temp('notes.txt')}'`))?.message).toContain('extension is not one of');
});

it('says that a URL cannot be read', async () => {
  const url = 'http://127.0.0.1:1/nope.csv';
  expect((await explained(`select * from '${url}'`))?.message).toContain(`The URL ${url} cannot be read`);
});

it('leaves other errors alone', async () => {
  expect(await explained('select * from nope')).toBeUndefined();
  expect(await explained("select nope('x.csv')")).toBeUndefined();
  expect(await missingFile(new Error('x'), "select * from 'nope.csv'")).toBeUndefined();
});
