/**
 * Runs attacks on every port of a secured cluster, and writes what the ports answered into SECURITY.md:
 *
 *     npm run attacks
 *
 * @module
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { Failure, main, root, run, tool } from './lib/shell.mjs';

const BEGIN = '<!-- attacks: written by npm run attacks -->\n';
const END = '<!-- end of attacks -->';

main(async () => {
  await build();
  const folder = mkdtempSync(join(tmpdir(), 'ballista-attacks-'));
  try {
    const file = join(folder, 'rows.md');
    const test = [tool('vitest'), 'run', 'test/process/attacks.test.ts'];
    await run(process.execPath, test, { env: { BALLISTA_ATTACKS: file } });
    const rows = readFileSync(file, 'utf8');
    const page = join(root, 'SECURITY.md');
    const text = readFileSync(page, 'utf8');
    const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
    if (begin < 0 || end < begin) throw new Failure(`SECURITY.md has no place for the table: ${BEGIN}`);
    const head = '| attack | scheduler | executor, results | executor, tasks |\n|---|---|---|---|\n';
    writeFileSync(page, `${text.slice(0, begin + BEGIN.length)}\n${head}${rows}\n${text.slice(end)}`);
    console.log(head + rows);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
