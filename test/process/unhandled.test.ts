import { expect, it } from 'vitest';

import { Program } from '../support/program.js';

it('failures of this package never cause unhandled rejections', async () => {
  const nodeArgs = ['--unhandled-rejections=strict', '--trace-uncaught'];
  const ended = await new Program('unhandled.mjs', { nodeArgs }).ended;
  expect(ended).toEqual({ code: 0, signal: null, stdout: 'fine\n', stderr: '', left: [] });
});
