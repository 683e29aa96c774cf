import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { LOCAL, withCluster, withContext } from '../support/cluster.js';
import { filesIn, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { WRITES } from '../support/write-shapes.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

let two: DataFrame;
let three: DataFrame;

beforeAll(async () => {
  two = await ctx.sql("SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS t(n, k)");
  three = await ctx.sql("SELECT * FROM (VALUES (3, 'x'), (4, 'z'), (5, 'z')) AS t(n, k)");
});

describe.each(WRITES)('a second write: $format, $shape', ({ format, shape, target, options }) => {
  const path = (mode: string) => temp(format, shape, mode, target);
  const write = (df: DataFrame, to: string, more = {}) => df[`write${format}`](to, { ...options, ...more });
  const read = async (from: string) => {
    await cluster.betweenQueries();
    const rows = await ctx[`read${format}`](from).select('n').sort('n').toArray({ int64: 'number' });
    return rows.map(({ n }) => n);
  };

  it.each([undefined, 'error'] as const)('fails with mode %s', async (mode) => {
    const to = path(String(mode));
    expect(await write(two, to, { mode })).toBe(2);
    const before = filesIn(temp(format, shape, String(mode)));
    const error = await rejected(write(three, to, { mode }));
    expect(error.code).toBe('FILE_EXISTS');
    expect(error.message).toMatch(/(contains files|exists) already\. Set the option mode to .*"overwrite"/u);
    await expect
      .poll(() => readdirSync(temp(format, shape, String(mode)), { recursive: true }))
      .not.toContain('_temporary');
    expect(filesIn(temp(format, shape, String(mode)))).toEqual(before);
    expect(await read(to)).toEqual([1, 2]);
  });

  it('replaces with mode overwrite', async () => {
    const to = path('overwrite');
    for (const df of [two, three, two]) await write(df, to, { mode: 'overwrite' });
    expect(await read(to)).toEqual([1, 2]);
    expect(filesIn(temp(format, shape, 'overwrite')).some((name) => name.includes('k=z'))).toBe(false);
  });

  it('can replace the files that it reads', async () => {
    const to = path('itself');
    await write(three, to);
    const own = await ctx[`read${format}`](to, { schema: three.schema() }).filter('n > 3');
    if (shape === 'partition folders') return;
    await write(own, to, { mode: 'overwrite' });
    expect(await read(to)).toEqual([4, 5]);
  });

  it('writes nothing with mode ignore', async () => {
    const to = path('ignore');
    expect(await write(two, to, { mode: 'ignore' })).toBe(2);
    expect(await write(three, to, { mode: 'ignore' })).toBe(0);
    expect(await read(to)).toEqual([1, 2]);
  });

  it(target.endsWith('/') ? 'adds files with mode append' : 'cannot append to a file', async () => {
    const to = path('append');
    await write(two, to);
    if (target.endsWith('/')) await write(three, to, { mode: 'append' });
    else expect((await rejected(write(three, to, { mode: 'append' }))).code).toBe('INVALID_ARGUMENT');
    expect(await read(to)).toEqual(target.endsWith('/') ? [1, 2, 3, 4, 5] : [1, 2]);
  });
});

describe('mode', () => {
  it('overwrite leaves files of other formats', async () => {
    const folder = temp('mixed/');
    await two.writeCsv(folder);
    writeFileSync(temp('mixed', 'README.md'), 'mine');
    writeFileSync(temp('mixed', 'old.csv.gz'), 'also old');
    expect((await rejected(two.writeJson(folder))).code).toBe('FILE_EXISTS');
    await three.writeCsv(folder, { mode: 'overwrite' });
    expect(filesIn(folder).filter((name) => !/^\w+\.csv$/u.test(name))).toEqual(['README.md']);
    expect(readFileSync(temp('mixed', 'README.md'), 'utf8')).toBe('mine');
  });

  it('sees partition folders of a column with the name of a hidden file', async () => {
    const folder = temp('hidden/');
    const write = (mode: 'error' | 'overwrite') =>
      two.withColumnRenamed('k', '_k').writeParquet(folder, { partitionBy: '_k', mode });
    await write('overwrite');
    expect((await rejected(write('error'))).code).toBe('FILE_EXISTS');
    await write('overwrite');
    expect(await ctx.readParquet(folder).count()).toBe(2);
  });

  it('error accepts an empty folder, and hidden files', async () => {
    mkdirSync(temp('empty'));
    writeFileSync(temp('empty', '_SUCCESS'), '');
    writeFileSync(temp('empty', '.DS_Store'), '');
    expect(await two.writeParquet(temp('empty/'))).toBe(2);
    expect(filesIn(temp('empty'))).toHaveLength(3);
  });

  it.each(['race.parquet', 'race/'])('error lets one of several concurrent writes to %s win', async (target) => {
    const writes = await Promise.allSettled(
      [two, three, two, three].map((df) => df.writeParquet(temp('error', target))),
    );
    const failed = writes.flatMap((write) => (write.status === 'rejected' ? [write.reason.code] : []));
    expect(failed).toEqual(['FILE_EXISTS', 'FILE_EXISTS', 'FILE_EXISTS']);
    const won = writes.find((write) => write.status === 'fulfilled');
    expect(await ctx.readParquet(temp('error', target)).count()).toBe(won?.value);
  });

  it('overwrite keeps the rows of one of several concurrent writes', async () => {
    const folder = temp('overwritten/');
    await Promise.all([two, three, two, three].map((df) => df.writeParquet(folder, { mode: 'overwrite' })));
    expect([2, 3]).toContain(await ctx.readParquet(folder).count());
  });

  it.runIf(LOCAL)('error fails before the query runs', async () => {
    writeFileSync(temp('early.csv'), '');
    const endless = await ctx.sql('SELECT a.value FROM range(0, 1000000000) AS a CROSS JOIN range(0, 1000000) AS b');
    expect((await rejected(endless.writeCsv(temp('early.csv')))).code).toBe('FILE_EXISTS');
  });

  it('does not apply to COPY TO, which keeps the meaning of the engine', async () => {
    for (const query of ['SELECT 1 AS a', 'SELECT 2 AS a']) {
      await ctx.execute(`COPY (${query}) TO '${temp('copied.csv')}' STORED AS csv`);
      await ctx.execute(`COPY (${query}) TO '${temp('copied/')}' STORED AS csv`);
    }
    expect(readFileSync(temp('copied.csv'), 'utf8')).toBe('a\n2\n');
    expect(await ctx.readCsv(temp('copied/')).count()).toBe(2);
    expect(existsSync(temp('copied', '_temporary'))).toBe(false);
  });
});
