import { expect, it } from 'vitest';

import type { Log } from '../../../src/cli/daemon/log.js';
import { startPatiently } from '../../../src/cli/daemon/start-patiently.js';
import { BallistaError } from '../../../src/errors.js';

const STARTED = { host: '127.0.0.1', port: 1 };

/** Starts a server whose first starts fail, and returns the warnings, too. */
async function start(failures: Error[], limitMs = 60_000, signal = new AbortController().signal) {
  const warnings: string[] = [];
  const log = { warn: (text: string) => warnings.push(text) } as Partial<Log> as Log;
  const attempt = async () => {
    const failure = failures.shift();
    if (failure) throw failure;
    return STARTED;
  };
  const started = await startPatiently(attempt, { limitMs, log, signal }).catch((error: unknown) => error);
  return { started, warnings };
}

const refused = () => new BallistaError('CONNECTION', 'Connection refused.');

it('starts again until the scheduler is there, and tells each reason once', async () => {
  const expired = new BallistaError('CONNECTION', 'The certificate has expired.');
  expect(await start([refused(), refused(), expired])).toEqual({
    started: STARTED,
    warnings: [refused(), expired].map(({ message }) => `The executor waits for its scheduler. ${message}`),
  });
});

it('fails at once for other reasons, and when the time is over', async () => {
  const taken = new BallistaError('ADDRESS_IN_USE', 'The port is taken.');
  expect(await start([taken])).toEqual({ started: taken, warnings: [] });
  const last = refused();
  expect(await start([last], 0)).toEqual({ started: last, warnings: [] });
});

it('ends after the signal', async () => {
  expect(await start([refused()], 60_000, AbortSignal.timeout(10))).toMatchObject({ started: undefined });
});
