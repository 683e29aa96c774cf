import { execFile } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

import { describeTimes, firstResult } from '../../scripts/package/first-result.mjs';
import { type Archive, packDevelopment } from '../../scripts/package/pack.mjs';
import { host, packageName, platforms } from '../../scripts/package/platforms.mjs';
import { checkSizes } from '../../scripts/package/sizes.mjs';
import { ROOT } from '../support/child.js';
import { filesIn, tempFolder } from '../support/data.js';

const temp = tempFolder();
const project = temp('project');
const installed = join(project, 'node_modules', 'ballista');
const addon = join(project, 'node_modules', packageName(host()));
let archives: Archive[];

beforeAll(async () => {
  archives = await packDevelopment();
  const times = await firstResult(
    project,
    archives.map(({ file }) => file),
  );
  console.log(describeTimes(times));
}, 900_000);

/** Runs a program in the project. Returns what it prints. */
async function run(name: string, program: string, ...nodeArgs: string[]): Promise<string> {
  writeFileSync(join(project, name), program);
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeArgs, name], { cwd: project });
  return stdout;
}

/** A cluster in the process, with a TypeScript UDF, so that the addon and the code of its threads are found. */
const QUERY = `
  const ctx = await BallistaSessionContext.standalone();
  const double = udf({ name: 'double', args: ['Int32'], returns: 'Int32' }, (a) => 2 * a);
  const df = (await ctx.sql('SELECT 21::INT AS a')).select(double(col('a')).alias('b'), f.abs(col('a')).alias('c'));
  console.log(await df.toArray());
  await ctx.close();
`;
const ROWS = '[ { b: 42, c: 21 } ]\n';

