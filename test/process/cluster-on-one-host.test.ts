/** The program of examples/cluster-on-one-host/: executors are replaced while queries run. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, it } from 'vitest';

import { ROOT } from '../support/child.js';
import { Program } from '../support/program.js';
import { TPCH_QUERIES, tpchFolder } from '../support/tpch.js';

const MAIN = join(ROOT, 'examples', 'cluster-on-one-host', 'main.ts');

/** It only ends a test that hangs; the program takes half a minute on a free machine with two cores. */
const TIMEOUT_MS = 600_000;

let tables = '';
beforeAll(async () => {
  tables = await tpchFolder();
}, 3_600_000);

it(
  'no query notices that every executor is replaced, and nothing is left',
  async () => {
    // As scripts/run.mjs does after its build.
    const nodeArgs = ['--import', pathToFileURL(join(ROOT, 'scripts', 'run', 'register.mjs')).href];
    const program = new Program(MAIN, { args: [tables, TPCH_QUERIES], nodeArgs, timeoutMs: TIMEOUT_MS });
    const { code, stdout, stderr, left } = await program.ended;
    expect({ code, stderr, left }).toEqual({ code: 0, stderr: '', left: [] });
    const [first, ...replaced] = stdout.split('\n').slice(0, 4);
    expect(first).toBe('The cluster serves with 3 executors.');
    expect(replaced).toEqual([1, 2, 3].map((n) => `executor-${n} was replaced.`));
    const [, queries] = /^(\d+) queries gave the same answers/mu.exec(stdout) ?? [];
    // Two clients, with all queries at least once.
    expect(Number(queries)).toBeGreaterThanOrEqual(2 * 22);
  },
  2 * TIMEOUT_MS,
);

it('has less than 100 lines, and the README shows what it prints', () => {
  const text = readFileSync(MAIN, 'utf8');
  expect(text.split('\n').length).toBeLessThanOrEqual(100);
  const readme = readFileSync(join(MAIN, '..', 'README.md'), 'utf8');
  for (const line of ['The cluster serves with 3 executors.', 'queries gave the same answers all the time.'])
    expect(readme).toContain(line);
});
