import { describe, expect, it } from 'vitest';

import { runProgram } from '../support/program.js';

it.each([
  ['cluster', /^\[\w+\/\d+\/\d+ says\] hello\n\[\w+\/\d+\/\d+ says\] there \{ x: 1n \}\n$/u],
  ['local', /^\[local says\] hello\n\[local says\] there \{ x: 1n \}\n$/u],
])('what a function prints comes with its task: %s', async (where, text) => {
  expect(await runProgram('udf.mjs', 'logs', where)).toMatchObject({ code: 0, stderr: expect.stringMatching(text) });
});

describe.each(['cluster', 'local'])('a program that called functions: %s', (where) => {
  it.each([
    ['ends at its last line', 'last-line', 0, '90\n'],
    ['ends when its context is closed', 'closed', 0, '90\n'],
    ['ends by process.exit while one runs on and on', 'exit-running', 3, '90\n'],
    [
      'ends when its context is closed while one runs on and on',
      'close-running',
      0,
      expect.stringMatching(/^90\n(JOB_CANCELLED|CLOSED)\n$/u),
    ],
  ])('%s', async (_, way, code, stdout) => {
    expect(await runProgram('udf.mjs', way, where)).toEqual({ code, signal: null, stdout, stderr: '', left: [] });
  });
});
