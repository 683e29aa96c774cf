/**
 * Compiles every TypeScript example of the documentation (README.md, docs/, the doc comments of src/) against the built
 * package, and runs each one in its own process against a real cluster. The output must be what the example shows
 * (docs/outputs.mjs).
 *
 * An example may leave out what all of them need. Its first line is then preceded by
 * - an import of the package's names that it uses but neither imports nor declares,
 * - `const ctx`, a context on a cluster in its process with the table `flights`, if it uses `ctx`,
 * - `const df`, that table, if it uses `df`.
 *
 * It runs in a folder with the real data sets in `data/` and the modules of examples/udf/. Instead of df://localhost:50050 it
 * gets the address of a running cluster. A block "```ts no-run" is only compiled, because it needs other machines. A block
 * "```ts file=examples/udf/address.ts" must equal the text of that file.
 *
 *     npm run check -- docs
 *     node scripts/check-docs.mjs docs/guides/sql.md …    only the examples of these files, after a build
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { compileExamples } from './docs/compile-examples.mjs';
import { findExamples } from './docs/examples.mjs';
import { runExamples } from './docs/run-examples.mjs';
import { Failure, main } from './lib/shell.mjs';

/** If there are fewer, the search is broken. */
const AT_LEAST = 150;
const OUTPUTS_AT_LEAST = 120;
const NO_RUN_AT_MOST = 10;

/**
 * @param {readonly string[]} [files] absent or empty: all
 * @returns {Promise<number>} how many examples there are
 */
export async function checkDocs(files = []) {
  const all = findExamples();
  const examples = all.filter(({ file }) => files.length === 0 || files.includes(file));
  const compiledOnly = examples.filter(({ runs }) => !runs).length;
  if (all.length < AT_LEAST) throw new Failure(`only ${all.length} examples were found, expected at least ${AT_LEAST}`);
  if (compiledOnly > NO_RUN_AT_MOST)
    throw new Failure(`${compiledOnly} examples are marked no-run, expected at most ${NO_RUN_AT_MOST}`);
  const stated = all.flatMap(({ runs, outputs }) => (runs ? outputs : [])).length;
  if (stated < OUTPUTS_AT_LEAST)
    throw new Failure(`only ${stated} outputs were found, expected at least ${OUTPUTS_AT_LEAST}`);
  await compileExamples(examples);
  await runExamples(examples.filter(({ runs }) => runs));
  const checked = examples.flatMap(({ runs, outputs }) => (runs ? outputs : [])).length;
  console.error(
    `  ${examples.length} examples, ${compiledOnly} of them compiled only; ${checked} outputs are as shown`,
  );
  return examples.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    await checkDocs(process.argv.slice(2));
  });
}
