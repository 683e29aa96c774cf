/** `ballista cluster`: real processes, supervised. */

import { expect, it } from 'vitest';

import { closedAfterEach, connectTo } from '../support/closing.js';
import { COMMAND } from '../support/command.js';
import { Daemon, scrape } from '../support/daemon.js';
import { freePort } from '../support/ports.js';
import { Program } from '../support/program.js';
import { until } from '../support/until.js';
import { registerNumbers, SHORT, SHORT_RESULT, STUBBORN, startJob } from './fixtures/queries.mjs';

const closing = closedAfterEach();

interface Running {
  readonly daemon: Daemon;
  readonly url: string;
  readonly admin: number;
  /** The process ids by name. */
  readonly pids: Readonly<Record<string, number>>;
}

/** Starts a scheduler and two executors with one slot each. */
async function start(args: readonly string[] = []): Promise<Running> {
  const port0 = args.includes('--port') ? [] : ['--port', '0'];
  const daemon = new Daemon(['cluster', '--vcores', '1', '--admin-port', '0', ...port0, ...args]);
  closing.push(() => daemon.close());
  const url = await daemon.line('');
  const { port } = await daemon.logLine('The admin port serves');
  const pids: Record<string, number> = {};
  for (const line of daemon.lines()) if (line['childPid']) pids[String(line['process'])] = Number(line['childPid']);
  return { daemon, url, admin: Number(port), pids };
}

