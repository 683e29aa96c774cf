import { beforeAll, describe, expect, it } from 'vitest';

import { withCluster, withContext } from '../support/cluster.js';
import { type Gate, withGate } from '../support/gate.js';
import { rejected } from '../support/rejected.js';
import { statements } from './dml/people.js';

const gate: Gate = await withGate([1]);
const cluster = await withCluster();
const ctx = withContext(cluster);

const { rows, change, left } = statements(cluster, ctx);

describe('a failed statement changes nothing', () => {
  beforeAll(async () => {
    await ctx.sql('CREATE TABLE strict (id INT NOT NULL, text VARCHAR NOT NULL)');
    await change("INSERT INTO strict VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  });

  const BEFORE = [
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ];

  it.each([
    'UPDATE strict SET id = NULL WHERE id = 2',
    'UPDATE strict SET text = nullif(text, text)',
    "UPDATE strict SET id = 9, text = CASE WHEN id = 3 THEN NULL ELSE 'x' END",
  ])('after a null in a non-nullable column: %s', async (statement) => {
    const { code, message } = await rejected(change(statement));
    expect({ code, message }).toEqual({ code: 'EXECUTION', message: expect.stringContaining('non-nullable') });
    expect(await left('id, text', 'strict')).toEqual(BEFORE);
    expect(await change('UPDATE strict SET text = text || text WHERE id = 4')).toBe(0);
  });

  it.each(['UPDATE strict SET id = 6 / (id - 3)', 'DELETE FROM strict WHERE 6 / (id - 3) > 0'])(
    'after a division by zero: %s',
    async (statement) => {
      const { message } = await rejected(change(statement));
      expect(message).toMatch(/divide ?by ?zero/i);
      expect(await left('id, text', 'strict')).toEqual(BEFORE);
    },
  );

  it('after a failed cast', async () => {
    await rejected(change('UPDATE strict SET id = CAST(text AS INT)'));
    expect(await left('id, text', 'strict')).toEqual(BEFORE);
  });

  it('after it exceeds memoryTableLimitBytes', async () => {
    const small = withContext(cluster, { memoryTableLimitBytes: 10_000 });
    await small.sql("CREATE TABLE grows AS SELECT value AS id, 'x' AS text FROM range(0, 100)");
    const grow = "UPDATE grows SET text = repeat('x', 1000)";
    expect(await rejected(change(grow, undefined, small))).toMatchObject({
      code: 'RESOURCES_EXHAUSTED',
      message: expect.stringContaining('memoryTableLimitBytes'),
    });
    expect(await rows('SELECT DISTINCT text FROM grows', undefined, small)).toEqual([{ text: 'x' }]);
  });
});

describe('concurrent statements', () => {
  beforeAll(async () => {
    await gate.register(ctx, 'gate');
    await ctx.sql('CREATE TABLE shared (id BIGINT, n BIGINT)');
  });

  /** Starts a statement and calls `meanwhile` while it runs. */
  async function during(statement: string, meanwhile: () => Promise<unknown>, options = {}) {
    const arrival = gate.arrival();
    const running = ctx.sql(statement, options).then((df) => df.toArray({ int64: 'number', ...options }));
    running.catch(() => {});
    await arrival;
    await meanwhile();
    gate.open();
    return running;
  }

  const SLOW = 'UPDATE shared SET n = n + 1 WHERE id IN (SELECT x FROM gate)';

  async function start() {
    await change('INSERT OVERWRITE shared VALUES (1, 0), (2, 0)');
  }

  it.each([
    ['UPDATE shared SET n = 7 WHERE id = 2', [1, 0, 2, 7]],
    ['DELETE FROM shared WHERE id = 2', [1, 0]],
    ['INSERT INTO shared VALUES (3, 0)', [1, 0, 2, 0, 3, 0]],
    ['TRUNCATE TABLE shared', []],
  ])('the statement that ends second fails and changes nothing: %s', async (other, expected) => {
    await start();
    const failed = await rejected(during(SLOW, () => rows(other)));
    expect(failed).toMatchObject({ code: 'EXECUTION', message: expect.stringMatching(/Another .* shared .* again/) });
    expect((await left('id, n', 'shared')).flat()).toEqual(expected);
    expect(await change(SLOW)).toBe(expected.includes(1) ? 1 : 0);
  });

  it('a statement that changes no row does not conflict', async () => {
    await start();
    const nothing = () => rows('UPDATE shared SET n = 7 WHERE id = 3');
    expect(await during(SLOW, nothing)).toEqual([{ count: 1 }]);
    expect(await left('id, n', 'shared')).toEqual([
      [1, 1],
      [2, 0],
    ]);
  });

  it.each([
    'UPDATE shared SET n = 7',
    'DELETE FROM shared',
    'TRUNCATE TABLE shared',
    'INSERT OVERWRITE shared VALUES (3, 3)',
  ])('a query reads the rows from when it started: %s', async (other) => {
    await start();
    const query = 'SELECT n FROM shared WHERE n < (SELECT min(x) FROM gate)';
    expect(await during(query, () => rows(other))).toEqual([{ n: 0 }, { n: 0 }]);
  });

  it('a cancelled statement changes nothing', async () => {
    await start();
    const controller = new AbortController();
    const reason = new Error('enough');
    const stopped = during(SLOW, async () => controller.abort(reason), { signal: controller.signal });
    await expect(stopped).rejects.toBe(reason);
    expect(await left('id, n', 'shared')).toEqual([
      [1, 0],
      [2, 0],
    ]);
    // It does not change rows later either: otherwise the next statement would fail.
    expect(await change('UPDATE shared SET n = 5 WHERE id = 1')).toBe(1);
  });

  it('queries read consistent tables while rows are inserted', async () => {
    await start();
    const inserts = Array.from({ length: 10 }, (_, id) => rows(`INSERT INTO shared VALUES (${100 + id}, 1)`));
    // Both scans read the same rows.
    const query = 'SELECT count(*) AS n, count(b.id) AS m FROM shared a LEFT JOIN shared b ON a.id = b.id';
    for (const [row] of await Promise.all(inserts.map(() => rows(query)))) expect(row?.['m']).toBe(row?.['n']);
    const done = (await Promise.allSettled(inserts)).filter(({ status }) => status === 'fulfilled');
    expect(await rows('SELECT count(*) AS n FROM shared')).toEqual([{ n: 2 + done.length }]);
  });

  it('a successful write is not lost', async () => {
    await start();
    const statements = Array.from({ length: 8 }, () => rows('UPDATE shared SET n = n + 1 WHERE id = 1'));
    const settled = await Promise.allSettled(statements);
    const done = settled.filter(({ status }) => status === 'fulfilled');
    expect(done.length).toBeGreaterThan(0);
    for (const result of settled)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'EXECUTION' });
    expect(await left('id, n', 'shared')).toEqual([
      [1, done.length],
      [2, 0],
    ]);
  });
});
