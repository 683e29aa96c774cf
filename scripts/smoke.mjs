/**
 * Compiles the types of the package as a user does, and runs the same small program on every JavaScript runtime that the package
 * supports.
 *
 * @module
 */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from './install.mjs';
import { capture, Failure, root, run, tool } from './lib/shell.mjs';

const FOLDER = 'scripts/runtimes';
const TIMEOUT_MS = 180_000;

/** @returns {Promise<number>} how many runtimes ran it */
export async function smoke() {
  await compileTypes();
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

/** Compiles an ESM and a CommonJS program against the built types, and checks these types themselves. */
async function compileTypes() {
  const folder = join(root, 'build', 'smoke');
  mkdirSync(folder, { recursive: true });
  const program = `
    import { BallistaSessionContext, col, f, spark, substrait, type DataFrame } from 'ballista';
    import { sum } from 'ballista/functions';
    import { abs } from 'ballista/spark';

    export async function total(ctx: BallistaSessionContext): Promise<{ n: number }[]> {
      const df: DataFrame<{ n: bigint }> = await ctx.table<{ n: bigint }>('t').limit(1);
      void [f.sum(col('n')), sum(col('n')), spark.abs(col('n')), abs(col('n')), substrait];
      return df.select('n').toArray({ int64: 'number' });
    }
  `;
  for (const file of ['esm.mts', 'cjs.cts']) writeFileSync(join(folder, file), program);
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };
  const config = join(folder, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ['esm.mts', 'cjs.cts'] }));
  await run(process.execPath, [tool('typescript', 'tsc'), '-p', config]);
  console.error('  types: ESM and CommonJS');
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
