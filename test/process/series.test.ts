import { expect, it } from 'vitest';

import { Program } from '../support/program.js';

it.each(['cluster', 'local'])('adding 40 million numbers takes little memory: %s', async (kind) => {
  const { code, stdout, stderr, left } = await new Program('series.mjs', { args: [kind] }).ended;
  expect({ code, stderr, left }).toEqual({ code: 0, stderr: '', left: [] });
  const { result, peakMb } = JSON.parse(stdout);
  console.log(`${kind}: RSS grew by ${peakMb} MB at most`);
  expect(result).toEqual(['799999980000000', '799999980000000']);
  // All numbers together would take 320 MB.
  expect(peakMb).toBeLessThan(100);
});
