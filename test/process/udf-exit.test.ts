import { describe, expect, it } from 'vitest';

import { runProgram } from '../support/program.js';

it.each([
  ['cluster', /^\[[\w-]+\/\d+\/\d+ says\] hello\n\[[\w-]+\/\d+\/\d+ says\] there \{ x: 1n \}\n$/u],
  ['local', /^\[local says\] hello\n\[local says\] there \{ x: 1n \}\n$/u],
])('output of a UDF is prefixed with its task: %s', async (where, text) => {
  expect(await runProgram('udf.mjs', 'logs', where)).toMatchObject({ code: 0, stderr: expect.stringMatching(text) });
});

describe.each(['cluster', 'local'])('a program that has called UDFs: %s', (where) => {
  it.each([
    ['exits after its last line', 'last-line', 0, '90\n'],
    ['exits when its context is closed', 'closed', 0, '90\n'],
    ['exits by process.exit while a UDF loops forever', 'exit-running', 3, '90\n'],
    [
      'exits when its context is closed while a UDF loops forever',
      'close-running',
      0,
      expect.stringMatching(/^90\n(JOB_CANCELLED|CLOSED)\n$/u),
    ],
  ])('%s', async (_, way, code, stdout) => {
    expect(await runProgram('udf.mjs', way, where)).toEqual({ code, signal: null, stdout, stderr: '', left: [] });
  });
});
