/**
 * A scheduler or an executor in its own process, with the options of a file:
 *
 *     node test/support/secured-server.mjs scheduler <file with its options as JSON>
 *
 * Prints `{"port":N}` when it serves. Ends when its standard input closes.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { BallistaExecutor, BallistaScheduler } from 'ballista';

const [role, file = ''] = process.argv.slice(2);
const options = JSON.parse(readFileSync(file, 'utf8'));
const server = role === 'scheduler' ? new BallistaScheduler(options) : new BallistaExecutor(options);

await server.start();
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
for await (const _ of process.stdin);
await server.close();
