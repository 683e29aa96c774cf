import { expect, it } from 'vitest';

import { Program } from '../support/program.js';

it('reading a one-gigabyte result slowly takes bounded memory', async () => {
  const { code, stdout, stderr, left } = await new Program('backpressure.mjs').ended;
  expect({ code, stderr, left }).toEqual({ code: 0, stderr: '', left: [] });
  const { rows, bytes, idleMb, peakMb } = JSON.parse(stdout);
  console.log(
    `${rows} rows, ${Math.round(bytes / 2 ** 20)} MB; RSS grew by ${idleMb} MB while idle, ${peakMb} MB at most`,
  );
  expect(rows).toBe(10_000_000);
  expect(bytes).toBeGreaterThan(1e9);
  expect(idleMb).toBeLessThan(500);
  expect(peakMb).toBeLessThan(500);
});
