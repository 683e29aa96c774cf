/**
 * Module hooks that run TypeScript programs of any folder. Node 20 cannot read TypeScript, and newer versions of Node do not
 * know `await using` before 24.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A parent from which the package of this checkout and its dependencies are found by name. */
const CHECKOUT = new URL('../../package.json', import.meta.url).href;

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  if (/^ballista(\/|$)/u.test(specifier)) return next(specifier, { ...context, parentURL: CHECKOUT });
  try {
    return await next(specifier, context);
  } catch (error) {
    // TypeScript imports a file by the name of its output: `./rows.js` is `./rows.ts`.
    if (/^\.{1,2}\/.*\.m?js$/u.test(specifier)) return next(specifier.replace(/js$/u, 'ts'), context);
    // A program outside of the checkout may use the packages of the checkout, such as apache-arrow.
    if (/^[@a-z]/iu.test(specifier) && context.parentURL !== CHECKOUT)
      return next(specifier, { ...context, parentURL: CHECKOUT });
    throw error;
  }
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!/^file:.*\.m?ts$/u.test(url) || url.includes('/node_modules/')) return next(url, context);
  const { outputText } = ts.transpileModule(await readFile(new URL(url), 'utf8'), {
    fileName: fileURLToPath(url),
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      inlineSourceMap: true,
      inlineSources: true,
    },
  });
  return { format: 'module', source: outputText, shortCircuit: true };
}
