/**
 * Writes the comparison with the Python packages, from the checklist in `test/parity/` and the built package:
 *
 * - `docs/reference/parity.md`: every name with its equivalent, or with the reason why it is missing
 * - `docs/reference/python-only.md`: what to use instead of names that only Python has
 *
 * @module
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/shell.mjs';
import { unlessFresh } from './lib/stamp.mjs';

const PARITY = 'docs/reference/parity.md';
const PYTHON_ONLY = 'docs/reference/python-only.md';

export const parityFiles = [PARITY, PYTHON_ONLY];

/** Runs after the TypeScript is built. */
export async function generateParity() {
  await unlessFresh(
    { name: 'parity', inputs: ['dist', 'test/parity', 'scripts/parity', 'scripts/parity.mjs'], outputs: parityFiles },
    async () => {
      // Imported late, because these modules need installed packages.
      const { readStatus } = await import('./parity/status.mjs');
      const { parityPage, pythonOnlyPage } = await import('./parity/pages.mjs');
      const { statuses } = await readStatus();
      writeFileSync(join(root, PARITY), parityPage(statuses));
      writeFileSync(join(root, PYTHON_ONLY), pythonOnlyPage(statuses));
    },
  );
}
