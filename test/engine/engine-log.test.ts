import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { type LogEntry, setLogger } from '../../src/engine/engine-log.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { Program } from '../support/program.js';
import { thrown } from '../support/thrown.js';
import { until } from '../support/until.js';

let ctx: BallistaSessionContext;
beforeAll(async () => {
  ctx = await BallistaSessionContext.standalone({ vcores: 1 });
});
afterAll(() => ctx.close());
afterEach(() => setLogger(undefined));

/** Runs a query, and waits until something is logged. */
async function logged(entries: readonly unknown[]): Promise<void> {
  await ctx.query('select 1 as a');
  await until('something is logged', () => entries.length > 0);
}

it('a function gets entries with time, level and module', async () => {
  const entries: LogEntry[] = [];
  const begin = Date.now();
  setLogger((entry) => entries.push(entry), { level: 'debug' });
  await logged(entries);
  expect(entries.map(({ level }) => level)).not.toContain('trace');
  const [first] = entries;
  expect(first?.time.getTime()).toBeGreaterThanOrEqual(begin);
  expect(first?.target).toMatch(/^[a-z_][a-z0-9_]*(::[a-z_][a-z0-9_]*)*$/u);
  expect(first?.message).not.toBe('');
});

it('a logger gets texts, by its methods, with trace as debug', async () => {
  const texts: [string, unknown[]][] = [];
  const method =
    (name: string) =>
    (...args: unknown[]): unknown =>
      texts.push([name, args]);
  const logger = {
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
  };
  setLogger(logger, { level: 'trace' });
  await logged(texts);
  for (const [, args] of texts) expect(args).toEqual([expect.stringMatching(/^[\w:]+: /u)]);
  expect(texts.some(([name]) => name === 'debug')).toBe(true);
});

it('levels by module apply, and the next call replaces the logger', async () => {
  const [first, second]: LogEntry[][] = [[], []];
  setLogger((entry) => first?.push(entry), { level: 'off,datafusion_optimizer=trace' });
  setLogger((entry) => second?.push(entry), { level: 'off,datafusion_optimizer=trace' });
  await logged(second ?? []);
  expect(first).toEqual([]);
  for (const { target } of second ?? []) expect(target).toMatch(/^datafusion_optimizer/u);
});

it('a logger that throws makes a warning, and the query runs', async () => {
  const warning = new Promise<Error>((resolve) => process.once('warning', resolve));
  setLogger(
    () => {
      throw new Error('the disk of the log is full');
    },
    { level: 'debug' },
  );
  expect(await ctx.query('select 2 as a', { int64: 'number' })).toEqual([{ a: 2 }]);
  expect((await warning).message).toBe('the disk of the log is full');
});

it('wrong arguments are rejected', () => {
  const wrong = [
    [() => setLogger(1 as never), 'setLogger takes a logger or a function, not a number.'],
    [() => setLogger({ info: () => undefined } as never), 'setLogger: the logger has no method debug.'],
    [() => setLogger(console, { level: 'loud' }), 'setLogger: the level "loud" is none of'],
    [() => setLogger(console, { levels: 'info' } as never), 'setLogger has no option "levels". Did you mean "level"?'],
  ] as const;
  for (const [call, message] of wrong)
    expect(thrown(call)).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) });
});

it('a logger does not keep the process alive', async () => {
  const { code, stdout, stderr, left } = await new Program('engine-log.mjs').ended;
  expect({ code, stdout, stderr, left }).toEqual({ code: 0, stdout: 'logged\n', stderr: '', left: [] });
});
