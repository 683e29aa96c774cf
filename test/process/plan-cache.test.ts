import { describe, expect, it } from 'vitest';

import { Program } from '../support/program.js';

/** The parts of the engine that ran in each step of the program, found in its log. */
async function steps(kind: string): Promise<Record<string, string[]>> {
  const env = { BALLISTA_LOG: 'sqlparser::parser=debug,datafusion_optimizer::utils=debug' };
  const { code, stdout, stderr } = await new Program('plan-cache.mjs', { args: [kind], env }).ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' });
  const found = stderr
    .split('\nstep: ')
    .slice(1)
    .map((text) => text.split('\nend of the step')[0] ?? '');
  const worked = (log: string) => [
    ...(log.includes('parsing expr') ? ['parser'] : []),
    ...(log.includes('Optimizer input') ? ['optimizer'] : []),
  ];
  return Object.fromEntries(found.map((text) => [text.slice(0, text.indexOf('\n')), worked(text)]));
}

describe('a repeated query string', () => {
  it('is not parsed, planned or optimised again in a local session', async () => {
    expect(await steps('local')).toEqual({
      'first time': ['parser', 'optimizer'],
      'second time': [],
      'prepared statement': [],
      'with a verb': ['optimizer'],
      'with other parameters': ['optimizer'],
      'with now()': ['optimizer'],
      'after an INSERT': [],
      'after dropping another table': [],
      'prepared statement after SET': ['optimizer'],
      'after SET': ['parser', 'optimizer'],
      'after registering a function': ['parser', 'optimizer'],
      'after removing an optimizer rule': ['parser', 'optimizer'],
      'used recently': [],
      'not used recently': ['parser', 'optimizer'],
      'too long': ['parser', 'optimizer'],
    });
  });

  it('is not parsed or planned again by the client of a cluster', async () => {
    // The scheduler runs in the same process, and optimises every plan that it gets.
    const parsed = Object.entries(await steps('cluster')).filter(([, worked]) => worked.includes('parser'));
    expect(parsed.map(([step]) => step)).toEqual([
      'first time',
      'after SET',
      'after registering a function',
      'after removing an optimizer rule',
      'not used recently',
      'too long',
    ]);
  });
});

describe.runIf(process.platform === 'linux')('a plan', () => {
  it.each(['sql', 'context', 'schema'])('does not keep a dropped table alive: %s', async (way) => {
    const { code, stdout, stderr } = await new Program('dropped.mjs', { args: [way], nodeArgs: ['--expose-gc'] }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { tables, megabytes, grown } = JSON.parse(stdout);
    console.log(`${way}: ${tables} tables of ${megabytes} MB, memory grew by ${grown} MB`);
    expect(tables * megabytes).toBeGreaterThan(500);
    expect(grown).toBeLessThan(150);
  });
});
