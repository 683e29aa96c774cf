/**
 * `npm test` runs the checks, then all tests. With arguments it runs only the tests that vitest finds for them:
 *
 *     npm test -- test/expr
 *
 * @module
 */

import { readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { check } from './check.mjs';
import { Failure, main, root, run, tool } from './lib/shell.mjs';
import { markTested } from './lib/tested.mjs';

const REPORT = join(root, 'build', 'vitest.json');

/** On Linux, this is a file system in memory. */
const MEMORY = '/dev/shm';
/** Several times the space that the files of all tests need. */
const ENOUGH_BYTES = 4 * 2 ** 30;

main(async () => {
  // Queries write many small files. On ext4, the fuzzer runs three quarters of the queries that it runs in memory.
  if (process.env.TMPDIR === undefined && freeBytes(MEMORY) > ENOUGH_BYTES) process.env.TMPDIR = MEMORY;
  const args = process.argv.slice(2);
  let checked = 0;
  if (args.length > 0) await build();
  else checked = await check();
  const tests = await vitest(args);
  const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : '';
  const summary = `${checked + tests.passed} passed, ${tests.failed} failed${skipped}`;
  if (!tests.ended) throw new Failure(`tests: ${summary}`);
  if (args.length === 0) await markTested();
  console.log(summary);
});

/** @param {string} folder */
function freeBytes(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

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
    // A run can fail without a failed test: because of a file that does not load, or of an unhandled error.
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
