import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  BallistaExecutor,
  BallistaScheduler,
  BallistaSessionContext,
  col,
  type SessionOptions,
  setupTestCluster,
  udf,
} from 'ballista';
import { describe, expect, it } from 'vitest';

import { ServerProcess } from '../support/child.js';
import { stagesOf } from '../support/jobs.js';
import { Program } from '../support/program.js';
import { rejected } from '../support/rejected.js';
import { until } from '../support/until.js';
import { registerNumbers, SHORT, SHORT_RESULT } from './fixtures/queries.mjs';

/** A query that takes longer counts as hanging. The scheduler notices a missing executor after 30 s. */
const BOUND_MS = 300_000;
const PARTS = 20;
const QUERY = `select sum(s) as s from (${Array(PARTS).fill(SHORT).join(' union all ')})`;

/** Starts a scheduler and, in its own process, an executor that the test kills. `survive` starts a second executor, which stays. */
async function withVictim(
  options: SessionOptions,
  body: (cluster: { ctx: BallistaSessionContext; victim: Victim; survive: () => Promise<void> }) => Promise<void>,
): Promise<void> {
  await using scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  const victim = await Victim.start(scheduler.port);
  await using survivor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  await using ctx = new BallistaSessionContext(scheduler.url, options);
  await registerNumbers(ctx);
  try {
    await body({ ctx, victim, survive: () => survivor.start() });
  } finally {
    await victim.kill();
  }
}

class Victim {
  readonly #program: Program;
  readonly workDir: string;

  private constructor(program: Program, workDir: string) {
    this.#program = program;
    this.workDir = workDir;
  }

  static async start(schedulerPort: number): Promise<Victim> {
    const program = Program.executor({ schedulerPort }, { timeoutMs: 2 * BOUND_MS });
    return new Victim(program, await program.line('ready'));
  }

  async kill(): Promise<void> {
    this.#program.kill('SIGKILL');
    await this.#program.ended;
  }
}

describe.concurrent('killing an executor', () => {
  it.for([1, 4, 8])(
    'during a query with %i stages loses and duplicates no rows',
    { timeout: 2 * BOUND_MS },
    async (stages, { expect }) => {
      await withVictim({}, async ({ ctx, victim, survive }) => {
        await survive();
        const signal = AbortSignal.timeout(BOUND_MS);
        const result = (await ctx.sql<{ s: bigint }>(QUERY)).toArray({ signal });
        let over = false;
        const ended = () => (over = true);
        result.then(ended, ended);
        // The other executor may finish the query first.
        await until('it has results', () => over || stagesOf(victim).length >= stages, BOUND_MS);
        await victim.kill();
        expect(await result).toEqual([{ s: BigInt(PARTS) * SHORT_RESULT }]);
        expect(await (await ctx.sql(SHORT)).toArray({ signal })).toEqual([{ s: SHORT_RESULT }]);
      });
    },
  );

  it('during a write fails with JOB_FAILED, so that no file is written twice', { timeout: 2 * BOUND_MS }, async ({
    expect,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));
    await withVictim({}, async ({ ctx, victim, survive }) => {
      const signal = AbortSignal.timeout(BOUND_MS);
      const written = ctx.sql(`copy (select n.x from k cross join n) to '${folder}/' stored as csv`, { signal });
      await until('it writes', () => readdirSync(folder).length > 0);
      await survive();
      await victim.kill();
      await expect(written).rejects.toMatchObject({
        code: 'JOB_FAILED',
        message: expect.stringMatching(/executor \S+ was lost/u),
      });
      expect(await (await ctx.sql(SHORT)).toArray({ signal })).toEqual([{ s: SHORT_RESULT }]);
    });
    rmSync(folder, { recursive: true });
  });
});

describe.concurrent('a query that ends the executors that run it', () => {
  const kills = udf({ name: 'kills', args: ['Int64'], returns: 'Int64' }, (x) => {
    process.kill(process.pid, 'SIGKILL');
    return x;
  });

  it.for<[string, SessionOptions]>([
    ['as a whole', {}],
    ['in stages', { clusterConfig: { 'cluster.whole_query': 'never', 'datafusion.execution.target_partitions': '1' } }],
  ])('runs again once, and not on a third one: %s', { timeout: 2 * BOUND_MS }, async ([, options], { expect }) => {
    const folder = mkdtempSync(join(tmpdir(), 'ballista-test-'));
    const scheduler = await ServerProcess.scheduler();
    const start = () => ServerProcess.executor(scheduler.port, { vcores: 1, workDir: folder });
    const executors = await Promise.all([start(), start(), start()]);
    await using ctx = new BallistaSessionContext(`df://127.0.0.1:${scheduler.port}`, options);
    const signal = AbortSignal.timeout(BOUND_MS);
    const deadly = (await ctx.sql('SELECT 1 AS x')).select(kills(col('x')));
    expect(await rejected(deadly.collect({ signal }))).toMatchObject({
      code: 'JOB_FAILED',
      message: expect.stringMatching(/was lost while it ran the query.*may be the cause/u),
    });
    expect(executors.filter((executor) => executor.alive)).toHaveLength(1);
    expect(await (await ctx.sql('SELECT 1 AS n')).count({ signal })).toBe(1);
    await Promise.all(executors.map((executor) => executor.close()));
    await scheduler.close();
    rmSync(folder, { recursive: true });
  });
});

describe('the list of lost executors of a failed job', () => {
  it.each(['127.0.0.1', '::1'])('is served by the scheduler on %s', async (host) => {
    await using cluster = await setupTestCluster({ host, vcores: 1, processOnly: false });
    await using ctx = new BallistaSessionContext(cluster.url);
    const { jobId } = await rejected((await ctx.sql('select 1 / (x - 1) from (values (1)) as t(x)')).collect());
    const url = new URL(cluster.url.replace('df:', 'http:'));
    const session = connect(url);
    const path = `/jobs/${jobId}/executors`;
    const [headers] = await once(session.request({ ':authority': url.host, ':path': path }), 'response');
    session.destroy();
    expect(headers[':status']).toBe(200);
  });
});
