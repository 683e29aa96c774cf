/**
 * A scheduler or an executor in its own process, for tests:
 *
 *     node test/support/server.mjs scheduler '{"port":50050}'
 *     node test/support/server.mjs executor options.json
 *
 * The options are JSON, or a file with JSON for options that `ps` must not show. Ports are free ones by default.
 *
 * Prints `{"port":N}` when it serves. Ends when its standard input closes, which also happens when the test crashes. Imports
 * the built package, because Node 20 cannot run TypeScript.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { BallistaExecutor, BallistaScheduler } from 'ballista';

const [role, given = '{}'] = process.argv.slice(2);
const options = JSON.parse(given.startsWith('{') ? given : readFileSync(given, 'utf8'));
const server =
  role === 'scheduler'
    ? new BallistaScheduler({ port: 0, ...options })
    : new BallistaExecutor({ port: 0, grpcPort: 0, ...options });

await server.start();
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
for await (const _ of process.stdin);
await server.close();
