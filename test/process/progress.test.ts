/** Progress, jobs and executors, on a cluster of processes. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { QueryProgress } from '../../src/config/query-progress.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { FLIGHTS, LONG_QUERY } from '../support/data.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { Program } from '../support/program.js';
import { rejected } from '../support/rejected.js';
import { type Secured, startSecured, TOKENS } from '../support/secured.js';
import { until } from '../support/until.js';
import { LONG, registerNumbers, SHORT } from './fixtures/queries.mjs';

const STAGES = { clusterConfig: { 'cluster.whole_query': 'never' } };
const WHOLE = { clusterConfig: { 'cluster.whole_query': 'always' } };
const EXECUTORS = 2;
const VCORES = 2;

/** Tasks that take some tenths of a second each. */
const TASKS = 12;
const SEVERAL = `select sum(s) as s from (${Array(TASKS).fill(SHORT).join(' union all ')})`;

let folder: string;
let cluster: ProcessCluster;
let ctx: BallistaSessionContext;
let whole: BallistaSessionContext;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballista-test-'));
  cluster = await ProcessCluster.start({ executors: EXECUTORS, vcores: VCORES, folder });
  ctx = new BallistaSessionContext(cluster.url, STAGES);
  whole = new BallistaSessionContext(cluster.url, WHOLE);
  for (const one of [ctx, whole]) await registerNumbers(one);
});
afterAll(async () => {
  await ctx.close();
  await whole.close();
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
});

async function all(progress: AsyncIterable<QueryProgress>): Promise<QueryProgress[]> {
  const found: QueryProgress[] = [];
  for await (const one of progress) found.push(one);
  return found;
}

/** Waits for the first progress that fulfils the condition. */
async function when(
  progress: AsyncIterable<QueryProgress>,
  condition: (progress: QueryProgress) => boolean,
): Promise<QueryProgress> {
  for await (const one of progress) if (condition(one)) return one;
  throw new Error('the query ended before');
}

describe('a query in stages', () => {
  it('tells its tasks while they run, and never goes back', async () => {
    const query = (await ctx.sql(SEVERAL)).execute();
    const seen = await all(query.progress);
    await query.result;
    const running = seen.filter(({ state }) => state === 'running');
    expect(running.length).toBeGreaterThan(1);
    const done = seen.flatMap(({ tasks }) => (tasks ? [tasks.done] : []));
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(new Set(done).size).toBeGreaterThan(2);
    for (const { tasks, stages } of running) {
      expect(tasks?.running ?? 0).toBeLessThanOrEqual(EXECUTORS * VCORES);
      expect(stages?.total ?? 2).toBeGreaterThan(1);
    }
    const last = seen.at(-1);
    expect(last?.tasks?.done).toBe(last?.tasks?.total);
    expect(last?.tasks?.total).toBeGreaterThanOrEqual(TASKS);
    expect(last?.stages?.done).toBe(last?.stages?.total);
    expect(last?.stageRows).toBeGreaterThanOrEqual(TASKS);
    expect(last).toMatchObject({ state: 'succeeded', rows: 1, fraction: 1, jobId: query.jobId });
  });

  it('tells at most ten times a second', async () => {
    const times: number[] = [];
    await (await ctx.sql(SEVERAL)).collect({ onProgress: () => times.push(performance.now()) });
    const gaps = times.slice(1, -1).map((time, i) => time - (times[i] ?? 0));
    // Timers have whole milliseconds.
    expect(gaps.every((gap) => gap >= 99)).toBe(true);
  });

  it('is estimated only when some tasks have ended', async () => {
    const query = (await ctx.sql(LONG)).execute();
    const first = await when(query.progress, ({ tasks }) => (tasks?.running ?? 0) > 0);
    expect(first.remainingMs).toBeUndefined();
    expect(first.fraction).toBeLessThan(0.1);
    await query.cancel();
  });

  it('has the metrics of its stages', async () => {
    const query = (await ctx.sql(SHORT)).execute();
    const stages = await query.metrics();
    expect(stages.length).toBeGreaterThan(1);
    expect(stages.map(({ stage }) => stage)).toEqual(stages.map((_, i) => i + 1));
  });
});

describe('a whole query', () => {
  it('is one task, and tells the rows that it has read', async () => {
    await whole.registerParquet('flights', FLIGHTS);
    const query = (await whole.sql(LONG_QUERY)).execute();
    const seen = await when(query.progress, ({ scannedRows = 0 }) => scannedRows > 0);
    expect(seen).toMatchObject({
      state: 'running',
      stages: { done: 0, running: 1, total: 1 },
      tasks: { done: 0, running: 1, total: 1 },
      fraction: undefined,
      remainingMs: undefined,
    });
    expect(await whole.job(query.jobId ?? '')).toMatchObject({ isWhole: true, state: 'running' });
    await query.cancel();
  });
});

