/**
 * Runs compiled examples of the documentation against a real cluster, and compares their output with what they show.
 *
 * @module
 */

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { capture, Failure, root } from '../lib/shell.mjs';
import { folder } from './compile-examples.mjs';
import { missingOutput } from './outputs.mjs';

/** @typedef {import('./examples.mjs').Example} Example */

const TIMEOUT_MS = 180_000;
const WORKERS = 2;

/** @param {readonly Example[]} examples */
export async function runExamples(examples) {
  cpSync(join(root, 'examples', 'udf'), join(folder, 'js'), { recursive: true });
  const { setupTestCluster } = await import(pathToFileURL(join(root, 'dist', 'index.mjs')).href);
  const cluster = await setupTestCluster({ processOnly: false });
  try {
    for (const { slug } of examples) {
      const file = compiled(slug);
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('df://localhost:50050', cluster.url));
    }
    const queue = [...examples];
    const failures = /** @type {string[]} */ ([]);
    const worker = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const failure = await runOne(next);
        if (failure) failures.push(failure);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    if (failures.length > 0) throw new Failure(`some examples fail:\n${failures.join('\n')}`);
  } finally {
    await cluster.close();
  }
}

/** @param {string} slug */
function compiled(slug) {
  return join(folder, 'js', `${slug}.js`);
}

/**
 * @param {Example} example
 * @returns {Promise<string | undefined>} what went wrong
 */
async function runOne({ file, line, slug, outputs }) {
  let output = '';
  // Each has its own folder, because examples write files with the same names.
  const cwd = join(folder, 'work', slug);
  mkdirSync(cwd, { recursive: true });
  symlinkSync(join(root, 'node_modules', 'vega-datasets', 'data'), join(cwd, 'data'), 'junction');
  try {
    await capture(process.execPath, [compiled(slug)], {
      cwd,
      timeoutMs: TIMEOUT_MS,
      onOutput: (text) => {
        output += text;
      },
    });
    const missing = missingOutput(outputs, output);
    return missing && `${file}:${line}: expected the output\n${missing}\nbut it is\n${output}`;
  } catch (error) {
    return `${file}:${line}: ${error instanceof Error ? error.message : error}\n${output}`;
  }
}
