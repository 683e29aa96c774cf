import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

import { CASES } from '../../scripts/bundlers/cases.mjs';
import { linkedProject } from '../../scripts/bundlers/project.mjs';
import { runCase } from '../../scripts/bundlers/run-case.mjs';
import { tempFolder } from '../support/data.js';

/** What the packages of the checkout can run. `npm run bundlers` runs all. */
const SHORT = [
  'Rolldown',
  'Rolldown, all in one file',
  'Vite, SSR',
  'Vite, SSR, `noExternal: true`',
  'Node, worker threads',
  'Node, a project that was moved',
  'Electron: packages in `app.asar`',
];

describe('a program runs a query and a UDF', () => {
  const folder = tempFolder()('app');
  beforeAll(() => linkedProject(folder));

  it.each(SHORT)('%s', async (name) => {
    const found = CASES.find((one) => one.name === name);
    if (!found) throw new Error(`there is no case ${name}`);
    expect(await runCase(folder, found)).toBeUndefined();
  });

  it('a bundle without the package beside it says what to write', async () => {
    const found = CASES.find(({ name }) => name === 'Rolldown, all in one file');
    if (!found) throw new Error('there is no such case');
    const failure = await runCase(folder, {
      ...found,
      run: async (moved) => {
        const place = join(moved, 'node_modules');
        rmSync(join(place, 'ballista'), { recursive: true });
        return found.run(moved);
      },
    });
    expect(failure).toContain('Leave "ballista" and "apache-arrow" outside of the bundle');
    expect(failure).toContain('docs/guides/bundlers.md');
  });
});
