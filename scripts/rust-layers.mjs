/**
 * Checks the layers of `native/src`: a folder imports only folders of lower layers, and neither files nor folders import each
 * other in a circle.
 *
 *     node scripts/rust-layers.mjs
 *
 * It reads `use` lines and the paths inside of code that begin with `crate` or `super`. It does not see methods: an
 * `impl` of a type in another file needs no import where the method is called.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { circles } from './lib/circles.mjs';
import { Failure, main, root } from './lib/shell.mjs';

/** From the top down, as AGENTS.md draws them. The files next to `lib.rs` are below all folders. */
const LAYERS = [
  ['lib.rs'],
  ['api'],
  ['session', 'cluster'],
  ['client', 'dataframe'],
  ['codec', 'expr', 'interchange'],
  ['functions', 'results'],
  ['plan'],
  ['udf', 'tables'],
  ['blobs', 'config', 'exec', 'scan'],
  ['files', 'ipc', 'protocol'],
  ['stores'],
  ['network'],
];

const SOURCE = join(root, 'native', 'src');

/** If there are fewer, the search is broken. */
const LEAST_FILES = 120;
const LEAST_IMPORTS = 500;

/** @typedef {import('./lib/circles.mjs').Graph} Graph */

/**
 * @returns {number} how many imports there are
 */
export function rustLayers() {
  const imports = readImports();
  const count = [...imports.values()].reduce((sum, found) => sum + found.size, 0);
  if (imports.size < LEAST_FILES || count < LEAST_IMPORTS) {
    throw new Failure(`native/src: found only ${imports.size} files with ${count} imports, expected more`);
  }
  const wrong = layerViolations(imports);
  // One import of a higher layer makes many circles, so it is reported alone.
  if (wrong.length === 0) {
    for (const [what, graph] of Object.entries({ files: imports, folders: folders(imports) }))
      wrong.push(...circles(graph).map((circle) => `native/src: ${what} in a circle: ${circle.join(' -> ')}`));
  }
  if (wrong.length > 0) throw new Failure(wrong.join('\n'));
  return count;
}

/** @returns {Graph} the imports of each file, by its path in native/src */
function readImports() {
  const paths = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.rs'))
    .map((path) => path.split(sep).join('/'))
    .sort();
  const byModule = new Map(paths.map((path) => [moduleOf(path), path]));
  return new Map(
    paths.map((path) => {
      const module = moduleOf(path);
      const found = usedPaths(readFileSync(join(SOURCE, path), 'utf8')).map((used) => resolve(byModule, module, used));
      return [path, new Set(found.flatMap((file) => (file === undefined || file === path ? [] : [file])))];
    }),
  );
}

/**
 * @param {string} path such as `udf/worker/mod.rs`
 * @returns {string} such as `udf::worker`
 */
function moduleOf(path) {
  const parts = path.replace(/\.rs$/, '').split('/');
  const last = parts.at(-1);
  return (last === 'mod' || path === 'lib.rs' ? parts.slice(0, -1) : parts).join('::');
}

/**
 * @param {string} source
 * @returns {string[]} the paths that the file uses, such as `crate::error::Result`
 */
function usedPaths(source) {
  const code = source.replace(/\/\/[^\n]*|b?r#+"[\s\S]*?"#+|b?"(?:\\[\s\S]|[^"\\])*"|b?'(?:\\.|[^'\\])'/g, (text) =>
    text.startsWith('//') ? '' : '""',
  );
  /** @type {string[]} */
  const paths = [];
  const rest = code.replace(/\buse\s+([^;]+);/g, (_, tree) => {
    paths.push(...leaves(tree.replace(/\s+/g, ' ').trim()));
    return '';
  });
  paths.push(...[...rest.matchAll(/(?<![\w:])(?:crate|super)(?:::\w+)+/g)].map(([path]) => path));
  return paths;
}

/**
 * @param {string} tree such as `crate::error::{Code, Result as R}`
 * @returns {string[]} its paths
 */
function leaves(tree) {
  const open = tree.indexOf('{');
  if (open === -1) return [tree.split(' as ')[0] ?? tree];
  const parts = [''];
  let depth = 0;
  for (const char of tree.slice(open + 1, tree.lastIndexOf('}'))) {
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.filter((part) => part.trim()).flatMap((part) => leaves(tree.slice(0, open) + part.trim()));
}

/**
 * @param {ReadonlyMap<string, string>} byModule
 * @param {string} module that uses the path
 * @param {string} path
 * @returns {string | undefined} the file of this crate that the path leads to
 */
function resolve(byModule, module, path) {
  let parts = path.split('::');
  let at = module === '' ? [] : module.split('::');
  if (parts[0] === 'crate') {
    at = [];
    parts = parts.slice(1);
  } else if (parts[0] === 'super') {
    while (parts[0] === 'super') {
      at = at.slice(0, -1);
      parts = parts.slice(1);
    }
  } else if (parts[0] === 'self') {
    parts = parts.slice(1);
  } else if (!byModule.has([...at, parts[0]].join('::'))) {
    return undefined; // another crate
  }
  for (const part of parts) {
    if (!byModule.has([...at, part].join('::'))) break;
    at = [...at, part];
  }
  return byModule.get(at.join('::'));
}

/**
 * @param {string} path of a file
 * @returns {number} of its layer, from the top
 */
function layerOf(path) {
  const [first = ''] = path.split('/');
  const layer = LAYERS.findIndex((names) => names.includes(first));
  if (layer === -1 && path.includes('/'))
    throw new Failure(`native/src/${first} has no layer; add it in scripts/rust-layers.mjs`);
  return layer === -1 ? LAYERS.length : layer;
}

/** @param {Graph} imports */
function layerViolations(imports) {
  const isBelow = (/** @type {string} */ file, /** @type {string} */ imported) => {
    const [from, to] = [layerOf(file), layerOf(imported)];
    return to > from || (from === to && (from === LAYERS.length || file.split('/')[0] === imported.split('/')[0]));
  };
  return [...imports].flatMap(([file, found]) =>
    [...found]
      .filter((imported) => !isBelow(file, imported))
      .map((imported) => `native/src/${file} imports ${imported}, which is not in a lower layer`),
  );
}

/**
 * @param {Graph} imports between files
 * @returns {Graph} between folders
 */
function folders(imports) {
  /** @type {Graph} */
  const graph = new Map();
  const folderOf = (/** @type {string} */ path) => (path.includes('/') ? dirname(path) : path);
  for (const [file, found] of imports) {
    const folder = folderOf(file);
    const known = graph.get(folder) ?? new Set();
    for (const imported of found) if (folderOf(imported) !== folder) known.add(folderOf(imported));
    graph.set(folder, known);
  }
  return graph;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(async () => {
    console.log(`${rustLayers()} imports in order`);
  });
}
