/**
 * Compiles every TypeScript example of the documentation (README.md, docs/, the TSDoc of src/) against the built package,
 * and runs each in a process of its own against a real cluster. What it prints has to be what it says (docs/outputs.mjs).
 *
 * An example may leave out what would repeat in each of them; its first line is then preceded by
 * - an import of the package's names that it uses but neither imports nor declares,
 * - `const ctx`, a context on an in-process cluster with the table `flights`, when it uses `ctx`,
 * - `const df`, that table, when it uses `df`.
 *
 * It runs in a folder with the real data sets under `data/`, finds the modules of examples/udf/ beside itself, and a cluster
 * where it says df://localhost:50050. A fence "```ts no-run" is only compiled: for what needs machines that are not there; a
 * fence "```ts file=examples/udf/address.ts" has to be the text of that file.
 *
 *     npm run check -- docs
 *     node scripts/check-docs.mjs docs/guides/sql.md …    only the examples of these files, after a build
 *
 * @module
 */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { missingOutput, statedOutputs } from './docs/outputs.mjs';
import { capture, Failure, main, root, tool } from './lib/shell.mjs';

/** Finding fewer means that the search is broken, not that the documentation shrank. */
const AT_LEAST = 150;
const OUTPUTS_AT_LEAST = 120;
const NO_RUN_AT_MOST = 10;
const TIMEOUT_MS = 180_000;
const WORKERS = 2;

const folder = join(root, 'build', 'docs');

/**
 * @typedef {object} Example
 * @property {string} file relative to the checkout
 * @property {number} line of its first line, from 1
 * @property {string} code
 * @property {boolean} runs
 * @property {string[]} outputs what it says that it prints
 * @property {string} slug its file name in build/docs, without extension
 */

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
  await compile(examples);
  await runAll(examples.filter(({ runs }) => runs));
  const checked = examples.flatMap(({ runs, outputs }) => (runs ? outputs : [])).length;
  console.error(`  ${examples.length} examples, ${compiledOnly} of them compiled only; ${checked} outputs as they say`);
  return examples.length;
}

/** @returns {Example[]} */
function findExamples() {
  const documents = ['README.md', ...walk('docs', '.md')].flatMap((file) => fences(file, lines(file)));
  const comments = walk('src', '.ts').flatMap((file) => fences(file, docComments(lines(file))));
  return [...documents, ...comments];
}

/** @param {string} file */
function lines(file) {
  return readFileSync(join(root, file), 'utf8').split('\n');
}

/**
 * @param {string} path
 * @param {string} extension
 * @returns {string[]}
 */
function walk(path, extension) {
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/**
 * The text of the doc comments, every line in its place; code lines become empty.
 *
 * @param {string[]} source
 */
function docComments(source) {
  let inside = false;
  return source.map((line) => {
    if (/^\s*\/\*\*/.test(line)) inside = true;
    const text = inside ? line.replace(/^\s*\/?\*+\/? ?/, '') : '';
    if (line.includes('*/')) inside = false;
    return text;
  });
}

/**
 * @param {string} file
 * @param {string[]} text
 * @returns {Example[]}
 */
function fences(file, text) {
  const examples = [];
  for (let start = 0; start < text.length; start++) {
    const opening = /^(\s*)```(\w+)(.*)$/.exec(text[start] ?? '');
    if (!opening) continue;
    const [, indent = '', language, info = ''] = opening;
    const end = text.findIndex((line, i) => i > start && line.trim() === '```');
    if (end < 0) throw new Failure(`${file}:${start + 1}: this code block has no closing fence`);
    if (language === 'ts' || language === 'typescript') {
      const code = text
        .slice(start + 1, end)
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
      const line = start + 2;
      const slug = `${file.replace(/[^A-Za-z0-9]+/g, '-')}-${line}`;
      const outputs = [...statedOutputs(code.join('\n')), ...shownBelow(text, end + 1)];
      const shown = /\bfile=(\S+)/.exec(info)?.[1];
      if (shown && readFileSync(join(root, shown), 'utf8').trimEnd() !== code.join('\n').trimEnd())
        throw new Failure(`${file}:${line}: this differs from the text of ${shown}`);
      examples.push({ file, line, code: code.join('\n'), runs: !/\bno-run\b/.test(info), outputs, slug });
    }
    start = end;
  }
  return examples;
}

/**
 * The output that stands below an example.
 *
 * @param {string[]} text
 * @param {number} start
 * @returns {string[]}
 */
function shownBelow(text, start) {
  const opening = text.findIndex((line, i) => i >= start && line.trim() !== '');
  if (text[opening]?.trim() !== '```text') return [];
  const end = text.findIndex((line, i) => i > opening && line.trim() === '```');
  return [text.slice(opening + 1, end).join('\n')];
}

/** @param {Example[]} examples */
async function compile(examples) {
  rmSync(folder, { recursive: true, force: true });
  const names = Object.keys(await import(pathToFileURL(join(root, 'dist', 'index.mjs')).href));
  const [own, others] = [/** @type {Example[]} */ ([]), /** @type {Example[]} */ ([])];
  for (const example of examples) (OTHER_LIBRARY.test(example.code) ? others : own).push(example);
  await compileTo('ts', 'tsconfig.json', own, names);
  await compileTo('libraries', 'test/interop/tsconfig.json', others, names);
}

/** Such an example is compiled with the types of browsers, which those of some libraries need, and ours must not. */
const OTHER_LIBRARY = /\bfrom '(?!ballista\b|apache-arrow'|node:)/;

/**
 * @param {string} name of its folder
 * @param {string} base the configuration that it extends
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
 * On one line, so that the line numbers of an example stay simple.
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
 * Whether a name stands in code: not as a member, a key, the scheme of a URL or the start of a text.
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
 * The compiler's messages with the places of the documentation instead of those of the extracted files.
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

/** @param {Example[]} examples */
async function runAll(examples) {
  cpSync(join(root, 'examples', 'udf'), join(folder, 'js'), { recursive: true });
  const { setupTestCluster } = await import(pathToFileURL(join(root, 'dist', 'index.mjs')).href);
  const cluster = await setupTestCluster();
  try {
    for (const { slug } of examples) {
      const file = compiled(slug);
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('df://localhost:50050', cluster.url));
    }
    const queue = [...examples];
    const failures = /** @type {string[]} */ ([]);
    const worker = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const failure = await runOne(next);
        if (failure) failures.push(failure);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    if (failures.length > 0) throw new Failure(`some examples fail:\n${failures.join('\n')}`);
  } finally {
    await cluster.close();
  }
}

/** @param {string} slug */
function compiled(slug) {
  return join(folder, 'js', `${slug}.js`);
}

/**
 * @param {Example} example
 * @returns {Promise<string | undefined>} what went wrong
 */
async function runOne({ file, line, slug, outputs }) {
  let output = '';
  // Of its own: examples write files, by the same names.
  const cwd = join(folder, 'work', slug);
  mkdirSync(cwd, { recursive: true });
  symlinkSync(join(root, 'node_modules', 'vega-datasets', 'data'), join(cwd, 'data'), 'junction');
  try {
    await capture(process.execPath, [compiled(slug)], {
      cwd,
      timeoutMs: TIMEOUT_MS,
      onOutput: (text) => {
        output += text;
      },
    });
    const missing = missingOutput(outputs, output);
    return missing && `${file}:${line}: expected the output\n${missing}\nbut it is\n${output}`;
  } catch (error) {
    return `${file}:${line}: ${error instanceof Error ? error.message : error}\n${output}`;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    await checkDocs(process.argv.slice(2));
  });
}
