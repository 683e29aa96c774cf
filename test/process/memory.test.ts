import { beforeAll, describe, expect, it } from 'vitest';

import { Program } from '../support/program.js';

// Only glibc keeps what is free; where it is not, nothing is returned either.
describe.runIf(process.platform === 'linux')('a process that is idle', () => {
  let took: Record<'before' | 'large' | 'after' | 'jobs' | 'afterJobs', number>;

  beforeAll(async () => {
    const { code, stdout, stderr } = await new Program('memory.mjs', { nodeArgs: ['--expose-gc'] }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    took = JSON.parse(stdout);
    console.log(`megabytes: ${stdout}`);
  });

  it('has returned the memory of large results', () => {
    expect(took.large).toBeGreaterThan(took.before + 300);
    expect(took.after).toBeLessThanOrEqual(took.before + 100);
  });

  it('keeps little of the jobs that have finished', () => {
    // The plans of as many would be over a hundred megabytes.
    expect(took.afterJobs).toBeLessThan(took.after + 70);
  });
});
