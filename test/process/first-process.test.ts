/** Programs with the process id 1, as in a container: Linux does not end them at a signal by itself. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { COMMAND } from '../support/command.js';
import { Program, type ProgramOptions } from '../support/program.js';
import { until } from '../support/until.js';

const UNSHARE = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child'];

/** Some systems do not allow users to make namespaces. */
const isAllowed = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;

/** A program in its own namespace, and its process id out here. */
async function first(file: string, options: ProgramOptions): Promise<{ program: Program; pid: number }> {
  const program = new Program(file, { ...options, shell: `exec unshare ${UNSHARE.join(' ')} "$@"` });
  const children = `/proc/${program.pid}/task/${program.pid}/children`;
  const child = (): number => Number(readFileSync(children, 'utf8').split(' ')[0]);
  await until('the namespace has its first process', () => child() > 0);
  return { program, pid: child() };
}

describe.runIf(isAllowed)('as the first process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ballista cluster drains and ends at %s', async (signal) => {
    const args = ['cluster', '--port', '0', '--executors', '1', '--vcores', '1'];
    const { program, pid } = await first(COMMAND, { args });
    await program.line('df://');
    process.kill(pid, signal);
    const { code, stderr, left } = await program.ended;
    expect({ code, left }).toEqual({ code: 0, left: [] });
    expect(stderr).toContain('The cluster has ended.');
  });

  it('ballista scheduler drains and ends at SIGTERM, and ballista executor while it waits for its scheduler', async () => {
    for (const args of [
      ['scheduler', '--port', '0', '--admin-port', '0'],
      ['executor', '--scheduler-port', '1', '--port', '0', '--grpc-port', '0'],
    ]) {
      const { program, pid } = await first(COMMAND, { args });
      await until('it runs', () => /serves|waits/u.test(program.stderr));
      process.kill(pid, 'SIGTERM');
      expect(await program.ended).toMatchObject({ code: 0, left: [] });
    }
  });

  it('a program with an executor ends at SIGTERM, with the status of the signal', async () => {
    const { program, pid } = await first('exit.mjs', { args: ['running'] });
    expect(await program.line('ready')).toBe('1');
    process.kill(pid, 'SIGTERM');
    expect(await program.ended).toMatchObject({ code: 143, left: [] });
  });
});
