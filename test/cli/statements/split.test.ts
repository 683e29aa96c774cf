import { SessionContext } from 'ballista';
import { describe, expect, it } from 'vitest';

import { allStatements, splitStatements } from '../../../src/cli/statements/split.js';
import { rejected } from '../../support/rejected.js';

const texts = (sql: string): string[] => allStatements(sql).map(({ text }) => text);

describe('splitStatements', () => {
  it('splits at semicolons, and drops space, comments and empty statements around them', () => {
    const text = ' -- first\nselect 1 ; ;/* nothing */;\nselect 2 -- last\n;';
    const complete = [
      { text: 'select 1', line: 2 },
      { text: 'select 2', line: 3 },
    ];
    expect(splitStatements(text)).toEqual({ complete, rest: '', restLine: 4 });
  });

  it('keeps what is not complete', () => {
    expect(splitStatements("select 1;\n select 'a;", 7)).toEqual({
      complete: [{ text: 'select 1', line: 7 }],
      rest: "\n select 'a;",
      restLine: 7,
    });
    expect(splitStatements('select 1 -- ;')).toMatchObject({ complete: [], rest: 'select 1 -- ;' });
    expect(splitStatements('select 1 /* ; /* ; */ ;')).toMatchObject({ complete: [], rest: 'select 1 /* ; /* ; */ ;' });
  });

  it('keeps comments inside a statement', () => {
    expect(splitStatements('select /*+ hint */ 1 -- one\n + 1;').complete).toEqual([
      { text: 'select /*+ hint */ 1 -- one\n + 1', line: 1 },
    ]);
  });
});

describe('allStatements', () => {
  it('needs no semicolon after the last statement', () => {
    expect(texts('select 1; select 2')).toEqual(['select 1', 'select 2']);
    expect(texts('select 1; -- no more')).toEqual(['select 1']);
    expect(texts(' ')).toEqual([]);
  });
});

/** Texts that the engine accepts between `select` and a semicolon, with a semicolon or a quote inside. */
const PIECES = [
  "'a;b'",
  "'it''s; '",
  "'back\\'",
  "e'it\\'s; '",
  "E'\\\\'",
  "x'3b'",
  '$$it\'s; "$$',
  '$tag$ ; $$ $tag$',
  '1 as "a;b"',
  '1 as "say ""hi;"""',
  '1 as `a;b`',
  '1 /* ; */',
  "1 /* /* ' */ ; */",
  "1 -- ; '\n",
  '1 as é',
  '0x3b',
  '1.5e3',
  '.5',
];

/** Texts that the engine's parser accepts, and its planner does not know. */
const UNPLANNED = ["n'a;b'", "q'[it's; ]'", "Q'!a;b!'", "u&'a;b'"];

describe('with the engine', () => {
  it.each(PIECES)('a statement with %s is one statement', async (piece) => {
    await using ctx = SessionContext.local();
    const statements = texts(`select ${piece};select ${piece};`);
    expect(statements).toHaveLength(2);
    for (const statement of statements) expect(await (await ctx.sql(statement)).count()).toBe(1);
  });

  it.each(UNPLANNED)('a statement with %s is one statement, which cannot be planned', async (piece) => {
    await using ctx = SessionContext.local();
    const statements = texts(`select ${piece};select ${piece};`);
    expect(statements).toHaveLength(2);
    // Half of a string would be a failure of the parser.
    for (const statement of statements) expect(await rejected(ctx.sql(statement))).toMatchObject({ code: 'PLAN' });
  });
});
