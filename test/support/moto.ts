import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';

import { freePort } from './ports.js';
import { until } from './until.js';

const VENV = join('build', 'moto');

/**
 * Starts moto, an emulator of AWS, with an empty bucket. Returns its address, or `undefined` and a line on the console if
 * Python cannot install it. Stops after the tests of the file.
 */
export async function serveMoto(bucket: string): Promise<string | undefined> {
  const program = install();
  if (program === undefined) return undefined;
  const port = await freePort();
  const child = spawn(program, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  afterAll(async () => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  });
  const url = `http://127.0.0.1:${port}`;
  await until('moto answers', async () => (await fetch(`${url}/moto-api/`).catch(() => undefined))?.ok === true);
  const response = await fetch(`${url}/${bucket}`, { method: 'PUT' });
  if (!response.ok) throw new Error(`moto made no bucket: ${response.status} ${await response.text()}`);
  return url;
}

function install(): string | undefined {
  const program = join(VENV, 'bin', 'python');
  try {
    if (!existsSync(program)) execFileSync('python3', ['-m', 'venv', VENV]);
    execFileSync(program, ['-m', 'pip', 'install', '--quiet', 'moto[server]==5.2.*'], { stdio: 'pipe' });
    return program;
  } catch (error) {
    console.error(`moto is not available: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
