import { readdirSync } from 'node:fs';
import { BallistaExecutor, BallistaScheduler, BallistaSessionContext } from 'ballista';
import { expect, it } from 'vitest';

import { tempFolder } from '../support/data.js';
import { Program } from '../support/program.js';
import { rejected } from '../support/rejected.js';
import { until } from '../support/until.js';
import { registerNumbers } from './fixtures/queries.mjs';

const BOUND_MS = 120_000;
const temp = tempFolder();

it('a killed executor leaves no readable files of a write, and no row is duplicated', {
  timeout: 2 * BOUND_MS,
}, async () => {
  await using scheduler = new BallistaScheduler({ port: 0 });
  await scheduler.start();
  const victim = Program.executor({ schedulerPort: scheduler.port }, { timeoutMs: 2 * BOUND_MS });
  await victim.line('ready');
  await using survivor = new BallistaExecutor({ schedulerPort: scheduler.port, port: 0, grpcPort: 0, vcores: 1 });
  await using ctx = new BallistaSessionContext(scheduler.url);
  await registerNumbers(ctx);
  const folder = temp('killed/');
  const signal = AbortSignal.timeout(BOUND_MS);

  const write = rejected((await ctx.sql('select n.x from k cross join n')).writeParquet(folder, { signal }));
  await until('it writes', () =>
    (readdirSync(temp(), { recursive: true }) as string[]).some((name) => /\.parquet/u.test(name)),
  );
  // Pauses it, so that it writes no more while the other executor starts.
  victim.kill('SIGSTOP');
  await survivor.start();
  victim.kill('SIGKILL');
  await victim.ended;
  expect(await write).toMatchObject({ code: 'JOB_FAILED', message: expect.stringMatching(/executor \S+ was lost/u) });

  expect((await rejected(ctx.readParquet(folder))).message).toContain('No file');
  const m = await ctx.table('m');
  expect(await m.writeParquet(folder, { signal })).toBe(100_000);
  expect(await (await ctx.readParquet(folder)).count({ signal })).toBe(100_000);
});
