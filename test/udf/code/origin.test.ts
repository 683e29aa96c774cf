import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

import { tempFolder } from '../../support/data.js';

const temp = tempFolder();
const dist = new URL('../../../dist/index.mjs', import.meta.url).href;

/** Runs a program in Node, and returns what it prints. */
function printed(name: string, text: string): string {
  const file = temp(name);
  writeFileSync(file, text);
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.replaceAll(pathToFileURL(temp()).href, '');
}

describe('an error thrown by a UDF', () => {
  it('has the lines of the UDF, its methods and its captures in the file', () => {
    const program = `
import { SessionContext, udaf, udf } from '${dist}';

const ctx = SessionContext.local();
const check = (x) => {
  if (x > 2) throw new RangeError('too much');
  return x;
};
const one = udf(
  { name: 'one', args: ['Float64'], returns: 'Float64', captures: { check } },
  (x) => { const y = check(x);
    return y; });
const all = udaf({
  name: 'all', args: ['Float64'], returns: 'Float64', captures: { check },
  init: () => 0,
  update(sum, x) {
    return sum + check(x);
  },
  merge: (a, b) => a + b,
});
for (const [name, call] of [['one', one(3)], ['all', all(3)]]) {
  const df = await ctx.sql('SELECT 1 AS n');
  try {
    await (name === 'one' ? df.select(call) : df.aggregate([], [call])).collect();
  } catch (error) {
    console.log(error.cause.stack);
  }
}
await ctx.close();
`;
    expect(printed('exact.mjs', program)).toBe(`RangeError: too much
    at check (/exact.mjs:6:20)
    at one (/exact.mjs:11:22)
RangeError: too much
    at check (/exact.mjs:6:20)
    at update (/exact.mjs:17:18)
`);
  });

  it('has the line of the definition if the code is in the file more than once', () => {
    const program = `
import { SessionContext, udf } from '${dist}';

const ctx = SessionContext.local();
const options = { args: ['Float64'], returns: 'Float64' };
const fns = ['one', 'two'].map((name) => name === 'one'
  ? udf({ name, ...options }, (x) => { throw new Error('no') })
  : udf({ name, ...options }, (x) => { throw new Error('no') }));
for (const fn of fns) {
  try {
    await (await ctx.sql('SELECT 1 AS n')).select(fn(3)).collect();
  } catch (error) {
    console.log(error.cause.stack.split('\\n').at(-1));
  }
}
await ctx.close();
`;
    expect(printed('twice.mjs', program)).toBe('    at /twice.mjs:7:5\n    at /twice.mjs:8:5\n');
  });

  it('has the line of the definition if the code is not in the file', () => {
    const program = `
import { SessionContext, udf } from '${dist}';

const ctx = SessionContext.local();
const made = new Function('return (x) => {\\n  throw new Error(\`no \${x}\`);\\n}')();
const one = udf({ name: 'one', args: ['Float64'], returns: 'Float64' }, made);
try {
  await (await ctx.sql('SELECT 1 AS n')).select(one(3)).collect();
} catch (error) {
  console.log(error.cause.stack);
}
await ctx.close();
`;
    expect(printed('made.mjs', program)).toMatch(
      /^Error: no 3\n {4}at .*udf:one:\d+:\d+\)?\n {4}at \/made\.mjs:6:13\n$/u,
    );
  });
});
