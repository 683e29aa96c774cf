import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { col, type Expr } from '../../src/expr/expr.js';
import { callFunction } from '../../src/functions/call/call.js';
import { native } from '../../src/native.js';
import { sql } from '../../src/sql/sql-tag.js';
import { withCluster, withContext } from '../support/cluster.js';
import { RandomExpr } from '../support/random-expr.js';

const cluster = await withCluster();
const ctx = withContext(cluster);

/** Keywords of the parser, and words that only look like keywords. */
const WORDS = [
  'all analyze and any array as asc between by case cast cluster column count cube current_catalog current_date',
  'current_time current_timestamp current_user date day default desc distinct distribute else end except exclude exists',
  'explain extract false fetch filter first for from full group grouping having if ilike in index inner intersect interval',
  'into is join key language last lateral left like limit localtime localtimestamp map max minus month name natural not',
  'null nulls offset on or order outer over partition percent pivot position primary range returning right rollup row',
  'rows schema select session_user sets show some sort sql start struct substring table text then time timestamp to top',
  'trim true try_cast type union unique unnest user using value values view when where window with within without year',
].flatMap((line) => line.split(' '));

describe('names', () => {
  it('of every kind are printed so that SQL finds the same columns', async () => {
    const names = [
      ...WORDS,
      'Upper',
      'a b',
      'a.b',
      'a"b',
      "a'b",
      'é',
      '1',
      '*',
      'count(*)',
      '日本',
      ' ',
      '$1',
      '--',
      '_',
    ];
    await ctx.registerRecordBatches(
      'named',
      await (await ctx.fromColumns(Object.fromEntries(names.map((name, i) => [name, [i]])))).collect(),
    );
    const named = await ctx.table('named');
    const uses = (name: string): Expr[] => {
      const c = col(name);
      return [
        c,
        c.neg().add(c),
        col(name, 'named').isNull(),
        callFunction('nvl', c, c)
          .eq(c)
          .and(c.inList([c, 1])),
      ];
    };
    const exprs = names.flatMap((name, i) => uses(name).map((use, j) => use.alias(j === 0 ? name : `r${i}_${j}`)));
    const fluent = await named.select(...exprs).toArray({ int64: 'number' });
    expect(fluent[0]?.['日本']).toBe(names.indexOf('日本'));
    await cluster.betweenQueries();
    const printed = await ctx.sql(`SELECT ${exprs.join(', ')} FROM named`);
    expect(await printed.toArray({ int64: 'number' })).toEqual(fluent);
    expect(WORDS.length).toBeGreaterThan(120);
  });

  it('of all functions are printed so that SQL calls the same functions', async () => {
    const entries = JSON.parse(native().functionEntries()) as { name: string; kind: string; aliases: string[] }[];
    const names = new Set(
      entries.filter(({ kind }) => kind !== 'table').flatMap(({ name, aliases }) => [name, ...aliases]),
    );
    expect(names.size).toBeGreaterThan(400);
    const problem = async (text: string): Promise<string> => {
      try {
        await ctx.sql(`SELECT ${text}`);
        return 'none';
      } catch (error) {
        return String(error);
      }
    };
    const wrong: string[] = [];
    for (const name of names) {
      const printed = await problem(String(callFunction(name, 1, 'x')));
      const quoted = await problem(`${sql.ident(name)}(1, 'x')`);
      if (printed !== quoted) wrong.push(`${name}: ${printed} instead of ${quoted}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('random expressions', () => {
  const seed = Number(process.env['BALLISTA_TEST_SEED'] ?? 20_240_229);
  let t: DataFrame;

  beforeAll(async () => {
    const columns = {
      a: [5, -7, 0, null],
      'B c': [1, 2, null, -3],
      s: ['abc', "IT'S", null, 'a%c'],
      p: [true, false, null, true],
    };
    await ctx.registerRecordBatches('t', await (await ctx.fromColumns(columns)).collect());
    t = await ctx.table('t');
  });

  it(`return the same rows as their printed SQL (seed ${seed})`, async () => {
    const random = new RandomExpr(seed);
    const exprs = Array.from({ length: 1200 }, (_, i) => random.any(1 + (i % 4)));
    const named = exprs.map((it, i) => it.alias(`r${i}`));
    const fluent = await t.select(...named).toColumns({ json: true });
    await cluster.betweenQueries();
    const printed = await (await ctx.sql(`SELECT ${named.join(', ')} FROM t`)).toColumns({ json: true });
    const byText = (columns: Record<string, unknown>) => exprs.map((it, i) => [String(it), columns[`r${i}`]]);
    expect(byText(printed)).toEqual(byText(fluent));
  });
});
