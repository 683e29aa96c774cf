/**
 * Runs attacks on every port of a secured cluster, and writes what the ports answered into SECURITY.md:
 *
 *     npm run attacks
 *
 * @module
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { main, root, run, tool } from './lib/shell.mjs';
import { writeBetween } from './lib/write-between.mjs';

main(async () => {
  await build();
  const folder = mkdtempSync(join(tmpdir(), 'ballista-attacks-'));
  try {
    const file = join(folder, 'rows.md');
    const test = [tool('vitest'), 'run', 'test/process/attacks.test.ts'];
    await run(process.execPath, test, { env: { BALLISTA_ATTACKS: file } });
    const rows = readFileSync(file, 'utf8');
    const head = '| attack | scheduler | executor, results | executor, tasks |\n|---|---|---|---|\n';
    writeBetween(join(root, 'SECURITY.md'), 'attacks', (head + rows).trimEnd());
    console.log(head + rows);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
