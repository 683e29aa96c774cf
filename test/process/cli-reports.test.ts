/** `ballista jobs`, `job`, `cancel`, `executors` and `top`, on a real cluster. */

import { writeFileSync } from 'node:fs';
import { BallistaSessionContext, type RecordBatchStream, setupTestCluster, type TestCluster } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Certificates } from '../support/certs.js';
import { ballista } from '../support/command.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { type Secured, startSecured, TOKENS } from '../support/secured.js';
import { HAS_TERMINAL, Terminal } from '../support/terminal.js';
import { until } from '../support/until.js';
import { LONG, registerNumbers, SHORT, startJob } from './fixtures/queries.mjs';

const NAME = 'nightly report';
let certificates: Certificates;
let cluster: TestCluster;
let ctx: BallistaSessionContext;
beforeAll(async () => {
  certificates = await Certificates.make();
  cluster = await setupTestCluster({ executors: 2, vcores: 2, processOnly: false, tls: certificates.server });
  ctx = new BallistaSessionContext(cluster.url, {
    clusterConfig: { 'cluster.whole_query': 'never', 'ballista.job.name': NAME },
    tls: certificates.client,
  });
  await registerNumbers(ctx);
});
afterAll(async () => {
  await ctx.close();
  await cluster.close();
  certificates.remove();
});

/** Where the cluster is. */
function connection(): string[] {
  const { ca, cert, key } = certificates.client;
  return ['--connect', cluster.url, '--tls-ca', String(ca), '--tls-cert', String(cert), '--tls-key', String(key)];
}

function ask(...args: string[]) {
  return ballista([...args, ...connection()]);
}

async function json(...args: string[]) {
  const { code, stdout, stderr } = await ask(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

/** A query that runs until it is cancelled. */
async function running(): Promise<{ stream: RecordBatchStream; first: Promise<unknown>; jobId: string }> {
  const stream = (await ctx.sql(LONG)).stream();
  return { stream, ...(await startJob(stream)) };
}

describe('a cluster with a running job', () => {
  let stream: RecordBatchStream;
  let jobId: string;
  beforeAll(async () => {
    await (await ctx.sql(SHORT)).collect();
    ({ stream, jobId } = await running());
    await until('tasks of the job run', async () => ((await ctx.job(jobId))?.tasks.running ?? 0) > 0);
  });
  afterAll(() => stream.cancel());

  it('jobs lists the newest first', async () => {
    const [first, second] = await json('jobs');
    expect(first).toMatchObject({ jobId, state: 'running', name: NAME, tasks: { total: expect.any(Number) } });
    expect(second).toMatchObject({ state: 'succeeded', endedAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    const { code, stdout } = await ask('jobs');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`\\| ${jobId} +\\| running +\\| ${NAME} +\\| \\[[#.]{20}\\] \\d+ % +\\|`));
    expect(stdout).toMatch(/\| succeeded \|/);
  });

  it('job shows stages and tasks', async () => {
    const job = await json('job', jobId);
    expect(job).toMatchObject({ jobId, state: 'running' });
    expect(job.stageList.length).toBe(job.stages.total);
    const { code, stdout } = await ask('job', jobId);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`\\| job +\\| ${jobId} +\\|`));
    expect(stdout).toMatch(/\| state +\| running +\|/);
    expect(stdout).toMatch(/\| stage \| state/);
    expect(stdout).toMatch(/\| stage \| task/);
  });

  it('executors lists slots', async () => {
    const executors = await json('executors');
    expect(executors).toHaveLength(2);
    expect(executors[0]).toMatchObject({ slots: 2, state: 'active' });
    const { stdout } = await ask('executors');
    expect(stdout.match(/\| active \| [0-2]\/2 +\|/g)).toHaveLength(2);
  });

  it('top prints one snapshot in a pipe', async () => {
    const snapshot = await json('top');
    expect(snapshot.jobs[0]).toMatchObject({ jobId, state: 'running' });
    expect(snapshot.executors).toHaveLength(2);
    const { code, stdout, stderr } = await ask('top');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^executors: 2 · busy slots: \d\/4 · running jobs: 1 · queued jobs: 0\n/);
    expect(stdout).toContain(jobId);
    expect(stdout).not.toContain('\u001b');
  });

  it.skipIf(!HAS_TERMINAL)('top draws again and again on a terminal, until q', async () => {
    const terminal = new Terminal(['top', ...connection()], {});
    try {
      const drawn = await terminal.see('running jobs: 1');
      await terminal.see('running jobs: 1', drawn);
      terminal.type('q');
      expect(await terminal.ended).toBe(0);
      // The lines of the terminal, the cursor and line wrap are back.
      expect(terminal.output).toContain('\u001b[?7h\u001b[?25h\u001b[?1049l');
    } finally {
      terminal.kill();
    }
  });

  it.skipIf(!HAS_TERMINAL)('Ctrl-C ends top, too', async () => {
    const terminal = new Terminal(['top', ...connection()], {});
    try {
      await terminal.see('running jobs: 1');
      terminal.type('\u0003');
      expect(await terminal.ended).toBe(0);
    } finally {
      terminal.kill();
    }
  });
});

