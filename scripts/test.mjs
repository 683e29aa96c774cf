/**
 * `npm test`: the checks, then all tests. With arguments only the tests that they choose, as vitest reads them:
 *
 *     npm test -- test/expr
 *
 * @module
 */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { check } from './check.mjs';
import { Failure, main, root, run, tool } from './lib/shell.mjs';

const REPORT = join(root, 'build', 'vitest.json');

main(async () => {
  const args = process.argv.slice(2);
  let checked = 0;
  if (args.length > 0) await build();
  else checked = await check();
  const tests = await vitest(args);
  const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : '';
  const summary = `${checked + tests.passed} passed, ${tests.failed} failed${skipped}`;
  if (tests.ended) console.log(summary);
  else throw new Failure(`tests: ${summary}`);
});

/** @param {readonly string[]} args */
async function vitest(args) {
  rmSync(REPORT, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  let ended = true;
  try {
    await run(process.execPath, [tool('vitest'), 'run', ...reporters, ...args]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    ended = false;
  }
  const report = readReport();
  return {
    ended,
    passed: report.numPassedTests,
    // A run that ends badly without a failed test failed all the same: a file that does not load, an unhandled error.
    failed: ended ? report.numFailedTests : Math.max(report.numFailedTests, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @returns {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number }} */
function readReport() {
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  }
}
