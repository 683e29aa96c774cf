import { describe, expect, it } from 'vitest';

import { Program, runProgram } from '../support/program.js';

const posix = process.platform !== 'win32';

describe('a script that never calls close()', () => {
  it.each([
    ['exits after its last line', 'last-line', 0],
    ['exits with a result that is only partly read', 'half-read', 0],
    ['exits by process.exit', 'exit', 3],
    ['exits by process.exit while a query runs', 'exit-running', 3],
    ['exits by process.exit while an executor starts', 'exit-starting', 3],
    ['exits by an uncaught exception', 'throw', 1],
    ['exits by an unhandled rejection', 'reject', 1],
  ])('%s, and leaves no folder', async (_, way, code) => {
    expect(await runProgram('exit.mjs', way)).toMatchObject({ code, signal: null, left: [] });
  });

  it('keeps its cluster, even without a reference to it', async () => {
    const { code, stdout, stderr, left } = await new Program('collected.mjs', { nodeArgs: ['--expose-gc'] }).ended;
    expect({ code, stdout, stderr, left }).toEqual({ code: 0, stdout: 'served\n', stderr: '', left: [] });
  });
});

describe.runIf(posix)('a signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s terminates the process as by default, and leaves no folder',
    async (signal) => {
      const program = new Program('exit.mjs', { args: ['running'] });
      await program.line('ready');
      program.kill(signal);
      expect(await program.ended).toMatchObject({ code: null, signal, left: [] });
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s results in the shell exit status %i', async (signal, status) => {
    const program = new Program('exit.mjs', { args: ['running'], shell: '"$@"; echo "status $?"' });
    process.kill(Number(await program.line('ready')), signal);
    expect(await program.line('status')).toBe(String(status));
    expect(await program.ended).toMatchObject({ code: 0, left: [] });
  });

  it('calls the handler of the program, which can still run queries and decides when to exit', async () => {
    const program = new Program('exit.mjs', { args: ['handler'] });
    await program.line('ready');
    program.kill('SIGINT');
    expect(await program.line('handled')).toBe('2');
    expect(await program.ended).toMatchObject({ code: 5, signal: null, left: [] });
  });

  it('calls a once handler that was registered first', async () => {
    const program = new Program('exit.mjs', { args: ['once-before'] });
    await program.line('ready');
    program.kill('SIGINT');
    expect(await program.ended).toMatchObject({ code: 7, signal: null, left: [] });
    expect(await program.line('closed')).toBe('');
  });

  it('terminates the process if signal-exit also has a listener', async () => {
    const program = new Program('exit.mjs', { args: ['signal-exit'] });
    await program.line('ready');
    program.kill('SIGINT');
    expect(await program.ended).toMatchObject({ code: null, signal: 'SIGINT', left: [] });
    expect(await program.line('cleaned up')).toBe('');
  });
});

describe('listeners on the process', () => {
  it('are added with the first executor, removed with the last, and shared by all copies of the package', async () => {
    const { code, stdout, left } = await runProgram('listeners.mjs');
    const added = { exit: 1, SIGINT: 1, ...(posix ? { SIGTERM: 1, SIGHUP: 1 } : {}) };
    const none = Object.fromEntries(Object.keys(added).map((name) => [name, 0]));
    expect({ code, left }).toEqual({ code: 0, left: [] });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { when: 'imported', ...none },
      { when: 'scheduler', ...none },
      { when: 'two executors, from two copies', ...added },
      { when: 'one executor', ...added },
      { when: 'no executor', ...none },
    ]);
  });
});
