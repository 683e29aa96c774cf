import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { AdminServer } from '../../../src/cli/daemon/admin-server.js';
import { metric } from '../../../src/cli/daemon/metric-families.js';
import { rejected } from '../../support/rejected.js';

let unready: string | undefined;
let server: AdminServer;

beforeEach(async () => {
  unready = undefined;
  const probes = { unready: () => unready, metrics: () => [metric('gauge', 'a', 'A.', 1)] };
  server = await AdminServer.open('127.0.0.1', 0, probes);
});
afterEach(() => server.close());

/** fetch() would not send these headers. */
async function ask(path: string, { method = 'GET', headers = {} } = {}): Promise<{ status: number; text: string }> {
  const sent = request({ port: server.port, path, method, headers }).end();
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const part of response) text += part;
  return { status: response.statusCode, text };
}

it('answers probes', async () => {
  expect(await ask('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  expect(await ask('/readyz')).toEqual({ status: 200, text: 'ready\n' });
  unready = 'No executor is registered.';
  expect(await ask('/readyz')).toEqual({ status: 503, text: 'No executor is registered.\n' });
  expect(await ask('/healthz')).toEqual({ status: 200, text: 'ok\n' });
});

it('answers with metrics', async () => {
  expect(await ask('/metrics')).toEqual({ status: 200, text: '# HELP a A.\n# TYPE a gauge\na 1\n' });
});

it.each([
  ['/', {}, 404],
  ['/metrics', { method: 'POST' }, 405],
  ['/metrics', { headers: { origin: 'http://evil.example' } }, 403],
  ['/metrics', { headers: { host: 'evil.example' } }, 403],
  ['/metrics', { headers: { host: 'localhost:1' } }, 200],
  ['/metrics', { headers: { host: '[::1]:1' } }, 200],
])('answers %s %j with %i', async (path, options, status) => {
  expect((await ask(path, options)).status).toBe(status);
});

it('rejects with ADDRESS_IN_USE if another server has the port', async () => {
  const second = AdminServer.open('127.0.0.1', server.port, { unready: () => undefined, metrics: () => [] });
  expect(await rejected(second)).toMatchObject({ code: 'ADDRESS_IN_USE' });
});
