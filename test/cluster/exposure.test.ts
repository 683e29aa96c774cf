import { afterAll, afterEach, expect, it, vi } from 'vitest';

import { BallistaExecutor } from '../../src/cluster/executor.js';
import { BallistaScheduler } from '../../src/cluster/scheduler.js';
import { Certificates } from '../support/certs.js';
import { refused } from '../support/refused.js';

const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
afterEach(() => warned.mockClear());
afterAll(() => warned.mockRestore());

const EXPOSED = { host: '0.0.0.0', externalHost: '127.0.0.1', port: 0 };

it('a server that others can reach must be secured, or be insecure on purpose', () => {
  for (const Server of [BallistaScheduler, BallistaExecutor]) {
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.org'])
      expect(refused(() => new Server({ host }))).toMatch(/--tls-client-auth.* insecure: true \(--insecure\)/);
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) new Server({ host });
    new Server({ host: '0.0.0.0', insecure: true });
    const tls = { ca: 'a', cert: 'b', key: 'c' };
    expect(refused(() => new Server({ host: '0.0.0.0', tls }))).toContain('clientAuth');
    new Server({ host: '0.0.0.0', tls: { ...tls, clientAuth: true } });
  }
});

it('UDFs beyond this machine need more than insecure', () => {
  const udf = { host: '0.0.0.0', udf: true };
  expect(refused(() => new BallistaExecutor({ ...udf, insecure: true }))).toMatch(
    /--udf.* run code.*--tls-client-auth/,
  );
  new BallistaExecutor({ ...udf, tls: { ca: 'a', cert: 'b', key: 'c', clientAuth: true } });
});

it('an insecure server emits one warning, and a secured one none', async () => {
  await using insecure = new BallistaScheduler({ ...EXPOSED, insecure: true });
  await insecure.start();
  expect(warned.mock.calls.map(([text]) => text)).toEqual([
    expect.stringMatching(/^The scheduler listens on 0\.0\.0\.0 without TLS/),
  ]);
  warned.mockClear();
  const files = await Certificates.make();
  await using secured = new BallistaScheduler({ ...EXPOSED, tls: files.server });
  await secured.start();
  expect(warned).not.toHaveBeenCalled();
  files.remove();
});
