/** Secrets appear nowhere: not in logs, plans, errors, settings, lists of processes, files, or the output of consoles. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { serveBucket } from '../support/bucket-server.js';
import { Program } from '../support/program.js';
import { type Secured, startSecured, TOKENS } from '../support/secured.js';

const KEYS = {
  accessKeyId: 'PLANTEDkeyid0001',
  secretAccessKey: 'PLANTED/secret+key/0002',
  sessionToken: 'PLANTED-session-token-0003',
};
const PASSWORD = 'PLANTEDpassword0004';
/** A text that is no secret, in a query. */
const MARKER = 'PLANTEDmarker0005';
const PLAIN = [
  ...Object.values(KEYS).filter((key) => key !== KEYS.accessKeyId),
  PASSWORD,
  ...Object.values(TOKENS).map(({ token }) => token),
  ...Object.values(TOKENS).map(({ token }) => createHash('sha256').update(token).digest('hex')),
];
const SECRETS = [...PLAIN, ...PLAIN.flatMap(inBase64)];

/** How a text looks in the base64 form of a longer one: it can begin at three places of a group of characters. */
function inBase64(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    // Only characters that depend on nothing but the text.
    const [begin, end] = [Math.ceil((8 * before) / 6), Math.floor((8 * bytes.length) / 6)];
    return (['base64', 'base64url'] as const).map((encoding) => bytes.toString(encoding).slice(begin, end));
  });
}

let folder: string;
let cluster: Secured;
let client: { stdout: string; stderr: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballista-secrets-'));
  const bucket = await serveBucket('travel', KEYS);
  bucket.objects.set('data.csv', Buffer.from('a\n1\n2\n1\n'));
  cluster = await startSecured({ log: { file: join(folder, 'servers.log'), level: 'trace' } });
  const options = {
    url: cluster.url,
    token: TOKENS.ann.token,
    tokensFile: join(cluster.folder, 'tokens.json'),
    bucket: 'travel',
    endpoint: bucket.url,
    keys: KEYS,
    password: PASSWORD,
    marker: MARKER,
    folder,
  };
  const file = join(folder, 'options.json');
  writeFileSync(file, JSON.stringify(options));
  const program = new Program('secrets.mjs', { args: [file], env: { BALLISTA_LOG: 'trace', RUST_LOG: 'trace' } });
  client = await program.ended;
}, 180_000);
afterAll(async () => {
  await cluster.close();
  await rm(folder, { recursive: true });
});

function expectNone(text: string, where: string): void {
  for (const secret of SECRETS) {
    const at = text.indexOf(secret);
    const around = at < 0 ? '' : `${where}: ${text.slice(Math.max(0, at - 300), at + secret.length + 100)}`;
    expect(around).toBe('');
  }
}

it('the queries ran, and everything was logged', () => {
  expect(client.stdout.match(/^\[\{"a":[12],"n":[12]\},\{"a":[12],"n":[12]\}\]$/gmu)).toHaveLength(2);
  expect(client.stdout).toContain('AmazonS3 {');
  const log = readFileSync(join(folder, 'servers.log'), 'utf8');
  expect(log).toContain('TRACE');
  expect(log).toContain('DEBUG ballista_scheduler');
  expect(log.length).toBeGreaterThan(100_000);
  expect(log).toContain(MARKER);
});

it.each(['', 'a', 'ab', 'abc'])('a secret after "%s" would be found in base64, too', (before) => {
  for (const encoding of ['base64', 'base64url'] as const) {
    const text = Buffer.from(`${before}${KEYS.secretAccessKey}:`).toString(encoding);
    expect(SECRETS.some((secret) => text.includes(secret))).toBe(true);
  }
});

it('the logs of schedulers and executors', () => {
  expectNone(readFileSync(join(folder, 'servers.log'), 'utf8'), 'log');
});

it('what the client prints and logs', () => {
  expectNone(client.stdout, 'stdout');
  expectNone(client.stderr, 'stderr');
});

it.runIf(process.platform === 'linux')('the list of processes', () => {
  for (const pid of cluster.pids) {
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    expect(line).toContain('test/support/server.mjs');
    expectNone(line, 'ps');
  }
});

it('the work folders of executors', () => {
  let files = 0;
  for (const { workDir } of cluster.executors) {
    for (const path of readdirSync(workDir, { recursive: true, encoding: 'utf8' })) {
      const file = join(workDir, path);
      if (!statSync(file).isFile()) continue;
      files++;
      expectNone(readFileSync(file, 'latin1'), path);
    }
  }
  expect(files).toBeGreaterThan(0);
});
