import { expect, it } from 'vitest';

import { Choices } from './choices.js';
import type { Named } from './draft.js';
import { shrink } from './shrink.js';
import { statement } from './statement.js';

const columns = [
  { name: 'id', type: 'int' },
  { name: 's', type: 'text' },
] as const;
const tables: readonly [Named, ...Named[]] = [{ name: 'p', columns, key: ['id'], size: 20 }];

function made(seed: number): { taken: readonly number[]; sql: string } {
  const choices = Choices.random(seed);
  const { sql } = statement(choices, tables);
  return { taken: choices.taken, sql };
}

it('the same seed generates the same statement', () => {
  expect(made(7)).toEqual(made(7));
  expect(made(7).sql).not.toBe(made(8).sql);
});

it('shrink returns a smaller statement that still fails', async () => {
  const seeds = Array.from({ length: 400 }, (_, seed) => seed);
  const failing = seeds.map(made).filter(({ sql }) => sql.includes('FULL JOIN') && sql.length > 400);
  expect(failing.length).toBeGreaterThan(5);
  for (const { taken } of failing.slice(0, 5)) {
    const { sql } = await shrink(taken, tables, async (one) => one.sql.includes('FULL JOIN'));
    expect(sql).toContain('FULL JOIN');
    expect(sql.length).toBeLessThan(200);
  }
});
