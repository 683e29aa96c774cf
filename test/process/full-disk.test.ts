/**
 * A query does not fail because of the full disk of one executor, as long as another one has room. A query that needs more of
 * a disk than its limit fails alone.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BallistaScheduler, type BallistaSessionContext, type SessionOptions } from 'ballista';
import { describe, expect, it } from 'vitest';

import { entriesOf } from '../support/changing-folder.js';
import { closedAfterEach, connectTo } from '../support/closing.js';
import { Program } from '../support/program.js';
import { rejected } from '../support/rejected.js';
import { registerTpch } from '../support/tpch.js';
import { unnamedFiles } from '../support/unnamed-files.js';
import { until } from '../support/until.js';

/** Shuffles some megabytes on each of two executors. */
const SHUFFLED = `select count(*) as n, cast(sum(q) as double) as q, max(a || b) as c from
                  (select l_orderkey, sum(l_quantity) as q, min(l_comment) as a, max(l_comment) as b from lineitem
                   group by l_orderkey)`;
const SHUFFLED_ROWS = [{ n: 150_000n, q: 15_334_802, c: expect.any(String) }];
/** Sorts some dozen megabytes, which do not fit in `LITTLE`. */
const SORTED = 'select l_comment, l_orderkey from lineitem order by l_comment, l_orderkey, l_linenumber';
const LINES = 600_572;
const LITTLE = 24 << 20;
const LIMIT = 1 << 20;
/** Some hundred megabytes of rows. */
const WIDE =
  'select l.l_orderkey, l.l_comment, l.l_shipdate from lineitem l cross join (values (1), (2), (3), (4), (5)) as t(x)';

const STAGES: SessionOptions = { clusterConfig: { 'cluster.whole_query': 'never' } };
/** Sorts reserve little memory for the merge, so that they need the disk and not more memory. */
const WHOLE: SessionOptions = {
  config: { 'datafusion.execution.sort_spill_reservation_bytes': 2 ** 20 },
  clusterConfig: { 'cluster.whole_query': 'always' },
};

const closing = closedAfterEach();

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ballista-test-'));
  closing.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A disk of 2 MB. */
function smallDisk(): string {
  const path = folder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path]);
  closing.push(() => execFileSync('umount', ['-l', path]));
  return path;
}

function canMount(): boolean {
  try {
    smallDisk();
    return true;
  } catch {
    console.log('Tests with a small disk are skipped: this user must not mount one.');
    return false;
  } finally {
    for (const close of closing.splice(0).reverse()) close();
  }
}

async function startScheduler(): Promise<BallistaScheduler> {
  const scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  closing.push(() => scheduler.close());
  return scheduler;
}

async function startExecutor(schedulerPort: number, options: object, shell?: string): Promise<Program> {
  const program = Program.executor({ schedulerPort, ...options }, shell ? { shell } : {});
  closing.push(() => {
    program.kill('SIGKILL');
    return program.ended;
  });
  await program.line('ready');
  return program;
}

async function connect(scheduler: BallistaScheduler, options: SessionOptions): Promise<BallistaSessionContext> {
  const ctx = connectTo(closing, scheduler.url, options);
  await registerTpch(ctx);
  return ctx;
}

