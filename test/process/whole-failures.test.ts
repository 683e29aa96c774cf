import { expect, it } from 'vitest';
import { ServerProcess } from '../support/child.js';
import { closedAfterEach, connectTo } from '../support/closing.js';
import { AIRPORTS, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const temp = tempFolder();
const ROUNDS = 40;
const AT_ONCE = 10;

const closing = closedAfterEach();

// The executor removes the result of a failed query, often before the client has asked for its first rows.
it('a whole query that fails at once on an executor in another process ends at its client, each time', async () => {
  const scheduler = await ServerProcess.scheduler();
  closing.push(() => scheduler.close());
  const limits = { vcores: 4, workDir: temp('work'), files: { read: [] } };
  const executor = await ServerProcess.executor(scheduler.port, limits);
  closing.push(() => executor.close());
  const ctx = connectTo(closing, `df://127.0.0.1:${scheduler.port}`);
  const airports = await ctx.readCsv(AIRPORTS);
  for (let round = 0; round < ROUNDS; round++) {
    const errors = await Promise.all(Array.from({ length: AT_ONCE }, () => rejected(airports.count())));
    for (const error of errors) expect(error).toMatchObject({ code: 'FORBIDDEN' });
  }
}, 60_000);
