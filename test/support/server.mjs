/**
 * A scheduler or an executor in its own process, for tests:
 *
 *     node test/support/server.mjs scheduler
 *     node test/support/server.mjs executor <port of the scheduler> <vcores> <folder for its files> [no-udf]
 *
 * More options, as JSON, may be the last argument.
 *
 * Prints `{"port":N}` when it serves. Ends when its standard input closes, which also happens when the test crashes. Imports
 * the built package, because Node 20 cannot run TypeScript.
 *
 * @module
 */

import { BallistaExecutor, BallistaScheduler } from 'ballista';

const more = process.argv.at(-1)?.startsWith('{') ? JSON.parse(process.argv.pop() ?? '') : {};
const [role, schedulerPort, vcores, workDir = ''] = process.argv.slice(2);
const server =
  role === 'scheduler'
    ? new BallistaScheduler({ port: 0, ...more })
    : new BallistaExecutor({
        schedulerPort: Number(schedulerPort),
        vcores: Number(vcores),
        workDir,
        port: 0,
        grpcPort: 0,
        udf: process.argv[6] !== 'no-udf',
        udfMemoryLimitBytes: 64 * 2 ** 20,
        ...more,
      });

await server.start();
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
for await (const _ of process.stdin);
await server.close();
