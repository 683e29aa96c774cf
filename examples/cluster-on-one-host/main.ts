/**
 * A cluster with TLS and tokens, whose executors are replaced one by one while other programs run queries. README.md explains it.
 *
 *     node scripts/run.mjs examples/cluster-on-one-host/main.ts TABLES QUERIES
 */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BallistaSessionContext, writeCertificates } from 'ballista';

const EXECUTORS = ['executor-1', 'executor-2', 'executor-3'];
const [tables = '', queries = ''] = process.argv.slice(2).map((path) => resolve(path));
const statements = await Promise.all((await readdir(queries)).map((name) => readFile(join(queries, name), 'utf8')));

// The files of the cluster: certificates, tokens and settings.
const folder = await mkdtemp(join(tmpdir(), 'ballista-cluster-'));
const [member, token] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
const tokens = [
  { name: 'cluster', roles: ['executor'], token: member },
  { name: 'analyst', roles: ['read'], token },
];
const settings = `[cluster]
port = 0
executors = ${EXECUTORS.length}
vcores = 1
token = "${member}"
tls = { ca = "ca.pem", cert = "server.pem", key = "server.key" }
auth = { tokens-file = "tokens.json" }
files = { read = [${JSON.stringify(tables)}], write = [] }
`;
await writeCertificates(folder);
await writeFile(join(folder, 'tokens.json'), JSON.stringify({ tokens }), { mode: 0o600 });
await writeFile(join(folder, 'ballista.toml'), settings, { mode: 0o600 });

// With the package installed in a project, the command is `npx ballista cluster`.
const ballista = fileURLToPath(new URL('cli.mjs', import.meta.resolve('ballista')));
const args = [ballista, 'cluster', '--config', join(folder, 'ballista.toml'), '--log-format', 'json'];
const cluster = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
const ended = once(cluster, 'exit');

// The log says when a process serves, also after a restart.
const pids = new Map<string, number>();
const serving = new EventEmitter();
createInterface(cluster.stderr).on('line', (text) => {
  const { level, target, message, process: name, childPid } = JSON.parse(text);
  if (level === 'error' && target === 'ballista') console.error(message);
  if (childPid === undefined) return;
  pids.set(name, childPid);
  serving.emit(name);
});

const answers = new Map<string, string>();
let [done, replaced] = [0, false];
try {
  const all = Promise.all(EXECUTORS.map((name) => once(serving, name)));
  const failed = ended.then(([code]) => Promise.reject(new Error(`The cluster has ended with ${code}.`)));
  const [[url]] = await Promise.race([Promise.all([once(createInterface(cluster.stdout), 'line'), all]), failed]);
  console.log(`The cluster serves with ${EXECUTORS.length} executors.`);
  // One client's queries run in one task each, the other's in stages, whose executors need each other's results.
  const load = Promise.all([runQueries(url, 'always'), runQueries(url, 'never')]);
  await Promise.race([replaceExecutors(), load, failed]);
  replaced = true;
  await load;
  console.log(`${done} queries gave the same answers all the time.`);
} finally {
  cluster.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true });
}

async function runQueries(url: string, whole: string): Promise<void> {
  const tls = { ca: join(folder, 'ca.pem') };
  await using ctx = new BallistaSessionContext(url, { tls, token, clusterConfig: { 'cluster.whole_query': whole } });
  for (const table of await readdir(tables)) await ctx.registerParquet(table, join(tables, table));
  for (let i = 0; i < statements.length || !replaced; i++) {
    const statement = statements[i % statements.length] ?? '';
    const rows = await ctx.query(statement, { json: true });
    const answer = String(rows.map((row) => JSON.stringify(row)).sort());
    if ((answers.get(statement) ?? answer) !== answer) throw new Error(`Two answers: ${statement}`);
    answers.set(statement, answer);
    done++;
  }
}

async function replaceExecutors(): Promise<void> {
  for (const name of EXECUTORS) {
    const again = once(serving, name);
    process.kill(pids.get(name) ?? 0, 'SIGTERM'); // it drains and ends, and `ballista cluster` starts it again
    await again;
    console.log(`${name} was replaced.`);
  }
}
