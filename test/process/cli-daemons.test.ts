/** `ballista scheduler` and `ballista executor` as real processes. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import type { SessionOptions } from '../../src/session/ballista-session-context.js';
import { Certificates } from '../support/certs.js';
import { closedAfterEach, connectTo } from '../support/closing.js';
import { Daemon, scrape } from '../support/daemon.js';
import { freePort } from '../support/ports.js';
import { rejected } from '../support/rejected.js';
import { TOKENS } from '../support/secured.js';
import { until } from '../support/until.js';
import { registerNumbers, SHORT, SHORT_RESULT, STUBBORN, startJob } from './fixtures/queries.mjs';

const closing = closedAfterEach();

interface Running {
  readonly daemon: Daemon;
  readonly port: number;
  readonly url: string;
  readonly admin: number;
}

type Role = 'scheduler' | 'executor';

/** Starts a daemon with an admin port, and waits until it serves. */
async function start(role: Role, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Running> {
  const free = args.includes('--port') ? [] : ['--port', '0'];
  const ports = role === 'scheduler' ? free : [...free, '--grpc-port', '0', '--vcores', '1'];
  const daemon = new Daemon([role, ...ports, '--admin-port', '0', ...args], env);
  closing.push(() => daemon.close());
  const { port: admin } = await daemon.logLine('The admin port serves');
  const { port, url } = await daemon.logLine(`The ${role} serves.`);
  return { daemon, port: Number(port), url: String(url), admin: Number(admin) };
}

function executor(
  scheduler: Running,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Running> {
  return start('executor', ['--scheduler-port', String(scheduler.port), ...args], env);
}

/** An executor whose scheduler may not be there. */
function lonely(schedulerPort: number): string[] {
  return ['executor', '--scheduler-port', String(schedulerPort), '--port', '0', '--grpc-port', '0'];
}

async function ready(admin: number): Promise<[number, string]> {
  const response = await fetch(`http://127.0.0.1:${admin}/readyz`);
  return [response.status, (await response.text()).trim()];
}

/** Runs queries in stages, with several tasks. */
const STAGES: SessionOptions = {
  clusterConfig: { 'cluster.whole_query': 'never', 'datafusion.execution.target_partitions': 4 },
};

const GROUPS = `select sum(s) as s from (
  select k.x as g, sum(k.x * cast(n.x as bigint)) as s from k cross join n group by k.x)`;

it('probes and metrics follow executors, jobs and tasks', async () => {
  const scheduler = await start('scheduler');
  expect(await ready(scheduler.admin)).toEqual([503, 'No executor is registered.']);
  const { admin } = await executor(scheduler);
  expect(await ready(scheduler.admin)).toEqual([200, 'ready']);
  expect(await ready(admin)).toEqual([200, 'ready']);
  const before = await scrape(scheduler.admin);
  expect([before.get('ballista_scheduler_executors'), before.get('ballista_scheduler_slots')]).toEqual([1, 1]);
  expect(before.get('process_resident_memory_bytes')).toBeGreaterThan(2 ** 20);
  expect(before.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);

  const ctx = connectTo(closing, scheduler.url);
  await registerNumbers(ctx);
  const { jobId } = await startJob((await ctx.sql(STUBBORN)).stream());
  await until('the task runs', async () => (await scrape(admin)).get('ballista_executor_tasks_running') === 1);
  expect((await scrape(scheduler.admin)).get('ballista_scheduler_jobs_running')).toBe(1);
  await ctx.cancelJob(jobId);
  const total = 'ballista_scheduler_jobs_total';
  await until('the job is cancelled', async () => {
    return (await scrape(scheduler.admin)).get(`${total}{outcome="cancelled"}`) === 1;
  });

  expect(await (await ctx.sql(SHORT)).toArray()).toEqual([{ s: SHORT_RESULT }]);
  const failing = await ctx.sql('select 1 / (x - 5) as a from k');
  expect(await rejected(failing.collect())).toMatchObject({ code: 'JOB_FAILED' });
  const jobs = await scrape(scheduler.admin);
  expect(jobs.get('ballista_scheduler_jobs_running')).toBe(0);
  expect(jobs.get('ballista_scheduler_jobs_queued')).toBe(0);
  expect(jobs.get(`${total}{outcome="succeeded"}`)).toBeGreaterThanOrEqual(1);
  expect(jobs.get(`${total}{outcome="failed"}`)).toBe(1);
  await until('the tasks are counted', async () => {
    const tasks = await scrape(admin);
    const count = (outcome: string) => tasks.get(`ballista_executor_tasks_total{outcome="${outcome}"}`) ?? 0;
    return tasks.get('ballista_executor_tasks_running') === 0 && count('succeeded') > 0 && count('failed') > 0;
  });
  // The scheduler logs the failure, but not each query.
  const logged = scheduler.daemon.lines().filter(({ target }) => String(target).startsWith('ballista_scheduler'));
  expect(logged).toContainEqual(expect.objectContaining({ message: expect.stringContaining('Job failed') }));
  expect(logged.map(({ level }) => level)).not.toContain('info');
});

it('metrics say how many tasks wait for a slot', async () => {
  const scheduler = await start('scheduler');
  await executor(scheduler);
  const ctx = connectTo(closing, scheduler.url, STAGES);
  await registerNumbers(ctx);
  const waiting = async (): Promise<number | undefined> =>
    (await scrape(scheduler.admin)).get('ballista_scheduler_tasks_waiting');
  expect(await waiting()).toBe(0);
  const jobs = [await ctx.sql(STUBBORN), await ctx.sql(STUBBORN)].map((df) => startJob(df.stream()));
  await until('the tasks of one job wait', async () => Number(await waiting()) > 0);
  for (const { jobId } of await Promise.all(jobs)) await ctx.cancelJob(jobId);
  await until('no task waits', async () => (await waiting()) === 0);
});

it('an executor is not ready while its scheduler is gone, and is ready again when it is back', async () => {
  const first = await start('scheduler');
  const { admin } = await executor(first);
  await first.daemon.close();
  await until('the executor notices', async () => (await ready(admin))[0] === 503);
  expect(await ready(admin)).toEqual([503, 'The scheduler does not answer.']);
  const again = await start('scheduler', ['--port', String(first.port)]);
  await until('the executor is back', async () => (await ready(admin))[0] === 200);
  await until('the scheduler is ready', async () => (await ready(again.admin))[0] === 200);
});

describe('SIGTERM while a query runs', () => {
  it('loses nothing on an executor: another one takes over', async () => {
    const scheduler = await start('scheduler');
    const leaving = await executor(scheduler);
    const ctx = connectTo(closing, scheduler.url, STAGES);
    await registerNumbers(ctx);
    const rows = (await ctx.sql(GROUPS)).toArray();
    await until('a task runs', async () => (await scrape(leaving.admin)).get('ballista_executor_tasks_running') !== 0);
    await executor(scheduler);
    leaving.daemon.kill('SIGTERM');
    expect(await rows).toEqual([{ s: SHORT_RESULT }]);
    expect(await leaving.daemon.ended).toMatchObject({ code: 0, signal: null, stdout: '', left: [] });
    await until('it has left', async () => (await scrape(scheduler.admin)).get('ballista_scheduler_executors') === 1);
  });

  it('loses nothing on a scheduler: it ends after the query, and refuses new ones', async () => {
    const scheduler = await start('scheduler');
    await executor(scheduler);
    const ctx = connectTo(closing, scheduler.url);
    await registerNumbers(ctx);
    const stream = (await ctx.sql('select n.x from n')).stream();
    // The job runs until its rows are read.
    const { first } = await startJob(stream);
    scheduler.daemon.kill('SIGTERM');
    await scheduler.daemon.logLine('The scheduler drains.', { signal: 'SIGTERM' });
    await until('it is not ready', async () => (await ready(scheduler.admin))[0] === 503);
    expect(await rejected((await ctx.sql(SHORT)).collect())).toMatchObject({
      message: expect.stringContaining('shutting down'),
    });
    let rows = (await first).value?.numRows ?? 0;
    for await (const batch of stream) rows += batch.numRows;
    expect(rows).toBe(1_000_000);
    expect(await scheduler.daemon.ended).toMatchObject({ code: 0, signal: null, stdout: '', left: [] });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a second signal ends at once: %s with %i', async (signal, code) => {
    const scheduler = await start('scheduler');
    const { daemon, admin } = await executor(scheduler, ['--drain-timeout-ms', '600000']);
    const ctx = connectTo(closing, scheduler.url);
    await registerNumbers(ctx);
    await startJob((await ctx.sql(STUBBORN)).stream());
    await until('the task runs', async () => (await scrape(admin)).get('ballista_executor_tasks_running') === 1);
    daemon.kill(signal);
    await daemon.logLine('The executor drains.', { signal });
    daemon.kill(signal);
    expect(await daemon.ended).toMatchObject({ code, signal: null, left: [] });
  });
});

describe('an executor that starts before its scheduler', () => {
  it('waits, and serves when the scheduler does', async () => {
    const port = await freePort();
    const early = new Daemon([...lonely(port), '--admin-port', '0']);
    closing.push(() => early.close());
    const { message } = await early.logLine('The executor waits for its scheduler.', { level: 'warn' });
    expect(message).toContain(`127.0.0.1:${port}`);
    const { port: admin } = await early.logLine('The admin port serves');
    expect(await ready(Number(admin))).toEqual([503, 'It is starting.']);
    const scheduler = await start('scheduler', ['--port', String(port)]);
    await early.logLine('The executor serves.');
    await until('the executor is ready', async () => (await ready(Number(admin)))[0] === 200);
    const ctx = connectTo(closing, scheduler.url);
    expect(await ctx.query('select 1 as a', { int64: 'number' })).toEqual([{ a: 1 }]);
    // The reason is the same at each attempt, and is told once.
    expect(early.lines().filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('ends at SIGTERM while it waits', async () => {
    const early = new Daemon(lonely(await freePort()));
    await early.logLine('The executor waits for its scheduler.');
    early.kill('SIGTERM');
    expect(await early.ended).toMatchObject({ code: 0, signal: null, left: [] });
  });
});

describe('a start that fails', () => {
  it('ends with 1 and says why, if the port is taken', async () => {
    const { port } = await start('scheduler');
    const second = new Daemon(['scheduler', '--port', String(port)]);
    const { code, stderr } = await second.ended;
    expect(code).toBe(1);
    expect(second.lines()).toMatchObject([{ level: 'error', code: 'ADDRESS_IN_USE' }]);
    expect(stderr).toContain(String(port));
  });

  it('ends with 1 if no scheduler is there and an executor may not wait', async () => {
    const second = new Daemon([...lonely(await freePort()), '--scheduler-timeout-ms', '0']);
    expect(await second.ended).toMatchObject({ code: 1, left: [] });
    expect(second.lines()).toMatchObject([{ level: 'error', code: 'CONNECTION' }]);
  });

  it('ends with 1 and says nothing with --log-level off', async () => {
    const { port } = await start('scheduler');
    const second = new Daemon(['scheduler', '--port', String(port), '--log-level', 'off']);
    expect(await second.ended).toMatchObject({ code: 1, stdout: '', stderr: '' });
  });

  it.each([
    [['--port', '70000'], '--port must be a whole number from 0 to 65535'],
    [['--prot', '1'], 'Did you mean "--port"?'],
    [
      ['--token', TOKENS.member.token],
      'Use --token-file, the variable BALLISTA_SCHEDULER_TOKEN or a file with --config.',
    ],
    [['--host', '0.0.0.0'], 'everyone on the network could run queries'],
    [['--tls-cert', 'a'], 'tls.cert and tls.key belong together'],
    [['--log-level', 'loud'], 'The log level "loud" is none of'],
  ])('ends with 2 if a setting is wrong: %j', async (args, text) => {
    const { code, stderr, stdout } = await new Daemon(['scheduler', ...args]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(text);
    expect(stderr).not.toContain(TOKENS.member.token);
  });
});

it('a server without security warns in its log', async () => {
  const { daemon } = await start('scheduler', ['--host', '0.0.0.0', '--external-host', '127.0.0.1', '--insecure']);
  await daemon.close();
  // Each line is JSON.
  const warnings = daemon.lines().filter(({ level }) => level === 'warn');
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('The scheduler listens on 0.0.0.0 without TLS and authentication'),
  ]);
});

it('TLS and tokens come from TOML files and variables, and are in no log and in no list of processes', async () => {
  const certificates = await Certificates.make();
  closing.push(() => certificates.remove());
  const folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const { member, ann } = TOKENS;
  writeFileSync(join(folder, 'tokens.json'), JSON.stringify({ tokens: [member, ann] }));
  const tls = `ca = "${certificates.server.ca}"\ncert = "${certificates.server.cert}"\nkey = "${certificates.server.key}"`;
  const table = (role: Role) => `[${role}.tls]\n${tls}\n[${role}.auth]\ntokens-file = "tokens.json"\n`;
  const file = join(folder, 'ballista.toml');
  writeFileSync(file, `[scheduler]\ntoken = "${member.token}"\n${table('scheduler')}${table('executor')}`);

  const scheduler = await start('scheduler', ['--config', file, '--log-level', 'trace']);
  const env = { BALLISTA_EXECUTOR_TOKEN: member.token };
  const running = await executor(scheduler, ['--config', file, '--log-level', 'trace'], env);
  const client = { ...(certificates.client.ca === undefined ? {} : { ca: certificates.client.ca }) };
  const ctx = connectTo(closing, scheduler.url, { tls: client, token: ann.token });
  expect(await (await ctx.sql('select 1 as a')).toArray()).toEqual([{ a: 1n }]);
  expect(
    await rejected((await connectTo(closing, scheduler.url, { tls: client }).sql('select 1')).collect()),
  ).toMatchObject({
    code: 'UNAUTHORIZED',
  });
  for (const { daemon } of [scheduler, running]) {
    expect(readFileSync(`/proc/${daemon.pid}/cmdline`, 'utf8')).not.toContain(member.token);
    await daemon.close();
    expect(daemon.lines().length).toBeGreaterThan(10);
    expect(daemon.stderr).not.toContain(member.token);
    expect(daemon.stderr).not.toContain(ann.token);
  }
});

it('ballista config shows the settings with their sources, and no secret', async () => {
  const env = { BALLISTA_EXECUTOR_TOKEN: TOKENS.member.token, BALLISTA_EXECUTOR_VCORES: '3' };
  const text = await new Daemon(['config', 'executor', '--port', '7'], env).ended;
  expect(text).toMatchObject({ code: 0, stderr: '' });
  const lines = text.stdout.split('\n');
  expect(lines).toContain('port = 7 # flag --port');
  expect(lines).toContain('vcores = 3 # environment BALLISTA_EXECUTOR_VCORES');
  expect(lines).toContain('# grpc-port = 50052 # default');
  expect(lines).toContain('# token is hidden (environment BALLISTA_EXECUTOR_TOKEN)');
  const json = await new Daemon(['config', 'executor', '--json'], env).ended;
  expect(JSON.parse(json.stdout)).toContainEqual({
    key: 'token',
    isSet: true,
    source: 'environment',
    from: 'BALLISTA_EXECUTOR_TOKEN',
    flag: null,
    variable: 'BALLISTA_EXECUTOR_TOKEN',
  });
  expect(`${text.stdout}${json.stdout}`).not.toContain(TOKENS.member.token);
});
