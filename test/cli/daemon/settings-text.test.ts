import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import type { Role } from '../../../src/cli/daemon/daemon-options.js';
import { type DaemonSetting, daemonSettings } from '../../../src/cli/daemon/daemon-setting.js';
import { effectiveSettings, toOptions } from '../../../src/cli/daemon/effective-settings.js';
import { settingsAsToml } from '../../../src/cli/daemon/settings-text.js';
import { BallistaExecutor } from '../../../src/cluster/executor.js';
import { BallistaScheduler } from '../../../src/cluster/scheduler.js';

const folder = mkdtempSync(join(tmpdir(), 'ballista-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'ballista.toml');

/** The settings that the text of a file with these variables means. */
async function roundTrip(role: Role, env: Record<string, string>): Promise<[before: object, after: object]> {
  const before = await effectiveSettings(role, { flags: {} }, env);
  writeFileSync(config, settingsAsToml(role, before.settings));
  const after = await effectiveSettings(role, { config, flags: {} }, {});
  return [toOptions(before.settings), toOptions(after.settings)];
}

/** A value that differs from the default. */
function otherValue({ value, isList, isPath, key }: DaemonSetting): string {
  if (isList) return isPath ? '/data,s3://bucket/folder/' : 'a,b';
  if (value.type === 'boolean') return String(value.default !== true);
  if (value.type === 'integer' || value.type === 'number') return String((value.min ?? 0) + 7);
  if (value.type === 'choice') return value.choices?.at(-1) ?? '';
  return isPath ? `/${key.join('/')}` : 'a "text" with \\ and # é';
}

describe.each<Role>(['scheduler', 'executor', 'cluster'])('the text of %s', (role) => {
  it('without any value means the defaults', async () => {
    const [before, after] = await roundTrip(role, {});
    expect(after).toEqual(before);
    expect(after).not.toHaveProperty('tls');
  });

  it('with all values means them', async () => {
    const known = daemonSettings(role).filter(({ isSecret, path }) => !isSecret && path.at(-1) !== 'url');
    expect(known.length).toBeGreaterThan(20);
    const env = Object.fromEntries(known.map((setting) => [setting.variable, otherValue(setting)]));
    const [before, after] = await roundTrip(role, env);
    expect(after).toEqual(before);
  });

  it('has absolute paths', async () => {
    const [, after] = await roundTrip(role, { [`BALLISTA_${role.toUpperCase()}_TLS_CA`]: 'ca.pem' });
    expect(after).toMatchObject({ tls: { ca: join(process.cwd(), 'ca.pem') } });
  });
});

it('the file of the guide can be used by a scheduler and by an executor', async () => {
  const guide = readFileSync(new URL('../../../docs/guides/daemons.md', import.meta.url), 'utf8');
  const [, toml] = /```toml\n(.*?)```/su.exec(guide) ?? [];
  if (toml === undefined) throw new Error('the guide has no file');
  writeFileSync(config, toml);
  const options = async (role: Role, flags: Record<string, string>): Promise<object> => {
    const { settings } = await effectiveSettings(role, { config, flags }, {});
    const { adminHost, adminPort, logLevel, logFormat, ...own } = toOptions<Record<string, unknown>>(settings);
    return own;
  };
  new BallistaScheduler(await options('scheduler', {}));
  new BallistaExecutor(await options('executor', { '--external-host': '10.0.0.2' }));
});