describe('jobs', () => {
  it('are listed with their stages, and with the tasks of those that run', async () => {
    const query = (await ctx.sql(LONG)).execute();
    const { jobId = '' } = await when(query.progress, ({ tasks }) => (tasks?.done ?? 0) > 0);
    const [newest] = await ctx.jobs();
    expect(newest).toMatchObject({ jobId, state: 'running', sessionId: ctx.sessionId, owner: '', isWhole: false });
    expect(newest?.queuedAt?.getTime()).toBeGreaterThan(Date.now() - 120_000);
    expect(newest?.endedAt).toBeUndefined();
    const { stageList = [], tasks } = (await ctx.job(jobId)) ?? {};
    expect(stageList.map(({ stage }) => stage)).toEqual(stageList.map((_, i) => i + 1));
    const running = stageList.flatMap(({ taskList }) => taskList.filter(({ state }) => state === 'running'));
    expect(running.length).toBeGreaterThan(0);
    const executors = await ctx.executors();
    const ids = executors.map(({ executorId }) => executorId);
    for (const { executorId } of running) expect(ids).toContain(executorId);
    expect(tasks?.total).toBeGreaterThan(tasks?.done ?? 0);

    expect(await ctx.cancelJob(jobId)).toBe(true);
    expect((await rejected(query.result)).code).toBe('JOB_CANCELLED');
    expect((await ctx.job(jobId))?.state).toBe('cancelled');
    expect((await ctx.job(jobId))?.tasks.running).toBe(0);
  });

  it('that failed have their error', async () => {
    const query = (await ctx.sql("select cast(concat('x', cast(x as varchar)) as int) as y from k")).execute();
    const error = await rejected(query.result);
    const job = await ctx.job(error.jobId ?? '');
    expect(job).toMatchObject({ state: 'failed', endedAt: expect.any(Date) });
    expect(job?.error).toContain("Cannot cast string 'x");
  });

  it('that are unknown are undefined', async () => {
    expect(await ctx.job(crypto.randomUUID())).toBeUndefined();
    expect(await ctx.job('no/job')).toBeUndefined();
  });

  it('are still known when they have ended', async () => {
    const query = (await ctx.sql(SHORT)).execute();
    await query.result;
    expect(await ctx.job(query.jobId ?? '')).toMatchObject({ state: 'succeeded', endedAt: expect.any(Date) });
  });
});

describe('executors', () => {
  it('are listed with their slots', async () => {
    const executors = await ctx.executors();
    expect(executors).toHaveLength(EXECUTORS);
    for (const executor of executors) {
      expect(executor).toMatchObject({ host: '127.0.0.1', slots: VCORES, state: 'active', runsFunctions: false });
      expect(executor.taskMemoryBytes).toBeGreaterThan(0);
    }
    const free = async () => (await ctx.executors()).reduce((sum, { freeSlots }) => sum + freeSlots, 0);
    await until('all slots are free', async () => (await free()) === EXECUTORS * VCORES);
    const query = (await ctx.sql(LONG)).execute();
    await when(query.progress, ({ tasks }) => tasks?.running === EXECUTORS * VCORES);
    await until('all slots are taken', async () => (await free()) === 0);
    await query.cancel();
    await until('all slots are free again', async () => (await free()) === EXECUTORS * VCORES);
  });
});

