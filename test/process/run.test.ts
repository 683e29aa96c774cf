import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

import { tempFolder } from '../support/data.js';

const temp = tempFolder();
const root = fileURLToPath(new URL('../..', import.meta.url));
const own = join(root, 'build', `run-${process.pid}`);
afterAll(() => rmSync(own, { recursive: true, force: true }));

const PROGRAM = `
  import { tableFromArrays } from 'apache-arrow';
  import { SessionContext, col } from 'ballista';
  import { label } from './lib/label.js';

  interface Numbers { a: number }
  await using ctx = SessionContext.local();
  const df = await ctx.fromArrow<Numbers>(tableFromArrays({ a: Int32Array.of(1, 2, 3) }));
  console.log(label, await df.filter(col('a').gt(1)).toArray(), process.argv.slice(2), import.meta.url.slice(-7));
`;

/** Runs a program as the documentation says: from `cwd`, by a path. */
async function run(cwd: string, path: string): Promise<string> {
  const script = join(root, 'scripts', 'run.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, path, 'one', 'two'], { cwd });
  return stdout;
}

/** Writes the program and a module that it imports. */
function write(folder: string): string {
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'mine.ts'), PROGRAM);
  writeFileSync(join(folder, 'lib', 'label.ts'), "export const label: string = 'rows';");
  return join(folder, 'mine.ts');
}

describe('scripts/run.mjs', () => {
  const expected = "rows [ { a: 2 }, { a: 3 } ] [ 'one', 'two' ] mine.ts\n";

  it('runs a program at any path, with await using', async () => {
    const outside = write(temp('outside'));
    expect(await run(root, outside)).toBe(expected);
    expect(await run(dirname(outside), 'mine.ts')).toBe(expected);
    expect(await run(root, join('build', `run-${process.pid}`, write(own).slice(own.length + 1)))).toBe(expected);
  }, 120_000);

  it('shows the line of the program that fails', async () => {
    writeFileSync(temp('fails.ts'), 'interface Gone {\n  a: number;\n}\n\nconst none: Gone | null = null;\nnone!.a;\n');
    const failed: { stderr: string } = await run(root, temp('fails.ts')).then(expect.fail, (error) => error);
    expect(failed.stderr).toMatch(/fails\.ts:6/);
  }, 120_000);

  it('is what the guides call', () => {
    for (const guide of ['README.md', 'docs/guides/quickstart.md'])
      expect(readFileSync(join(root, guide), 'utf8')).toContain('`node scripts/run.mjs mine.ts`');
  });
});
