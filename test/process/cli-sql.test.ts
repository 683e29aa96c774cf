import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { BallistaSessionContext, setupTestCluster, type TestCluster } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Certificates } from '../support/certs.js';
import { ballista, COMMAND } from '../support/command.js';
import { FLIGHTS, tempFolder } from '../support/data.js';
import { serveFiles } from '../support/file-server.js';
import { Program } from '../support/program.js';
import { HAS_TERMINAL, Terminal } from '../support/terminal.js';

const temp = tempFolder();

/** More rows than a test can wait for. */
const ENDLESS = 'select value from generate_series(1, 100000000000)';

describe('statements', () => {
  const two = 'a\n1\n\nb\n2\n';

  it('come from arguments, options, files and standard input', async () => {
    writeFileSync(temp('two.sql'), 'select 1 as a; -- one\nselect 2 as b;');
    expect(await ballista(['sql', 'select 1 as a; select 2 as b'])).toEqual({ code: 0, stdout: two, stderr: '' });
    expect((await ballista(['sql', '-c', 'select 1 as a', '-c', 'select 2 as b'])).stdout).toBe(two);
    expect((await ballista(['sql', '-f', temp('two.sql')])).stdout).toBe(two);
    expect((await ballista(['sql'], { input: 'select 1 as a;\nselect 2 as b' })).stdout).toBe(two);
    expect((await ballista(['sql', '-f', '-'], { input: 'select 1 as a' })).stdout).toBe('a\n1\n');
  });

  it('run in order, in one session', async () => {
    const text = "create table t as select ';' as a; insert into t values ('b'); select * from t order by a desc";
    expect(await ballista(['sql', '--no-header', text])).toMatchObject({ code: 0, stdout: '1\n\nb\n;\n' });
  });

  it('a statement of a pipe runs before the next one is there', async () => {
    const program = new Program(COMMAND, { args: ['sql', '--no-header'], input: 'later' });
    program.type('select 41 + 1;\n');
    await program.line('42');
    program.type('select 43;');
    program.endInput();
    expect(await program.ended).toMatchObject({ code: 0, stdout: '42\n\n43\n' });
  });
});

describe('tables', () => {
  it('are files and URLs in quotes', async () => {
    const query = `select count(*) as n from '${FLIGHTS}'`;
    expect(await ballista(['sql', query])).toEqual({ code: 0, stdout: 'n\n3000000\n', stderr: '' });
    const server = await serveFiles({ '/flights.parquet': FLIGHTS });
    const url = `select count(*) as n from '${server.url}/flights.parquet'`;
    expect(await ballista(['sql', url])).toEqual({ code: 0, stdout: 'n\n3000000\n', stderr: '' });
    expect(server.log.length).toBeGreaterThan(0);
  });
});

describe('failures', () => {
  it('of a statement end with 1, and a code and a sentence', async () => {
    const { code, stdout, stderr } = await ballista(['sql', 'select 1 as a; selec 2; select 3']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'a\n1\n' });
    expect(stderr).toMatch(/^SQL_PARSE: .*\n$/);
    expect((await ballista(['sql', '--debug', 'selec'])).stderr).toMatch(/\n {4}at /);
  });

  it('of a script say where the statement begins', async () => {
    const script = '-- etl\nselect 1 as a;\n\nselec 2;';
    writeFileSync(temp('etl.sql'), script);
    const failed = await ballista(['sql', '-f', temp('etl.sql')]);
    expect(failed.stderr).toMatch(/^SQL_PARSE: .*\nThe statement begins on line 4 of .*etl\.sql\.\n$/);
    const input = await ballista(['sql'], { input: script });
    expect(input).toMatchObject({
      code: 1,
      stdout: 'a\n1\n',
      stderr: expect.stringContaining('line 4 of the standard'),
    });
  });

  it('of a file that does not exist name its path', async () => {
    expect(await ballista(['sql', "select * from 'nope.csv'"], { cwd: temp() })).toEqual({
      code: 1,
      stdout: '',
      stderr: `OBJECT_STORE: The file ${temp('nope.csv')} does not exist.\n`,
    });
  });

  it('of the arguments end with 2', async () => {
    for (const args of [
      ['sql', '--frmat', 'csv'],
      ['sql', '--format', 'xml', 'select 1'],
      ['sql', '-f', temp('none.sql')],
      ['sql', '--token-file', 'x', 'select 1'],
      ['sql', '--config', 'x', 'select 1'],
      ['sql', '--format', 'json', 'select 1; select 2'],
      ['nothing'],
      [],
    ]) {
      const { code, stderr } = await ballista(args);
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).not.toMatch(/\n {4}at /);
    }
  });
});