describe('cancel', () => {
  it('cancels a job that runs', async () => {
    const { first, jobId } = await running();
    expect(await ask('cancel', jobId)).toEqual({ code: 0, stdout: `The job ${jobId} was cancelled.\n`, stderr: '' });
    expect((await ctx.job(jobId))?.state).toBe('cancelled');
    expect((await rejected(first)).code).toMatch(/^JOB_/);
    expect(await ask('cancel', jobId)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(jobId) });
    const again = await ask('cancel', jobId, '--json');
    expect([again.code, JSON.parse(again.stdout)]).toEqual([1, { jobId, cancelled: false }]);
  });
});

describe('failures', () => {
  it('a job that does not exist ends with 1', async () => {
    expect(await ask('job', 'nothing')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Error: The scheduler has no job nothing\..*\n$/),
    });
  });

  it.each([['jobs'], ['executors'], ['top']])('%s without a scheduler ends with 2', async (...args) => {
    expect(await ballista(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('--connect') });
  });

  it('job and cancel without an id end with 2', async () => {
    for (const name of ['job', 'cancel']) expect((await ask(name)).code).toBe(2);
  });

  it('a scheduler that does not answer ends with 1', async () => {
    const { code, stderr } = await ballista(['jobs', '--connect', 'df://127.0.0.1:1']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^CONNECTION: .*\n$/) });
  });
});

describe('a cluster with tokens', () => {
  const temp = tempFolder();
  let secured: Secured;
  beforeAll(async () => {
    secured = await startSecured({ executors: 1 });
    for (const { name, token } of Object.values(TOKENS)) writeFileSync(temp(name), token);
  });
  afterAll(() => secured.close());

  it('shows the jobs of the token', async () => {
    const ann = secured.context(TOKENS.ann.token);
    await (await ann.sql('select count(*) from generate_series(1, 1000)')).collect();
    const jobs = (name: string) => ballista(['jobs', '--connect', secured.url, '--token-file', temp(name), '--json']);
    expect(JSON.parse((await jobs('ann')).stdout)).toMatchObject([{ owner: 'ann', state: 'succeeded' }]);
    expect(JSON.parse((await jobs('bob')).stdout)).toEqual([]);
    expect(JSON.parse((await jobs('admin')).stdout)).toMatchObject([{ owner: 'ann' }]);
  });

  it.each([[['jobs']], [['job', 'x']], [['cancel', 'x']], [['executors']], [['top']]])(
    '%j needs a token',
    async (args) => {
      const { code, stderr } = await ballista([...args, '--connect', secured.url]);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^UNAUTHORIZED: .*\n$/) });
    },
  );
});
