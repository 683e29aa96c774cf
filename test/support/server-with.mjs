/**
 * A scheduler or an executor in its own process, with any options:
 *
 *     node test/support/server-with.mjs scheduler '{"port":0}'
 *
 * Prints `{"port":N}` when it serves. Ends when its standard input closes. Imports the built package, because Node 20 cannot
 * run TypeScript.
 *
 * @module
 */

import { BallistaExecutor, BallistaScheduler } from 'ballista';

const [role, options = '{}'] = process.argv.slice(2);
const server = new (role === 'scheduler' ? BallistaScheduler : BallistaExecutor)(JSON.parse(options));
await server.start();
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
for await (const _ of process.stdin);
await server.close();