describe('--output', () => {
  const failing = 'select 1 / (500000 - value) as x from generate_series(1, 600000)';

  it('replaces the file when the result is complete', async () => {
    writeFileSync(temp('out.csv'), 'old');
    const { code, stdout } = await ballista(['sql', '--output', temp('out.csv'), 'select 1 as a']);
    expect({ code, stdout, file: readFileSync(temp('out.csv'), 'utf8') }).toEqual({
      code: 0,
      stdout: '',
      file: 'a\n1\n',
    });
  });

  it('does not guess the format', async () => {
    const { code, stderr } = await ballista(['sql', '--output', temp('out.xlsx'), 'select 1 as a']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Choose one with --format') });
    expect(existsSync(temp('out.xlsx'))).toBe(false);
  });

  it.each(['csv', 'parquet', 'arrow'])('keeps the old file if the query fails (%s)', async (format) => {
    mkdirSync(temp(format));
    writeFileSync(temp(format, `out.${format}`), 'old');
    const { code } = await ballista(['sql', '--output', temp(format, `out.${format}`), failing]);
    expect(code).toBe(1);
    expect(readFileSync(temp(format, `out.${format}`), 'utf8')).toBe('old');
    expect(readdirSync(temp(format))).toEqual([`out.${format}`]);
  });
});

describe('large results', () => {
  it('are not held in memory', async () => {
    // The text of the result is larger than the heap.
    const { code, stdout, stderr } = await ballista(
      ['sql', '--no-header', 'select value, value + 1 as next from generate_series(1, 10000000)'],
      { nodeArgs: ['--max-old-space-size=64'], shell: 'set -o pipefail; "$@" | wc -l' },
    );
    expect({ code, stdout: stdout.trim(), stderr }).toEqual({ code: 0, stdout: '10000000', stderr: '' });
  });

  it.each(['csv', 'ndjson', 'arrow'])('a reader that leaves ends the program quietly (%s)', async (format) => {
    const shell = 'set -o pipefail; "$@" | head -c 3 >/dev/null';
    expect(await ballista(['sql', '--format', format, ENDLESS], { shell })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the program with %i', async (signal, expected) => {
    const program = new Program(COMMAND, { args: ['sql', ENDLESS] });
    await program.line('value');
    program.kill(signal);
    expect(await program.ended).toMatchObject({ code: expected, signal: null });
  });
});

describe('--connect', () => {
  let certificates: Certificates;
  let cluster: TestCluster;
  beforeAll(async () => {
    certificates = await Certificates.make();
    cluster = await setupTestCluster({ vcores: 2, processOnly: false, tls: certificates.server });
  });
  afterAll(async () => {
    await cluster.close();
    certificates.remove();
  });

  const tls = (): string[] => {
    const { ca, cert, key } = certificates.client;
    return ['--tls-ca', String(ca), '--tls-cert', String(cert), '--tls-key', String(key)];
  };

  it('runs queries on the cluster', async () => {
    const query = 'select count(*) as n from generate_series(1, 1000)';
    const expected = { code: 0, stdout: 'n\n1000\n', stderr: '' };
    expect(await ballista(['sql', '--connect', cluster.url, ...tls(), query])).toEqual(expected);
    expect(await ballista(['sql', ...tls(), query], { env: { BALLISTA_URL: cluster.url } })).toEqual(expected);
  });

  it('writes Parquet on this machine', async () => {
    const query = 'select value from generate_series(1, 1000)';
    expect(await ballista(['sql', '--connect', cluster.url, ...tls(), '-o', temp('far.parquet'), query])).toMatchObject(
      {
        code: 0,
      },
    );
    expect((await ballista(['sql', `select count(*) as n from '${temp('far.parquet')}'`])).stdout).toBe('n\n1000\n');
  });

  it('the end of the reader cancels the job', async () => {
    const program = new Program(COMMAND, { args: ['sql', '--connect', cluster.url, ...tls(), ENDLESS] });
    await program.line('value');
    program.closeOutput();
    expect(await program.ended).toMatchObject({ code: 0, signal: null });
    // The slots are free again, so another query runs.
    const ctx = new BallistaSessionContext(cluster.url, { tls: certificates.client });
    expect(await (await ctx.sql('select 1 from generate_series(1, 100000) order by value')).count()).toBe(100_000);
    await ctx.close();
  });

  it.skipIf(!HAS_TERMINAL)('draws the tasks of a query on a terminal', async () => {
    const part = 'select sum(value) as s from generate_series(1, 100000000)';
    const query = `select sum(s) from (${Array(100).fill(part).join(' union all ')})`;
    const stages = ['--config', 'cluster.whole_query=never'];
    const terminal = new Terminal(['sql', '--connect', cluster.url, ...tls(), ...stages, query], {});
    try {
      await terminal.see(/\[[#.]{20}\] \d+ % · \d+\/\d{3} tasks/);
      terminal.type('\u0003');
      expect(await terminal.ended).toBe(130);
    } finally {
      terminal.kill();
    }
  });

  it('says what is wrong', async () => {
    const { code, stderr } = await ballista(['sql', '--connect', cluster.url, 'select 1 from generate_series(1, 9)']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^CONNECTION: .*TLS.*\n$/) });
  });
});
