import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

await once(new Worker(new URL('./main.mjs', import.meta.url)), 'exit');