describe('the packed packages', () => {
  it('are not larger than their limits', () => {
    expect(archives.map(({ name }) => name)).toEqual(['ballista', packageName(host())]);
    checkSizes(archives);
  });

  it('contain what they need and nothing else', () => {
    const top = filesIn(installed).map((file) => file.split('/')[0]);
    expect([...new Set(top)]).toEqual([
      ...['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md', 'SECURITY.md', 'dist', 'docs', 'package.json'],
    ]);
    expect(filesIn(addon)).toEqual(['LICENSE', 'NOTICE', 'README.md', 'ballista.node', 'package.json']);
    const readme = readFileSync(join(installed, 'README.md'), 'utf8');
    expect(readme).toContain('npm install ballista apache-arrow');
    expect(readme).not.toMatch(/npm run|npm test|from source/);
    const main = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const names = platforms.map(packageName);
    expect(names.length).toBeGreaterThan(5);
    expect(main.optionalDependencies).toEqual(Object.fromEntries(names.map((name) => [name, main.version])));
    const { os, cpu, libc, version, ...rest } = JSON.parse(readFileSync(join(addon, 'package.json'), 'utf8'));
    expect({ os, cpu, version }).toEqual({ os: [process.platform], cpu: [process.arch], version: main.version });
    expect(libc === undefined).toBe(process.platform !== 'linux');
    // npm must not publish a development build.
    expect(rest).toMatchObject({ private: true, addon: { profile: 'release' } });
  });

  it('have the files that their texts link to', () => {
    const texts = filesIn(installed).filter((file) => file.endsWith('.md'));
    const links = texts.flatMap((file) => {
      const text = readFileSync(join(installed, file), 'utf8').replaceAll(/^```.*?^```/gms, '');
      const targets = [...text.matchAll(/\]\((?!#|https?:)([^)#]+)/g)].map(([, target = '']) =>
        join(file, '..', target),
      );
      return targets.map((target) => ({ file, target }));
    });
    expect(links.filter(({ file }) => file === 'README.md').length).toBeGreaterThan(20);
    expect(links.filter(({ target }) => !existsSync(join(installed, target)))).toEqual([]);
  });

  it.each(['bench', 'deploy', 'examples', 'scripts'])('say in their guides that %s/ is in the repository', (folder) => {
    const guides = filesIn(installed).filter((file) => file.startsWith('docs/guides/'));
    const first = guides.flatMap((file) => {
      const text = readFileSync(join(installed, file), 'utf8').replaceAll(/^```.*?^```/gms, '');
      return text.split('\n\n').find((paragraph) => new RegExp(`\`(?:\\w+ )?${folder}/`).test(paragraph)) ?? [];
    });
    expect(first.length).toBeGreaterThan(0);
    expect(first.filter((paragraph) => !/repository|checkout/.test(paragraph))).toEqual([]);
  });

  it('run a query from ESM', async () => {
    const program = `import { BallistaSessionContext, col, f, udf } from 'ballista'; ${QUERY}`;
    expect(await run('esm.mjs', program)).toBe(ROWS);
  });

  it('run a query from CommonJS', async () => {
    const program = `const { BallistaSessionContext, col, f, udf } = require('ballista'); (async () => { ${QUERY} })();`;
    expect(await run('cjs.cjs', program)).toBe(ROWS);
  });

  it('have types for ESM and CommonJS that are correct themselves', async () => {
    const program = `
      import { BallistaSessionContext, col, f, spark, substrait, type DataFrame } from 'ballista';
      import { sum } from 'ballista/functions';
      import { abs } from 'ballista/spark';

      export async function total(ctx: BallistaSessionContext): Promise<{ n: number }[]> {
        const df: DataFrame<{ n: bigint }> = await ctx.table<{ n: bigint }>('t').limit(1);
        void [f.sum(col('n')), sum(col('n')), spark.abs(col('n')), abs(col('n')), substrait];
        return df.select('n').toArray({ int64: 'number' });
      }
    `;
    const files = ['types.mts', 'types.cts'];
    for (const file of files) writeFileSync(join(project, file), program);
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      module: 'nodenext',
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', project, '--listFiles']).catch(
      (error: { stdout: string }) => expect.fail(error.stdout),
    );
    for (const types of ['index.d.mts', 'index.d.cts']) expect(stdout).toContain(join(installed, 'dist', types));
  });

  it('have the command ballista', async () => {
    const command = join(project, 'node_modules', '.bin', 'ballista');
    const args = ['sql', '--format', 'csv', 'SELECT 1 AS one'];
    const { stdout } = await promisify(execFile)(command, args, { cwd: project });
    expect(stdout).toBe('one\n1\n');
  });
});

describe('without the right addon', () => {
  /** What the first call of the engine throws. */
  function failure(...nodeArgs: string[]): Promise<string> {
    const program = `
      import { SessionContext } from 'ballista';
      try { SessionContext.local(); } catch ({ code, message }) { console.log(code + ': ' + message); }
    `;
    return run('fails.mjs', program, ...nodeArgs);
  }

  it('names the package that is not installed', async () => {
    renameSync(addon, `${addon}-moved`);
    try {
      const message = await failure();
      expect(message).toMatch(/^ADDON: The package ballista-\S+, which has the native addon, is not installed\./);
      expect(message).toContain(packageName(host()));
      expect(message).toContain('install without --omit=optional');
    } finally {
      renameSync(`${addon}-moved`, addon);
    }
  });

  it('names both versions if they differ', async () => {
    const manifest = join(addon, 'package.json');
    const text = readFileSync(manifest, 'utf8');
    const { version } = JSON.parse(text);
    writeFileSync(manifest, text.replace(`"version": "${version}"`, '"version": "0.0.7"'));
    try {
      const message = await failure();
      expect(message).toContain(
        `ADDON: ballista ${version} needs the package ${packageName(host())} in the same version`,
      );
      expect(message).toContain(`0.0.7 is installed in ${addon}`);
    } finally {
      writeFileSync(manifest, text);
    }
  });

  it('lists the platforms, and says how to build for another one', async () => {
    const machine = 'Object.defineProperty(process, "platform", { value: "freebsd" })';
    const message = await failure('--import', `data:text/javascript,${machine}`);
    expect(message).toContain(`ADDON: There is no native addon for freebsd-${process.arch}, only for`);
    for (const { name } of platforms) expect(message).toContain(name);
    expect(message).toContain('run "npm run package" in a checkout');
  });
});

describe('npm run release', () => {
  it('goes through its checklist, and does not let a development build be published', async () => {
    const script = join(ROOT, 'scripts', 'release.mjs');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { cwd: ROOT }).then(
      () => expect.fail('it must fail'),
      (error: { stdout: string; stderr: string }) => error,
    );
    expect(stdout).toMatch(/^\[x\] package\.json, package-lock\.json and Cargo\.toml have the version /m);
    expect(stdout).toMatch(/^\[x\] npm would publish ballista$/m);
    expect(stdout).toContain(`[ ] npm would publish ${packageName(host())}: `);
    expect(stderr).toContain('must not be published');
  });
});