describe('the schema system', () => {
  const rows = async (query: string) => (await ctx.sql(query)).toArray({ int64: 'number' });

  it('has the jobs, stages and tasks', async () => {
    const query = (await ctx.sql(LONG)).execute();
    const { jobId } = await when(query.progress, ({ tasks }) => (tasks?.done ?? 0) > 0);
    const job = `job_id = '${jobId}'`;
    expect(await rows(`select state, session_id, stages > 1 as staged, error from system.jobs where ${job}`)).toEqual([
      { state: 'running', session_id: ctx.sessionId, staged: true, error: null },
    ]);
    const joined = await rows(
      `select count(*) as n from system.tasks t join system.stages s on t.job_id = s.job_id and t.stage = s.stage
       join system.executors e on e.executor_id = t.executor_id where t.${job} and t.state = 'running'`,
    );
    expect(joined[0]?.['n']).toBeGreaterThan(0);
    await query.cancel();
    expect(await rows(`select state from system.jobs where ${job}`)).toEqual([{ state: 'cancelled' }]);
    expect(await rows(`select count(*) as n from system.tasks where ${job}`)).toEqual([{ n: 0 }]);
  });

  it('has the executors', async () => {
    expect(await rows('select host, slots, state from system.executors')).toEqual(
      Array(EXECUTORS).fill({ host: '127.0.0.1', slots: VCORES, state: 'active' }),
    );
  });

  it('asks again at each query, also with a prepared statement', async () => {
    const count = await ctx.prepare('select count(*) as n from system.jobs');
    const jobs = async () => (await (await count.execute()).toArray({ int64: 'number' }))[0]?.['n'] as number;
    const before = await jobs();
    await (await ctx.sql(SHORT)).collect();
    expect(await jobs()).toBe(before + 1);
  });

  it('runs no job, and is not listed among the schemas', async () => {
    const before = (await ctx.jobs()).length;
    await rows('select * from system.jobs');
    expect((await ctx.jobs()).length).toBe(before);
    expect(ctx.catalog().schemaNames()).not.toContain('system');
  });

  it('cannot be read together with other tables, except from a cache', async () => {
    const query = 'select count(*) as n from system.executors join k on slots = x';
    expect((await rejected(rows(query))).code).toBe('NOT_IMPLEMENTED');
    await ctx.registerView('cached', await (await ctx.table('system.executors')).cache());
    expect(await rows(query.replace('system.executors', 'cached'))).toEqual([{ n: EXECUTORS }]);
  });
});

describe('a handle that is dropped', () => {
  it('lets its query end, and the process', async () => {
    const ended = await new Program('progress.mjs', { args: ['dropped', cluster.url] }).ended;
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '', stdout: 'submitted\nsucceeded\n' });
  });

  it('does not end the process if its query fails', async () => {
    const ended = await new Program('progress.mjs', { args: ['failed', cluster.url] }).ended;
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '', stdout: 'still here\n' });
  });

  it('does not keep the process alive with a stream that is not read on', async () => {
    const ended = await new Program('progress.mjs', { args: ['unread', cluster.url] }).ended;
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '', stdout: 'one batch\n' });
  });
});

describe('on a cluster with tokens', () => {
  let secured: Secured;
  beforeAll(async () => {
    secured = await startSecured();
  });
  afterAll(() => secured.close());

  it('an owner sees its own jobs, and an admin sees all', async () => {
    const [ann, bob, admin] = [TOKENS.ann, TOKENS.bob, TOKENS.admin].map(({ token }) => secured.context(token, STAGES));
    if (!ann || !bob || !admin) throw new Error('a context is missing');
    const query = (await ann.sql('select count(*) as n from generate_series(1, 1000)')).execute();
    await query.result;
    const jobId = query.jobId ?? '';
    const ids = async (of: BallistaSessionContext) => (await of.jobs()).map((job) => job.jobId);
    expect(await ids(ann)).toContain(jobId);
    expect(await ids(bob)).not.toContain(jobId);
    expect(await ids(admin)).toContain(jobId);
    expect(await bob.job(jobId)).toBeUndefined();
    expect(await admin.job(jobId)).toMatchObject({ owner: 'ann', sessionId: ann.sessionId });
    expect(await bob.executors()).toHaveLength(2);
  });

  it('no one cancels the jobs of others, except an admin', async () => {
    const [ann, bob, admin] = [TOKENS.ann, TOKENS.bob, TOKENS.admin].map(({ token }) => secured.context(token, STAGES));
    if (!ann || !bob || !admin) throw new Error('a context is missing');
    await registerNumbers(ann);
    const query = (await ann.sql(LONG)).execute();
    const { jobId = '' } = await when(query.progress, ({ tasks }) => (tasks?.running ?? 0) > 0);
    expect(await bob.cancelJob(jobId)).toBe(false);
    expect((await ann.job(jobId))?.state).toBe('running');
    expect(await admin.cancelJob(jobId)).toBe(true);
    expect((await rejected(query.result)).code).toBe('JOB_CANCELLED');
  });

  it.each([
    ['a token without the role read', TOKENS.onlyWrite.token, 'FORBIDDEN'],
    ['an executor', TOKENS.member.token, 'FORBIDDEN'],
    ['no token', undefined, 'UNAUTHORIZED'],
  ])('%s sees nothing', async (_, token, code) => {
    const other = secured.context(token);
    for (const work of [() => other.jobs(), () => other.job('x'), () => other.executors()])
      expect((await rejected(work())).code).toBe(code);
  });
});
