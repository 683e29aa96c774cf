import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { composeDaemons, type Daemon as Deployed, textOf } from '../../scripts/deploy/files.mjs';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { ROOT } from '../support/child.js';
import { COMMAND } from '../support/command.js';
import { Daemon } from '../support/daemon.js';
import { tempFolder } from '../support/data.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/until.js';

// No container runs here: each daemon of deploy/compose.yaml runs as a process, with the settings of its container.

const run = promisify(execFile);
const temp = tempFolder();
const secrets = temp('secrets');

/** The command of the image that says whether a container is healthy. */
const HEALTHCHECK = JSON.parse(
  /^HEALTHCHECK[^[]*(\[.*\])$/mu.exec(textOf('Dockerfile').replaceAll('\\\n', ' '))?.[1] ?? '[]',
);

/** The settings of a container, on this machine. */
function here({ env }: Deployed, changes: Record<string, string>): Record<string, string> {
  const values = Object.entries(env).map(([name, value]) => {
    if (name.endsWith('_SCHEDULER_HOST') || name.endsWith('_EXTERNAL_HOST')) return [name, '127.0.0.1'];
    return [name, value.replace('/run/secrets/', `${secrets}/`)];
  });
  return { ...Object.fromEntries(values), ...changes };
}

async function isHealthy(adminPort: number): Promise<boolean> {
  const [, ...args] = HEALTHCHECK.map((word: string) => word.replace(':9100/', `:${adminPort}/`));
  return run(process.execPath, args).then(
    () => true,
    () => false,
  );
}

describe.runIf(process.platform === 'linux')('deploy/compose.yaml', () => {
  const started: { daemon: Daemon; adminPort: number }[] = [];
  let url = '';
  afterAll(async () => {
    for (const { daemon } of started) await daemon.close();
  });

  beforeAll(async () => {
    // The first commands of the guide.
    const guide = readFileSync(join(ROOT, 'docs/guides/deploy.md'), 'utf8');
    const [, commands = ''] = /^```sh\n(npx ballista certs [\s\S]*?)^```$/mu.exec(guide) ?? [];
    const script = `set -e; npx() { shift; "${process.execPath}" "${COMMAND}" "$@"; }\n${commands}`;
    await run('bash', ['-c', script], { cwd: temp('.') });
    const [schedulerPort = 0] = await freePorts(1);
    url = `df://127.0.0.1:${schedulerPort}`;
    for (const deployed of composeDaemons()) {
      const { role, flags } = deployed;
      const [adminPort = 0, port = 0, grpcPort = 0] = await freePorts(3);
      const env = here(deployed, {
        [`BALLISTA_${role.toUpperCase()}_ADMIN_PORT`]: String(adminPort),
        ...(role === 'scheduler'
          ? { BALLISTA_SCHEDULER_PORT: String(schedulerPort) }
          : {
              BALLISTA_EXECUTOR_SCHEDULER_PORT: String(schedulerPort),
              BALLISTA_EXECUTOR_PORT: String(port),
              BALLISTA_EXECUTOR_GRPC_PORT: String(grpcPort),
              BALLISTA_EXECUTOR_WORK_DIR: temp(`work-${port}`),
            }),
      });
      const daemon = new Daemon([role, ...flags], env);
      started.push({ daemon, adminPort });
      await daemon.logLine(`The ${role} serves.`);
    }
  });

  it('serves queries over TLS to clients with a token', async () => {
    const token = { file: join(secrets, 'client.token') };
    await using ctx = new BallistaSessionContext(url, { tls: { ca: join(secrets, 'ca.pem') }, token });
    await until('both executors are there', async () => (await ctx.executors()).length === 2);
    expect(await (await ctx.sql('SELECT 1 + 1 AS two')).toArray()).toEqual([{ two: 2n }]);
  });

  it('is healthy as its image says, and ends in order', async () => {
    expect(started).toHaveLength(3);
    for (const { adminPort } of started) expect(await isHealthy(adminPort)).toBe(true);
    for (const { daemon, adminPort } of started.toReversed()) {
      daemon.kill('SIGTERM');
      expect(await daemon.ended).toMatchObject({ code: 0, left: [] });
      expect(await isHealthy(adminPort)).toBe(false);
    }
  });
});
