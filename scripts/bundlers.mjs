/**
 * Builds a program with each bundler and each way to ship it, runs what they made, and writes the table and the configurations
 * into docs/guides/bundlers.md:
 *
 *     npm run bundlers [-- esbuild webpack …]
 *
 * With names of tools it runs only these, and writes nothing.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from './build.mjs';
import { CASES } from './bundlers/cases.mjs';
import { APP, installedProject, TOOLS } from './bundlers/project.mjs';
import { runCase } from './bundlers/run-case.mjs';
import { Failure, main, root } from './lib/shell.mjs';
import { writeBetween } from './lib/write-between.mjs';

const PAGE = join(root, 'docs', 'guides', 'bundlers.md');

main(async () => {
  await build();
  const words = process.argv.slice(2).map((word) => word.toLowerCase());
  const cases = CASES.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)),
  );
  const folder = await installedProject();
  /** @type {string[]} */
  const failed = [];
  for (const one of cases) {
    const started = performance.now();
    const failure = await runCase(folder, one);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `${failure === undefined ? 'works' : 'FAILS'} ${one.name} (${seconds} s)${failure ? `\n${failure}` : ''}`,
    );
    if (failure !== undefined) failed.push(one.name);
  }
  if (failed.length > 0) throw new Failure(`${failed.length} of ${cases.length} fail: ${failed.join('; ')}`);
  if (words.length > 0) return;
  writeBetween(PAGE, 'tools', table());
  writeBetween(PAGE, 'configurations', configurations());
});

function table() {
  const rows = CASES.map(({ name, tool, write }) => {
    const version = tool === undefined ? process.versions.node : TOOLS[/** @type {keyof typeof TOOLS} */ (tool)];
    return `| ${name} | ${version} | ${write} |`;
  });
  return ['| tool | tested version | what to write |', '|---|---|---|', ...rows].join('\n');
}

function configurations() {
  const shown = CASES.filter(
    ({ name, files }) => files && !name.includes('all in one') && !name.includes('noExternal'),
  );
  const files = new Set(shown.flatMap(({ files = [] }) => files.filter((file) => /\.m?js(on)?$/u.test(file))));
  return [...files]
    .map((file) => {
      const text = readFileSync(join(APP, file), 'utf8').trimEnd();
      return `\`${basename(file)}\`:\n\n\`\`\`${file.endsWith('json') ? 'json' : 'js'}\n${text}\n\`\`\``;
    })
    .join('\n\n');
}
