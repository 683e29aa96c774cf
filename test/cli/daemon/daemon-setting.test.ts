import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractOptionNames } from '@optique/core/usage';
import { expect, it } from 'vitest';

import { type Role, SETTINGS_BY_ROLE } from '../../../src/cli/daemon/daemon-options.js';
import { daemonSettings } from '../../../src/cli/daemon/daemon-setting.js';
import { connectionOptions } from '../../../src/cli/options/connection.js';
import { ROOT } from '../../support/child.js';
import { filesIn } from '../../support/data.js';

const roles: readonly Role[] = ['scheduler', 'executor', 'cluster'];

it.each(roles)('every option of the table of %s has settings with a meaning, and names of their own', (role) => {
  const settings = daemonSettings(role);
  const options = new Set(settings.map(({ path }) => path[0]));
  expect([...options].sort()).toEqual(Object.keys(SETTINGS_BY_ROLE[role]).sort());
  expect(settings.length).toBeGreaterThan(20);
  for (const { doc } of settings) expect(doc).toMatch(/^[A-Z].*\.$/);
  expect(new Set(settings.map(({ variable }) => variable)).size).toBe(settings.length);
});

it('the names are made from the names of the options', () => {
  const names = daemonSettings('executor').map(({ flag, variable, key }) => [key.join('.'), flag, variable]);
  expect(names).toContainEqual(['grpc-port', '--grpc-port', 'BALLISTA_EXECUTOR_GRPC_PORT']);
  expect(names).toContainEqual(['tls.client-auth', '--tls-client-auth', 'BALLISTA_EXECUTOR_TLS_CLIENT_AUTH']);
  expect(names).toContainEqual(['token', undefined, 'BALLISTA_EXECUTOR_TOKEN']);
  expect(names).toContainEqual(['token-file', '--token-file', 'BALLISTA_EXECUTOR_TOKEN_FILE']);
  expect(names).toContainEqual(['auth.jwks.file', '--auth-jwks-file', 'BALLISTA_EXECUTOR_AUTH_JWKS_FILE']);
});

it('options that are no string, number or boolean are known to be lists or objects', () => {
  const anys = roles.flatMap((role) => Object.entries(SETTINGS_BY_ROLE[role])).filter(([, { type }]) => type === 'any');
  // A new one needs a rule in daemon-setting.ts.
  expect([...new Set(anys.map(([name]) => name))].sort()).toEqual(['auth', 'files', 'tls', 'token', 'udfCodeHashes']);
});

it('the flags that errors of the library name exist', () => {
  const flags = new Set<string>([
    ...roles.flatMap((role) => daemonSettings(role).flatMap(({ flag }) => flag ?? [])),
    ...extractOptionNames(connectionOptions.usage),
  ]);
  const sources = ['src', 'native/src'].flatMap((folder) =>
    filesIn(join(ROOT, folder)).map((name) => join(folder, name)),
  );
  const named = sources
    .filter((file) => /\.(ts|rs)$/.test(file) && !file.startsWith(join('src', 'cli')))
    .flatMap(
      (file) => readFileSync(join(ROOT, file), 'utf8').match(/(?<=[ (])--[a-z][a-z-]*[a-z](?![a-z-]*[$])/g) ?? [],
    )
    .filter((flag) => flag !== '--omit'); // of npm
  expect(named.length).toBeGreaterThan(8);
  for (const flag of named) expect(flags).toContain(flag);
});
