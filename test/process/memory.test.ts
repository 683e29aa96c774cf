import { beforeAll, describe, expect, it } from 'vitest';

import { Program } from '../support/program.js';

// Runs only on Linux: only glibc keeps freed memory, which the package then returns to the system.
describe.runIf(process.platform === 'linux')('an idle process', () => {
  let took: Record<'before' | 'large' | 'after' | 'jobs' | 'afterJobs', number>;

  beforeAll(async () => {
    const { code, stdout, stderr } = await new Program('memory.mjs', { nodeArgs: ['--expose-gc'] }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    took = JSON.parse(stdout);
    console.log(`megabytes: ${stdout}`);
  });

  it('returns the memory of large results to the system', () => {
    expect(took.large).toBeGreaterThan(took.before + 300);
    expect(took.after).toBeLessThanOrEqual(took.before + 100);
  });

  it('keeps little memory for finished jobs', () => {
    // The plans of all these jobs would take more than a hundred megabytes.
    expect(took.afterJobs).toBeLessThan(took.after + 70);
  });
});
