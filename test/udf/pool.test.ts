import { readdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';

import { setupTestCluster } from '../../src/cluster/test-cluster.js';
import { col } from '../../src/expr/expr.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { SessionContext } from '../../src/session/session-context.js';
import { udf } from '../../src/udf/udf.js';
import { udtf } from '../../src/udf/udtf.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const temp = tempFolder();

it('threads are replaced after a number of functions, because they keep loaded code', async () => {
  await using ctx = SessionContext.local();
  const df = await ctx.fromColumns({ n: [1] });
  const threads = new Set<number>();
  for (let i = 0; i < 130; i++) {
    const fn = udf({ name: `f${i}`, args: ['Int64'], returns: 'Int32' }, () => {
      return process.getBuiltinModule('node:worker_threads').threadId;
    });
    const [row] = await df.select(fn(col('n')).alias('thread')).toArray();
    threads.add(row?.['thread'] as number);
  }
  expect(threads.size).toBe(3);
});

it('a table function leaves a thread free for functions that read its rows', async () => {
  await using cluster = await setupTestCluster({ executors: 1, vcores: 1 });
  await using ctx = new BallistaSessionContext(cluster.url);
  ctx.registerUdtf(
    udtf({ name: 'endless', args: [], returns: { n: 'Int32' } }, function* () {
      for (let n = 0; ; n = (n + 1) % 100) yield { n };
    }),
  );
  ctx.registerUdf(udf({ name: 'is_odd', args: ['Int32'], returns: 'Boolean' }, (n) => n !== null && n % 2 === 1));
  const rows = await (await ctx.sql('SELECT n FROM endless() WHERE is_odd(n) LIMIT 3')).toArray();
  expect(rows).toEqual([{ n: 1 }, { n: 3 }, { n: 5 }]);
});

it('a thread that exits while it loads leaves no folder', async () => {
  const module = temp('leaves.mjs');
  writeFileSync(module, 'process.exit(3);\nexport const f = () => 1;\n');
  vi.stubEnv('TMPDIR', temp());
  await using ctx = SessionContext.local();
  const leaves = await udf.fromModule(pathToFileURL(module), 'f', { name: 'leaves', args: [], returns: 'Int32' });
  const failure = await rejected((await ctx.sql('SELECT 1 AS n')).select(leaves()).collect());
  expect(failure).toMatchObject({ code: 'UDF', message: expect.stringContaining('code 3') });
  expect(readdirSync(temp())).toEqual(['leaves.mjs']);
  vi.unstubAllEnvs();
});