function runs(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

it('starts all processes, prints the address, and ends them in order with a running query', async () => {
  const port = await freePort();
  const { daemon, url, admin, pids } = await start(['--port', String(port)]);
  expect(url).toBe(`df://127.0.0.1:${port}`);
  expect(Object.keys(pids)).toEqual([
    'scheduler',
    expect.stringContaining('executor-'),
    expect.stringContaining('executor-'),
  ]);
  const ctx = connectTo(closing, url);
  await registerNumbers(ctx);
  expect(await (await ctx.sql(SHORT)).toArray()).toEqual([{ s: SHORT_RESULT }]);

  const samples = await scrape(admin);
  expect(samples.get('ballista_scheduler_executors{process="scheduler"}')).toBe(2);
  expect(samples.get('ballista_executor_slots{process="executor-1"}')).toBe(1);
  expect(samples.get('ballista_executor_slots{process="executor-2"}')).toBe(1);
  expect(samples.get('process_uptime_seconds{process="supervisor"}')).toBeGreaterThan(0);

  const stream = (await ctx.sql(SHORT)).stream();
  const { first } = await startJob(stream);
  daemon.kill('SIGINT');
  expect((await first).value?.getChild('s')?.get(0)).toBe(SHORT_RESULT);
  // The scheduler waits until the client has read everything.
  expect((await stream.next()).done).toBe(true);
  expect(await daemon.ended).toMatchObject({ code: 0, signal: null, stdout: `${url}\n`, left: [] });
  for (const pid of Object.values(pids)) expect(runs(pid)).toBe(false);
});

it('starts an executor again after SIGKILL, with a query that runs meanwhile', async () => {
  const { daemon, url, admin, pids } = await start();
  const ctx = connectTo(closing, url, { clusterConfig: { 'cluster.whole_query': 'never' } });
  await registerNumbers(ctx);
  const { first } = await startJob((await ctx.sql(SHORT)).stream());
  process.kill(pids['executor-1'] ?? 0, 'SIGKILL');
  await daemon.logLine('The executor has ended (SIGKILL). It starts again in', { process: 'executor-1' });
  const { childPid } = await daemon.logLine('The executor serves.', { process: 'executor-1' }, 2);
  expect(childPid).not.toBe(pids['executor-1']);
  expect((await first).value?.getChild('s')?.get(0)).toBe(SHORT_RESULT);
  await until('the scheduler has both executors', async () => {
    return (await scrape(admin)).get('ballista_scheduler_executors{process="scheduler"}') === 2;
  });
  expect((await fetch(`http://127.0.0.1:${admin}/readyz`)).status).toBe(200);
});

it('starts a scheduler again on the same port, and the executors come back', async () => {
  const { daemon, url, admin, pids } = await start();
  process.kill(pids['scheduler'] ?? 0, 'SIGKILL');
  const again = await daemon.logLine('The scheduler serves.', { process: 'scheduler' }, 2);
  expect(again['url']).toBe(url);
  await until('the scheduler has both executors', async () => {
    return (await scrape(admin)).get('ballista_scheduler_executors{process="scheduler"}') === 2;
  });
  const ctx = connectTo(closing, url);
  expect(await (await ctx.sql('select 1 as a')).toArray()).toEqual([{ a: 1n }]);
});

it('is not ready from the first signal on, while a query still runs', async () => {
  const { daemon, url, admin } = await start();
  const ready = async (): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${admin}/readyz`);
    return [response.status, (await response.text()).trim()];
  };
  const ctx = connectTo(closing, url);
  await registerNumbers(ctx);
  const stream = (await ctx.sql('select n.x from n')).stream();
  // The job runs until its rows are read.
  const { first } = await startJob(stream);
  expect(await ready()).toEqual([200, 'ready']);
  daemon.kill('SIGTERM');
  await daemon.logLine('The cluster drains.');
  expect(await ready()).toEqual([503, 'It is shutting down.']);
  let rows = (await first).value?.numRows ?? 0;
  for await (const batch of stream) rows += batch.numRows;
  expect(rows).toBe(1_000_000);
  expect((await daemon.ended).code).toBe(0);
});

it('is not ready while a process does not answer', async () => {
  const { admin, pids } = await start();
  process.kill(pids['scheduler'] ?? 0, 'SIGSTOP');
  const response = await fetch(`http://127.0.0.1:${admin}/readyz`);
  expect(response.status).toBe(503);
  expect(await response.text()).toContain('scheduler: It does not answer.');
  process.kill(pids['scheduler'] ?? 0, 'SIGCONT');
});

it('ends after its deadline although the scheduler hangs', async () => {
  const { daemon, pids } = await start(['--drain-timeout-ms', '100']);
  process.kill(pids['scheduler'] ?? 0, 'SIGSTOP');
  daemon.kill('SIGTERM');
  expect((await daemon.ended).code).toBe(0);
  expect(Object.values(pids).filter(runs)).toEqual([]);
});

it('drains to the end although the reader of its log has gone', async () => {
  // head ends after the first line, as tee does after Ctrl-C.
  const shell = 'exec "$@" 2> >(exec head -n 1 > /dev/null)';
  const args = ['cluster', '--executors', '1', '--vcores', '1', '--port', '0'];
  const command = new Program(COMMAND, { args, shell });
  closing.push(() => command.kill('SIGKILL'));
  const ctx = connectTo(closing, await command.line(''));
  await registerNumbers(ctx);
  const { first } = await startJob((await ctx.sql(SHORT)).stream());
  command.kill('SIGTERM');
  expect((await first).value?.getChild('s')?.get(0)).toBe(SHORT_RESULT);
  expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
});

it.each([
  [['--host', '0.0.0.0'], 'everyone on the network could run queries'],
  [['--host', '0.0.0.0', '--insecure', '--udf'], 'anyone who can connect to the executor can run code'],
  [['--tls-cert', 'a'], 'tls.cert and tls.key belong together'],
])('ends with 2 if settings contradict each other: %j', async (args, text) => {
  const { code, stderr, stdout } = await new Daemon(['cluster', '--port', '0', ...args]).ended;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^Error: .*\n$/);
  expect(stderr).toContain(text);
});

it('ends all processes at once after a second signal', async () => {
  const { daemon, url, pids } = await start(['--drain-timeout-ms', '600000']);
  const ctx = connectTo(closing, url);
  await registerNumbers(ctx);
  await startJob((await ctx.sql(STUBBORN)).stream());
  daemon.kill('SIGINT');
  await daemon.logLine('The cluster drains.', { signal: 'SIGINT' });
  daemon.kill('SIGINT');
  expect((await daemon.ended).code).toBe(130);
  await until('all processes have ended', () => !Object.values(pids).some(runs));
});

it('leaves no process behind if it is killed itself', async () => {
  const { daemon, pids } = await start();
  daemon.kill('SIGKILL');
  await until('all processes have ended', () => !Object.values(pids).some(runs));
  expect(Object.values(pids)).toHaveLength(3);
});

it('ends with 1 and leaves no process if one of them cannot start', async () => {
  const { url } = await start();
  const second = new Daemon(['cluster', '--port', new URL(url).port]);
  expect(await second.ended).toMatchObject({ code: 1, stdout: '', left: [] });
  expect(second.lines()).toContainEqual(expect.objectContaining({ level: 'error', code: 'ADDRESS_IN_USE' }));
});
