/**
 * Compiles examples of the documentation against the built package.
 *
 * @module
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { capture, Failure, root, tool } from '../lib/shell.mjs';

/** @typedef {import('./examples.mjs').Example} Example */

/** The sources of the examples, the compiled code and the folders in which it runs. */
export const folder = join(root, 'build', 'docs');

/** @param {readonly Example[]} examples */
export async function compileExamples(examples) {
  rmSync(folder, { recursive: true, force: true });
  const names = Object.keys(await import(pathToFileURL(join(root, 'dist', 'index.mjs')).href));
  const [own, others] = [/** @type {Example[]} */ ([]), /** @type {Example[]} */ ([])];
  for (const example of examples) (OTHER_LIBRARY.test(example.code) ? others : own).push(example);
  await compileTo('ts', 'tsconfig.json', own, names);
  await compileTo('libraries', 'test/interop/tsconfig.json', others, names);
}

/** Examples that import other libraries are compiled with the types of browsers. Some libraries need them; ours must not. */
const OTHER_LIBRARY = /\bfrom '(?!ballista\b|apache-arrow'|node:)/;

/**
 * @param {string} name the name of the folder
 * @param {string} base the configuration to extend
 * @param {readonly Example[]} examples
 * @param {string[]} names what the package exports
 */
async function compileTo(name, base, examples, names) {
  if (examples.length === 0) return;
  mkdirSync(join(folder, name), { recursive: true });
  for (const { code, slug } of examples) {
    writeFileSync(join(folder, name, `${slug}.ts`), `${prelude(code, names)}\n${code}\n`);
  }
  const config = {
    extends: relative(folder, join(root, base)).replaceAll('\\', '/'),
    compilerOptions: {
      noEmit: false,
      noEmitOnError: true,
      rootDir: name,
      outDir: 'js',
      paths: {},
      types: ['node'],
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: [name],
  };
  const file = join(folder, `tsconfig.${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  let output = '';
  try {
    await capture(process.execPath, [tool('typescript', 'tsc'), '-p', file, '--pretty', 'false'], {
      onOutput: (text) => {
        output += text;
      },
    });
  } catch (error) {
    throw new Failure(`some examples do not compile: ${error}\n${inPlace(output, examples)}`);
  }
}

/**
 * The code before an example. It is one line, so that each line of the example moves down by one.
 *
 * @param {string} code
 * @param {string[]} names what the package exports
 */
function prelude(code, names) {
  const needs = (/** @type {string} */ name) => uses(code, name) && !declares(code, name);
  const context = needs('ctx') || needs('df');
  const missing = names.filter(needs);
  if (context && !missing.includes('BallistaSessionContext') && !declares(code, 'BallistaSessionContext')) {
    missing.push('BallistaSessionContext');
  }
  return [
    'export {};',
    missing.length > 0 ? `import { ${missing.join(', ')} } from 'ballista';` : '',
    context ? 'const ctx = await BallistaSessionContext.standalone();' : '',
    context ? "await ctx.registerParquet('flights', 'data/flights-3m.parquet');" : '',
    needs('df') ? "const df = await ctx.table('flights');" : '',
  ].join(' ');
}

/**
 * Whether code uses a name other than as a member, a key, the scheme of a URL or the beginning of a string.
 *
 * @param {string} code
 * @param {string} name
 */
function uses(code, name) {
  return new RegExp(`(?<![.\\w$'"\`])${name}\\b(?!\\s*:)`).test(code);
}

/**
 * @param {string} code
 * @param {string} name
 */
function declares(code, name) {
  const declared = new RegExp(`\\b(?:const|let|var|function|class|using)\\s+(?:[{[][^=}\\]]*\\b)?${name}\\b`);
  const imported = new RegExp(`\\bimport\\b[^;'"]*\\b${name}\\b[^;'"]*\\bfrom\\b`);
  return declared.test(code) || imported.test(code);
}

/**
 * Replaces the places in the compiler's messages by those in the documentation.
 *
 * @param {string} output
 * @param {readonly Example[]} examples
 */
function inPlace(output, examples) {
  const bySlug = new Map(examples.map((example) => [example.slug, example]));
  return output.replace(/^\S*?([\w-]+)\.ts\((\d+),(\d+)\)/gm, (place, slug, line, column) => {
    const example = bySlug.get(slug);
    return example ? `${example.file}:${example.line + Number(line) - 2}:${column}` : place;
  });
}
