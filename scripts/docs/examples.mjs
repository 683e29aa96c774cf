/**
 * Finds the TypeScript examples of the documentation: in README.md, in docs/ and in the doc comments of src/.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Failure, root } from '../lib/shell.mjs';
import { statedOutputs } from './outputs.mjs';

/**
 * @typedef {object} Example
 * @property {string} file relative to the checkout
 * @property {number} line the number of its first line, from 1
 * @property {string} code
 * @property {boolean} runs
 * @property {string[]} outputs the output that it shows
 * @property {string} slug its file name in build/docs, without extension
 */

/** @returns {Example[]} */
export function findExamples() {
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
 * The text of the doc comments. Each line keeps its number; lines of code become empty.
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
 * The output that is shown below an example.
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
