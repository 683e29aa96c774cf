import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { BallistaScheduler, BallistaSessionContext, version } from 'ballista';
import { expect, it } from 'vitest';

import { ballista, COMMAND } from '../support/command.js';
import { tempFolder } from '../support/data.js';

const temp = tempFolder();

it('--help and --version need no addon, and every command has help', async () => {
  const { code, stdout } = await ballista(['--help']);
  expect(code).toBe(0);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name = '']) => name);
  expect(commands).toEqual(expect.arrayContaining(['sql', 'jobs', 'top', 'certs', 'version', 'completion']));
  for (const name of commands.filter((name) => name !== 'help')) {
    const help = await ballista([name, '--help']);
    expect([name, help.code]).toEqual([name, 0]);
    expect(await ballista([name, '-h'])).toEqual(help);
  }
  expect(stdout).toContain('-h, --help');
  expect(await ballista(['-h'])).toEqual({ code, stdout, stderr: '' });
  expect((await ballista(['config', 'executor', '-h'])).stdout).toContain('--vcores');
  expect(await ballista(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it('version prints the versions', async () => {
  const { stdout } = await ballista(['version', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    ballista: version,
    engine: BallistaScheduler.version,
    node: process.versions.node,
  });
});

it.each([
  ['ballista sql --form', '--format'],
  ['ballista exec', 'executors'],
  ['ballista top --conn', '--connect'],
  ['ballista cancel --js', '--json'],
])('bash completes commands and options: %s', async (line, expected) => {
  const { code, stdout } = await ballista(['completion', 'bash']);
  expect(code).toBe(0);
  const words = line.split(' ');
  const ask = `${stdout}
    ballista() { '${process.execPath}' '${COMMAND}' "$@"; }
    COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; COMP_LINE='${line}'; COMP_POINT=${line.length}
    $(complete -p ballista | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  expect(execFileSync('bash', ['-c', ask], { encoding: 'utf8' })).toContain(expected);
});

it('prints the completion of other shells', async () => {
  for (const shell of ['zsh', 'fish']) expect((await ballista(['completion', shell])).stdout).toContain('ballista');
});

it.each([
  [['sql', '--frmat', 'csv'], 'Unexpected option `--frmat`. Did you mean `--format`?'],
  [['sql', '--frmat=csv', 'select 1'], 'Did you mean `--format`?'],
  [['jobs', '--conect', 'x'], 'Did you mean `--connect`?'],
  [['scheduler', '--tokenfile', 'x'], 'Did you mean "--token-file"?'],
  [['config', 'executor', '--vcore', '2'], 'Did you mean "--vcores"?'],
  [['config', 'schedulr'], 'Did you mean `scheduler`?'],
  [['sqll'], 'Unexpected command `sqll`. Did you mean `sql`?'],
  [['--verson'], 'Did you mean `--version`?'],
  [['version', '--zzz'], 'Unexpected option `--zzz`.'],
])('%j ends with 2, and names the nearest option', async (args, text) => {
  const { code, stderr } = await ballista(args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

it.each([
  [['sql', '--connect', 'localhost', 'select 1'], 'Write df://host:port.'],
  [['jobs', '--connect', 'df://localhost:99999'], 'is not a scheduler address'],
  [['executors', '--connect', 'ftp://localhost'], 'is not a scheduler address'],
  [['top', '--connect', '', '--json'], 'is not a scheduler address'],
  [['job', ''], 'The id must not be empty.'],
  [['cancel', ' '], 'The id must not be empty.'],
  [['jobs'], 'Name the scheduler with --connect'],
  [['jobs', '--connect'], '`--connect` requires `URL`'],
  [['jobs', 'extra'], 'Unexpected argument `extra`'],
  [['sql', '--connect', 'df://localhost', '--tls-cert', 'x', 'select 1'], '--tls-cert and --tls-key'],
  [
    ['sql', '--connect', 'df://localhost', '--tls-ca', '/none', 'select 1'],
    'Error: tls.ca: the file /none cannot be read',
  ],
  [['jobs', '--connect', 'df://localhost', '--token-file', '/none'], 'Error: The token file /none cannot be read'],
  [['jobs', '--connect', 'df://localhost', '--token-file', '/dev/null'], 'Error: The token'],
  [['sql', '--config', 'datafusion.none=1', 'select 1'], 'Error: The setting "datafusion.none" does not exist'],
  [['sql', '--config', 'datafusion.execution.batch_size=x', 'select 1'], 'Error: The setting'],
  [['sql', '--connect', 'df://localhost', '--config', 'cluster.none=1', 'select 1'], 'Error: The setting'],
  [['sql', '--max-rows', 'many', 'select 1'], 'Expected a valid integer'],
  [['config', 'executor', '--port', '70000'], '--port must be a whole number'],
  [['config', 'executor', '--config', '/none'], 'The file /none cannot be read'],
  [['certs', temp('none'), '--days', '0'], '`--days`'],
  [['certs', temp('none'), '--days', '36501'], '`--days`'],
  [['certs', temp('none'), 'https://localhost'], 'Error: writeCertificates: "https://localhost"'],
  [['completion', 'none'], 'Unsupported shell'],
])('%j ends with 2, because it cannot run anywhere', async (args, text) => {
  const { code, stdout, stderr } = await ballista(args);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(text) });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

it('certs ends with 1 for a folder that cannot be created', async () => {
  const { code, stderr } = await ballista(['certs', '/proc/none']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^IO: The folder .*ENOENT.*\n$/u) });
});

it('certs makes certificates that a cluster uses', async () => {
  const { code } = await ballista(['certs', temp('certs'), '10.0.0.1']);
  expect(code).toBe(0);
  expect(readdirSync(temp('certs')).sort()).toEqual([
    'ca.key',
    'ca.pem',
    'client.key',
    'client.pem',
    'server.key',
    'server.pem',
  ]);
  expect(statSync(temp('certs', 'ca.key')).mode & 0o777).toBe(0o600);
  const ca = temp('certs', 'ca.pem');
  const tls = { ca, cert: temp('certs', 'server.pem'), key: temp('certs', 'server.key') };
  await using scheduler = new BallistaScheduler({ port: 0, tls: { ...tls, clientAuth: true } });
  await scheduler.start();
  const client = { ca, cert: temp('certs', 'client.pem'), key: temp('certs', 'client.key') };
  await using ctx = new BallistaSessionContext(`df://127.0.0.1:${scheduler.port}`, { tls: client });
  await ctx.ready();
});