describe.runIf(canMount())('a small disk', () => {
  it('fails a query in stages if no other executor has room', async () => {
    const scheduler = await startScheduler();
    const workDir = smallDisk();
    await startExecutor(scheduler.port, { workDir, vcores: 2 });
    const ctx = await connect(scheduler, STAGES);
    const error = await rejected((await ctx.sql(SHUFFLED)).collect());
    expect(error).toMatchObject({ code: 'RESOURCES_EXHAUSTED', message: expect.stringContaining(workDir) });
  });

  it('gets no leftovers of queries that failed', async () => {
    const scheduler = await startScheduler();
    const workDir = smallDisk();
    await startExecutor(scheduler.port, { workDir, vcores: 2 });
    const ctx = await connect(scheduler, STAGES);
    for (let run = 0; run < 8; run++)
      expect((await rejected((await ctx.sql(SHUFFLED)).collect())).code).toBe('RESOURCES_EXHAUSTED');
    await until('no files are left', () => !entriesOf(workDir).some(({ name }) => name.endsWith('.arrow')));
  });

  it('does not fail a query in stages if another executor has room', async () => {
    const scheduler = await startScheduler();
    const workDir = smallDisk();
    await startExecutor(scheduler.port, { workDir, vcores: 2 });
    await startExecutor(scheduler.port, { workDir: folder(), vcores: 1 });
    const ctx = await connect(scheduler, STAGES);
    for (let run = 0; run < 3; run++) expect(await (await ctx.sql(SHUFFLED)).toArray()).toEqual(SHUFFLED_ROWS);
  });

  it('takes tasks again when it has room', async () => {
    const scheduler = await startScheduler();
    const workDir = smallDisk();
    await startExecutor(scheduler.port, { workDir, vcores: 2 });
    const ctx = await connect(scheduler, STAGES);
    expect((await rejected((await ctx.sql(SHUFFLED)).collect())).code).toBe('RESOURCES_EXHAUSTED');
    execFileSync('mount', ['-o', 'remount,size=200m', workDir]);
    expect(await (await ctx.sql(SHUFFLED)).toArray()).toEqual(SHUFFLED_ROWS);
  });

  it('does not fail a whole query that must spill if another executor has room', async () => {
    const scheduler = await startScheduler();
    await startExecutor(scheduler.port, { workDir: smallDisk(), vcores: 2, memoryLimitBytes: LITTLE });
    await startExecutor(scheduler.port, { workDir: folder(), vcores: 1, memoryLimitBytes: LITTLE });
    const ctx = await connect(scheduler, WHOLE);
    expect((await (await ctx.sql(SORTED)).collect()).reduce((sum, batch) => sum + batch.numRows, 0)).toBe(LINES);
  });

  it('fails a whole query that must spill if no other executor has room', async () => {
    const scheduler = await startScheduler();
    const workDir = smallDisk();
    await startExecutor(scheduler.port, { workDir, memoryLimitBytes: LITTLE });
    const ctx = await connect(scheduler, WHOLE);
    const error = await rejected((await ctx.sql(SORTED)).collect());
    expect(error).toMatchObject({ code: 'RESOURCES_EXHAUSTED', message: expect.stringContaining(workDir) });
  });

  it('does not fail a query whose rows wait for a slow reader', async () => {
    const scheduler = await startScheduler();
    const workDir = smallDisk();
    const executor = await startExecutor(scheduler.port, { workDir });
    const ctx = await connect(scheduler, WHOLE);
    const stream = (await ctx.sql(WIDE)).stream();
    let rows = (await stream.next()).value?.numRows ?? 0;
    await until('the disk is nearly full', () => unnamedFiles(executor.pid, workDir).some((size) => size > 1 << 20));
    for await (const batch of stream) rows += batch.numRows;
    expect(rows).toBe(5 * LINES);
  });
});

describe.runIf(process.platform === 'linux')('a limit for the size of files', () => {
  const limited = 'ulimit -f 1024; exec "$@"';

  it('fails a query if no other executor has room', async () => {
    const scheduler = await startScheduler();
    const workDir = folder();
    await startExecutor(scheduler.port, { workDir, vcores: 2 }, limited);
    const ctx = await connect(scheduler, STAGES);
    const error = await rejected((await ctx.sql(SHUFFLED)).collect());
    expect(error).toMatchObject({ code: 'RESOURCES_EXHAUSTED', message: expect.stringContaining(workDir) });
  });

  it('does not fail a query if another executor has room', async () => {
    const scheduler = await startScheduler();
    await startExecutor(scheduler.port, { workDir: folder(), vcores: 2 }, limited);
    await startExecutor(scheduler.port, { workDir: folder(), vcores: 1 });
    const ctx = await connect(scheduler, STAGES);
    expect(await (await ctx.sql(SHUFFLED)).toArray()).toEqual(SHUFFLED_ROWS);
  });
});

describe('queryDiskLimitBytes', () => {
  it.each<[string, SessionOptions, string, object]>([
    ['the files of stages', STAGES, SHUFFLED, {}],
    ['spilled data', WHOLE, SORTED, { memoryLimitBytes: LITTLE }],
  ])('fails a query that needs more: %s', async (_, options, query, little) => {
    const scheduler = await startScheduler();
    const workDir = folder();
    await startExecutor(scheduler.port, { workDir, vcores: 2, queryDiskLimitBytes: LIMIT, ...little });
    const ctx = await connect(scheduler, options);
    const error = await rejected((await ctx.sql(query)).collect());
    expect(error).toMatchObject({
      code: 'RESOURCES_EXHAUSTED',
      message: expect.stringContaining('queryDiskLimitBytes'),
      jobId: expect.any(String),
    });
    await until(
      'no files are left',
      () => !entriesOf(workDir).some((entry) => entry.isFile() && entry.name !== 'lock'),
    );
    expect(await (await ctx.sql('select count(*) as n from lineitem')).toArray()).toEqual([{ n: BigInt(LINES) }]);
  });

  it.runIf(process.platform === 'linux')('does not fail a query whose rows wait for a slow reader', async () => {
    const scheduler = await startScheduler();
    const workDir = folder();
    const executor = await startExecutor(scheduler.port, { workDir, queryDiskLimitBytes: 4 * LIMIT });
    const ctx = await connect(scheduler, WHOLE);
    const stream = (await ctx.sql(WIDE)).stream();
    let rows = (await stream.next()).value?.numRows ?? 0;
    const filed = () => unnamedFiles(executor.pid, workDir);
    await until('rows wait in a file', () => filed().some((size) => size > 2 * LIMIT));
    for await (const batch of stream) {
      rows += batch.numRows;
      expect(Math.max(0, ...filed())).toBeLessThan(8 * LIMIT);
    }
    expect(rows).toBe(5 * LINES);
  });
});
