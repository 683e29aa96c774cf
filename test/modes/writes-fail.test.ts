import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { withCluster, withContext } from '../support/cluster.js';
import { FLIGHTS, LONG_QUERY, tempFolder } from '../support/data.js';
import { failure, rejected } from '../support/rejected.js';
import { until } from '../support/until.js';
import { FORMATS, WRITES } from '../support/write-shapes.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

/** All names in a folder, at any depth. Returns none if the folder does not exist. */
function tree(path: string): string[] {
  return existsSync(path) ? (readdirSync(path, { recursive: true }) as string[]).sort() : [];
}

/** Files that are being written. */
const staged = (path: string) => tree(path).filter((name) => /_temporary\/.*\//u.test(name));

let late: DataFrame;
let cast: DataFrame;
let long: DataFrame;

beforeAll(async () => {
  await ctx.registerParquet('flights', FLIGHTS);
  // Each of these two queries fails at a single row near the end.
  late = await ctx.sql(
    'SELECT value, value % 3 AS k, 1 / (value - 299999) AS bad, sha256(CAST(value AS VARCHAR)) AS hash FROM generate_series(1, 300000)',
  );
  cast = await ctx.sql(`
    SELECT delay, length(origin) AS k, CAST(CASE WHEN date < (SELECT max(date) FROM flights) THEN '1' ELSE 'late' END AS INT) AS bad
    FROM flights`);
  // This query returns many rows, so writers start files long before it ends.
  long = await ctx.sql(`
    SELECT a.value, random() AS noise, b.value % 2 AS k
    FROM generate_series(1, 10000) AS a CROSS JOIN generate_series(1, 10000) AS b`);
});

describe('a write whose query fails late', () => {
  it.each(WRITES)('leaves no files: $format, $shape', async ({ format, shape, target, options }) => {
    const folder = temp('late', format, shape);
    for (const [df, text] of [
      [late, /divide/iu],
      [cast, /late/u],
    ] as const) {
      const error = await rejected(df[`write${format}`](`${folder}/${target}`, options));
      expect(error.message).toMatch(text);
      await expect.poll(() => tree(folder)).toEqual([]);
    }
  });

  it.each(FORMATS)('keeps existing files: %s', async (format) => {
    const extension = format.toLowerCase();
    const folder = temp('kept', format);
    const few = late.filter('value < 10').select('value', 'k');
    const targets = [`${folder}/one.${extension}`, `${folder}/in/`, `${folder}/by/`] as const;
    const options = (target: string) => (target.endsWith('by/') ? { partitionBy: 'k' } : {});
    const modes = ['append', 'overwrite'] as const;
    for (const target of targets) await few[`write${format}`](target, options(target));
    const before = tree(folder);
    const content = readFileSync(targets[0]);
    for (const target of targets)
      for (const mode of modes.slice(target.endsWith('/') ? 0 : 1))
        expect((await rejected(late[`write${format}`](target, { ...options(target), mode }))).message).toMatch(
          /divide/iu,
        );
    await expect.poll(() => tree(folder)).toEqual(before);
    expect(readFileSync(targets[0])).toEqual(content);
  });

  it.each(FORMATS)('leaves no files with COPY TO and INSERT INTO: %s', async (format) => {
    const folder = temp('sql', format);
    await ctx.registerView(`late_${format}`, late.select('value', 'bad'));
    const run = (query: string) => ctx.sql(query);
    for (const target of [`${folder}/one.${format.toLowerCase()}`, `${folder}/in/`]) {
      const copy = run(`COPY late_${format} TO '${target}' STORED AS ${format}`);
      expect((await rejected(copy)).message).toMatch(/divide/iu);
    }
    if (format !== 'Arrow') {
      await run(
        `CREATE EXTERNAL TABLE t_${format} (value BIGINT, bad BIGINT) STORED AS ${format} LOCATION '${folder}/in/'`,
      );
      const insert = run(`INSERT INTO t_${format} SELECT * FROM late_${format}`);
      expect((await rejected(insert)).message).toMatch(/divide/iu);
    }
    await expect.poll(() => tree(folder).filter((name) => name !== 'in')).toEqual([]);
  });
});

describe('an aborted write', () => {
  it.each(WRITES)('leaves no files: $format, $shape', async ({ format, shape, target, options }) => {
    const folder = temp('aborted', format, shape);
    const controller = new AbortController();
    const write = failure(long[`write${format}`](`${folder}/${target}`, { ...options, signal: controller.signal }));
    await until('it writes', () => staged(folder).length > 0);
    if (shape === 'a folder') {
      const read = await rejected(ctx[`read${format}`](`${folder}/${target}`));
      expect(read.message).toContain('No file');
    }
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await write).toBe(reason);
    await expect.poll(() => tree(folder).filter((name) => name.includes('.') || name.includes('_'))).toEqual([]);
  });

  it('leaves no files if it is aborted before it starts', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    for (const format of FORMATS)
      expect(await failure(long[`write${format}`](temp('before/'), { signal }))).toBe(reason);
    expect(await failure(long.writeTable('flights', { signal }))).toBe(reason);
    expect(tree(temp('before'))).toEqual([]);
  });

  it('keeps the rows of an in-memory table', async () => {
    await ctx.sql('CREATE TABLE counted (hash VARCHAR)');
    const controller = new AbortController();
    const write = failure((await ctx.sql(LONG_QUERY)).writeTable('counted', { signal: controller.signal }));
    await (await ctx.sql('SELECT 1')).collect();
    controller.abort(new Error('enough'));
    expect(await write).toMatchObject({ message: 'enough' });
    expect(await (await ctx.table('counted')).count()).toBe(0);
  });
});

describe('a write to a folder that cannot be made', () => {
  it.each(FORMATS)('names the folder: %s', async (format) => {
    const place = temp(`a-file-${format}`);
    writeFileSync(place, '');
    const error = await rejected(late.limit(1)[`write${format}`](`${place}/folder/`));
    expect(error.message).toContain(`Cannot write to the folder ${place}/folder: `);
    expect(['IO', 'JOB_FAILED']).toContain(error.code);
  });
});
