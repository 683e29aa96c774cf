/**
 * Runs the same small program on every JavaScript runtime that the package supports.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install } from './install.mjs';
import { capture, Failure, root } from './lib/shell.mjs';

const FOLDER = 'scripts/runtimes';
const TIMEOUT_MS = 180_000;

/** @returns {Promise<number>} how many runtimes ran it */
export async function smoke() {
  await install(FOLDER);
  const program = join(root, FOLDER, 'smoke.mjs');
  const runtimes = findRuntimes();
  for (const { name, command, args } of runtimes) {
    const output = await capture(command, [...args, program], { timeoutMs: TIMEOUT_MS });
    if (output?.trim() !== 'SELECT 1 = 1')
      throw new Failure(`${name}: expected the output SELECT 1 = 1, but it is ${JSON.stringify(output)}`);
    console.error(`  ${name}: ${output.trim()}`);
  }
  return runtimes.length;
}

/** @returns {{ name: string, command: string, args: string[] }[]} */
function findRuntimes() {
  const modules = join(root, FOLDER, 'node_modules');
  const platform = `${process.platform}-${process.arch}`;
  const nodes = ['22', '24']
    .map((major) => ({ name: `node ${major}`, folder: join(modules, `node${major}-${platform}`, 'bin') }))
    .map(({ name, folder }) => ({
      name,
      command: join(folder, `node${extension}`),
      args: /** @type {string[]} */ ([]),
    }))
    // This platform has no such package; the tests on Linux cover it.
    .filter(({ command }) => existsSync(command));
  return [
    { name: `node ${process.versions.node}`, command: process.execPath, args: [] },
    ...nodes,
    { name: 'bun', command: join(modules, 'bun', 'bin', 'bun.exe'), args: [] },
    {
      name: 'deno',
      command: process.execPath,
      args: [
        join(modules, 'deno', 'bin.cjs'),
        'run',
        '--allow-all',
        // Deno caches compiled code of CommonJS files by path and length, and would use the code of an older file.
        '--no-code-cache',
        '--no-lock',
        '--node-modules-dir=manual',
      ],
    },
  ];
}

const extension = process.platform === 'win32' ? '.exe' : '';
