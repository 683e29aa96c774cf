import { expect, it } from 'vitest';

import { runProgram } from '../support/program.js';

const fine = { code: 0, signal: null, stdout: 'fine\n', stderr: '', left: [] };

it('both builds work in one process, and recognise each other’s errors', async () => {
  expect(await runProgram('workers.mjs', 'copies')).toEqual(fine);
});

it('clusters and queries run in several workers concurrently', async () => {
  expect(await runProgram('workers.mjs', 'query')).toEqual(fine);
});

it.each([
  ['terminated while a query runs', 'terminate'],
  ['ended by process.exit while a query runs', 'exit'],
  ['ended by an exception while a query runs', 'throw'],
  ['ended after its last line', 'last-line'],
])('a worker that is %s removes only its own folder', async (_, way) => {
  expect(await runProgram('workers.mjs', way)).toEqual(fine);
});

it('process.exit of the main thread also removes the folders of workers', async () => {
  expect(await runProgram('workers.mjs', 'left-running')).toMatchObject({ code: 0, stderr: '', left: [] });
});
