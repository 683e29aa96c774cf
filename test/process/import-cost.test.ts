import { expect, it } from 'vitest';

import { runProgram } from '../support/program.js';

/** Packages that only TypeScript UDFs need. */
const LATER = ['acorn', 'eslint-scope', '@jridgewell'];

it.each(['import', 'require'])(
  '%s loads neither the addon nor rarely needed packages before their first use',
  async (way) => {
    const { code, stdout, stderr } = await runProgram('import-cost.cjs', way);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { imported, built, beforeUse, used } = JSON.parse(stdout);
    expect(imported.addons).toBe(0);
    expect(built).toEqual(['sum(a)', 'SELECT $1', 'string', 'BallistaError']);
    expect(beforeUse).toBe(0);
    expect(used).toMatchObject({ rows: [{ b: 42 }], isFrame: true, addons: 1 });
    expect(used.packages).toEqual(expect.arrayContaining(['acorn', 'eslint-scope']));
    expect(imported.packages.filter((name: string) => LATER.includes(name))).toEqual([]);
    if (way === 'require') expect(imported.packages).toContain('apache-arrow');
  },
);
