import { describe, expect, it } from 'vitest';

import { Program } from '../support/program.js';

/** What the engine logged in each step of the program: which of its parts worked. */
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

describe('a text that comes again', () => {
  it('is not parsed, planned and optimised again in a local session', async () => {
    expect(await steps('local')).toEqual({
      first: ['parser', 'optimizer'],
      again: [],
      'of a prepared statement': [],
      'with a verb': ['optimizer'],
      'with other parameters': ['optimizer'],
      'at another time': ['optimizer'],
      'after an INSERT': [],
      'after another table is dropped': [],
      'of a prepared statement after a setting': ['optimizer'],
      'after a setting': ['parser', 'optimizer'],
      'after a function': ['parser', 'optimizer'],
      'without a rule': ['parser', 'optimizer'],
      'used recently': [],
      'not used recently': ['parser', 'optimizer'],
      'too long': ['parser', 'optimizer'],
    });
  });

  it('is not parsed and planned again by the client of a cluster', async () => {
    // The scheduler, in the same process, optimises what it gets.
    const parsed = Object.entries(await steps('cluster')).filter(([, worked]) => worked.includes('parser'));
    expect(parsed.map(([step]) => step)).toEqual([
      'first',
      'after a setting',
      'after a function',
      'without a rule',
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
    console.log(`${way}: ${tables} tables of ${megabytes} MB, of which ${grown} MB stay`);
    expect(tables * megabytes).toBeGreaterThan(500);
    expect(grown).toBeLessThan(150);
  });
});
