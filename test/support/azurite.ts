import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, vi } from 'vitest';

import { install } from '../../scripts/install.mjs';

const PACKAGE = 'scripts/azurite';
const PROGRAM = fileURLToPath(new URL(`../../${PACKAGE}/node_modules/azurite/dist/src/blob/main.js`, import.meta.url));

/** The account of every Azure Storage emulator, and its key. https://learn.microsoft.com/azure/storage/common/storage-connect-azurite */
export const ACCOUNT = 'devstoreaccount1';
export const ACCOUNT_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * Starts Azurite with an empty container and returns its address. Azurite stops after the tests of the file.
 *
 * Also sets the address for `useEmulator`, in this process and in the processes that it starts later.
 */
export async function serveAzure(container: string): Promise<string> {
  await install(PACKAGE);
  const options = ['--blobPort', '0', '--inMemoryPersistence', '--disableTelemetry', '--silent'];
  const child = spawn(process.execPath, [PROGRAM, ...options, '--skipApiVersionCheck'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterAll(async () => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    vi.unstubAllEnvs();
  });
  const url = await address(child.stdout);
  await createContainer(url, container);
  vi.stubEnv('AZURITE_BLOB_STORAGE_URL', url);
  return url;
}

async function address(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /listens on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('Azurite ended before it served');
}

/** https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
async function createContainer(url: string, container: string): Promise<void> {
  const path = `/${ACCOUNT}/${container}`;
  const headers = { 'x-ms-date': new Date().toUTCString(), 'x-ms-version': '2023-11-03' };
  const text = [
    'PUT',
    ...Array(11).fill(''),
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    `/${ACCOUNT}${path}`,
    'restype:container',
  ].join('\n');
  const signature = createHmac('sha256', Buffer.from(ACCOUNT_KEY, 'base64')).update(text).digest('base64');
  const response = await fetch(`${url}${path}?restype=container`, {
    method: 'PUT',
    headers: { ...headers, authorization: `SharedKey ${ACCOUNT}:${signature}` },
  });
  if (response.status !== 201) throw new Error(`Azurite made no container: ${await response.text()}`);
}
