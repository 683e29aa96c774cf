import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { UsageError } from '../../../src/cli/base/command.js';
import type { Role } from '../../../src/cli/daemon/daemon-options.js';
import {
  type EffectiveSetting,
  effectiveSettings,
  type GivenFlags,
  toOptions,
} from '../../../src/cli/daemon/effective-settings.js';
import { failure as rejection } from '../../support/rejected.js';

const folder = mkdtempSync(join(tmpdir(), 'ballista-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(text: string): string {
  files += 1;
  const path = join(folder, `${files}.toml`);
  writeFileSync(path, text);
  return path;
}

interface Given {
  role?: Role;
  flags?: GivenFlags['flags'];
  env?: Record<string, string>;
  toml?: string;
}

async function settings({
  role = 'scheduler',
  flags = {},
  env = {},
  toml,
}: Given): Promise<readonly EffectiveSetting[]> {
  const given = { flags, ...(toml === undefined ? {} : { config: file(toml) }) };
  return (await effectiveSettings(role, given, env)).settings;
}

async function options(given: Given): Promise<Record<string, unknown>> {
  return toOptions(await settings(given));
}

async function failure(given: Given): Promise<string> {
  const error = await rejection(settings(given));
  expect(error).toBeInstanceOf(UsageError);
  return (error as Error).message;
}

describe('a value', () => {
  const everywhere = { flags: { '--port': '1' }, env: { BALLISTA_SCHEDULER_PORT: '2' }, toml: '[scheduler]\nport = 3' };
  const { flags: _, ...noFlag } = everywhere;
  const { env: __, ...onlyFile } = noFlag;

  it.each([
    ['a flag', everywhere, 1, 'flag', '--port'],
    ['the environment', noFlag, 2, 'environment', 'BALLISTA_SCHEDULER_PORT'],
    ['the file', onlyFile, 3, 'file', expect.stringMatching(/\.toml$/)],
    ['the default', {}, 50_050, 'default', undefined],
  ])('comes from %s, if no stronger source has it', async (_, given, value, source, from) => {
    const port = (await settings(given)).find(({ setting }) => setting.key[0] === 'port');
    expect([port?.value, port?.source, port?.from]).toEqual([value, source, from]);
  });

  it('of an empty variable is none', async () => {
    expect(await options({ env: { BALLISTA_SCHEDULER_PORT: '' } })).toMatchObject({ port: 50_050 });
  });

  it('of a list has commas in a variable, and is a list in a file', async () => {
    const expected = { files: { read: ['/a', 's3://b/c/'] } };
    expect(await options({ env: { BALLISTA_SCHEDULER_FILES_READ: '/a, s3://b/c/' } })).toMatchObject(expected);
    expect(await options({ toml: '[scheduler.files]\nread = ["/a", "s3://b/c/"]' })).toMatchObject(expected);
  });

  it('that is a path in a file is relative to the folder of the file', async () => {
    const toml = '[scheduler.tls]\nca = "ca.pem"\n[scheduler.files]\nread = ["data", "s3://b/c/"]';
    expect(await options({ toml })).toMatchObject({
      tls: { ca: join(folder, 'ca.pem') },
      files: { read: [join(folder, 'data'), 's3://b/c/'] },
    });
  });
});

describe('an object', () => {
  it('is absent unless one of its values is given, although others have defaults', async () => {
    expect(await options({})).not.toHaveProperty('tls');
    expect(await options({})).not.toHaveProperty('auth');
    expect(await options({ flags: { '--auth-tokens-file': 't' } })).toMatchObject({ auth: { tokensFile: 't' } });
    expect((await options({ flags: { '--auth-tokens-file': 't' } }))['auth']).not.toHaveProperty('jwks');
  });

  it('has its defaults if one of its values is given', async () => {
    const tls = { ca: 'a', clientAuth: false };
    expect(await options({ flags: { '--tls-ca': 'a' } })).toMatchObject({ tls });
  });
});

describe('a token', () => {
  it('comes from the environment, a file with settings or a file of its own', async () => {
    expect(await options({ env: { BALLISTA_SCHEDULER_TOKEN: 'abc' } })).toMatchObject({ token: 'abc' });
    expect(await options({ toml: '[scheduler]\ntoken = "abc"' })).toMatchObject({ token: 'abc' });
    expect(await options({ flags: { '--token-file': 'f' } })).toMatchObject({ token: { file: 'f' } });
  });

  it('has no flag', async () => {
    const tokens = (await settings({})).filter(({ setting }) => setting.isSecret);
    expect(tokens.map(({ setting }) => setting.flag)).toEqual([undefined]);
  });

  it('from a stronger source wins over the file of a weaker one, and the other way round', async () => {
    const env = { BALLISTA_SCHEDULER_TOKEN: 'abc' };
    expect(await options({ flags: { '--token-file': 'f' }, env })).toMatchObject({ token: { file: 'f' } });
    expect(await options({ env, toml: '[scheduler]\ntoken-file = "f"' })).toMatchObject({ token: 'abc' });
  });

  it('and its file are refused together', async () => {
    expect(await failure({ toml: '[scheduler]\ntoken = "abc"\ntoken-file = "f"' })).toBe(
      'Set token or token-file, not both.',
    );
  });

  it('is not in the error if it has the wrong type', async () => {
    const message = await failure({ toml: '[scheduler]\ntoken = 12345678' });
    expect(message).toContain('token');
    expect(message).not.toContain('12345678');
  });
});

describe('a mistake', () => {
  it.each([
    ['an unknown key', '[scheduler]\nprot = 1', '[scheduler] has no setting "prot". Did you mean "port"?'],
    [
      'an unknown inner key',
      '[scheduler.tls]\nclientAuth = true',
      'no setting "tls.clientAuth". Did you mean "client-auth"?',
    ],
    [
      'an unknown table',
      '[schedular]\nport = 1',
      'unknown key "schedular". Its tables are [scheduler], [executor], [cluster].',
    ],
    ['a value in the place of a table', '[scheduler]\ntls = 1', 'tls must be a table.'],
    [
      'a string in the place of a number',
      '[scheduler]\nport = "1"',
      'must be a whole number from 0 to 65535, not "1".',
    ],
    ['a value in the place of a list', '[scheduler.files]\nread = "a"', 'must be a list of strings.'],
    ['wrong TOML', '[scheduler]\nport = secret', 'is not valid TOML: see line 2, column'],
  ])('in a file: %s', async (_, toml, text) => {
    const message = await failure({ toml });
    expect(message).toContain(text);
    expect(message).not.toContain('secret');
  });

  it.each([
    [{ flags: { '--port': '70000' } }, '--port must be a whole number from 0 to 65535, not "70000".'],
    [{ flags: { '--port': 'x' } }, '--port must be a whole number from 0 to 65535, not "x".'],
    [
      { env: { BALLISTA_SCHEDULER_INSECURE: 'maybe' } },
      'BALLISTA_SCHEDULER_INSECURE must be true or false, not "maybe".',
    ],
    [
      { env: { BALLISTA_SCHEDULER_LOG_FORMAT: 'xml' } },
      'BALLISTA_SCHEDULER_LOG_FORMAT must be one of "text", "json", not "xml".',
    ],
  ])('in a flag or a variable: %j', async (given, message) => {
    expect(await failure(given)).toBe(message);
  });

  it('in the name of a variable is a warning', async () => {
    const env = { BALLISTA_SCHEDULER_PROT: '1', BALLISTA_EXECUTOR_PORT: '1' };
    const { warnings } = await effectiveSettings('scheduler', { flags: {} }, env);
    expect(warnings).toEqual([
      'The environment variable BALLISTA_SCHEDULER_PROT has no meaning. Did you mean "BALLISTA_SCHEDULER_PORT"?',
    ]);
  });

  it('in the name of a file', async () => {
    const config = join(folder, 'none.toml');
    const missing = effectiveSettings('scheduler', { flags: {}, config }, {});
    await expect(missing).rejects.toThrow(new UsageError(`The file ${config} cannot be read: ENOENT.`));
  });
});

it('the file can be named by a variable', async () => {
  const { settings: found } = await effectiveSettings(
    'executor',
    { flags: {} },
    { BALLISTA_EXECUTOR_CONFIG: file('[executor]\nvcores = 3') },
  );
  expect(toOptions(found)).toMatchObject({ vcores: 3 });
});

it('no file is named by an empty variable', async () => {
  const { settings: found } = await effectiveSettings('executor', { flags: {} }, { BALLISTA_EXECUTOR_CONFIG: '' });
  expect(toOptions(found)).toMatchObject({ port: 50_051 });
});
