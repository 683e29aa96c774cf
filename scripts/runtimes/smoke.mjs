// scripts/smoke.mjs runs this in each runtime. It starts a cluster in the process, runs a query, and ends cleanly.
import { createRequire } from 'node:module';
import { BallistaSessionContext, setupTestCluster } from '../../dist/index.mjs';

const commonJs = createRequire(import.meta.url)('../../dist/index.cjs');
if (typeof commonJs.setupTestCluster !== 'function')
  throw new Error('the CommonJS build does not export setupTestCluster');

const cluster = await setupTestCluster();
const ctx = new BallistaSessionContext(cluster.url);
const frame = await ctx.sql('SELECT 1 AS one');
const [row] = await frame.toArray();
await ctx.close();
await cluster.close();
console.log(`SELECT 1 = ${row?.one}`);
