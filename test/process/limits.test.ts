import { expect, it } from 'vitest';

import { Program } from '../support/program.js';

const LARGE = 'RESOURCES_EXHAUSTED';

it.each(['local', 'always', 'never'])('queries for too much memory fail, in little memory: %s', async (kind) => {
  const { code, signal, stdout, stderr, left } = await new Program('limits.mjs', { args: [kind] }).ended;
  expect({ code, signal, stderr, left }).toEqual({ code: 0, signal: null, stderr: '', left: [] });
  const { codes, peakMb } = JSON.parse(stdout);
  console.log(`${kind}: RSS grew by ${peakMb} MB at most`);
  expect(codes).toEqual([3, 3, ...Array.from({ length: 10 }, () => LARGE), 'PLAN', 'PLAN', 'CONFIG', 'CONFIG', 1, 1]);
  expect(peakMb).toBeLessThan(1500);
});
