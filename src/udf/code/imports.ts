/**
 * Finds the variables that a file imports. Executors do not have them.
 *
 * @module
 */

import { textOf } from './file-text.js';
import type { Site } from './origin.js';

const STATEMENTS = [
  /\bimport\s*([\w$\s{},*]+?)\s*\bfrom\s*['"]([^'"]+)['"]/gu,
  /\b(?:const|let|var)\s+([\w$\s{},:]+?)\s*=\s*(?:await\s+import|require)\(\s*['"]([^'"]+)['"]/gu,
];

/** The module that each imported variable of a file comes from. */
export type Imports = ReadonlyMap<string, string>;

/** The imports of the file of a call site. */
export function importsOf(site: Site | undefined): Imports {
  return site === undefined ? new Map() : importsIn(textOf(site.file));
}

/** The imports of a file's text. A text that only looks like an import adds a name that does no harm. */
export function importsIn(text: string): Imports {
  const found = new Map<string, string>();
  for (const statement of STATEMENTS) {
    for (const [, names = '', module = ''] of text.matchAll(statement)) {
      // `a as b`, `a: b` and `* as b` declare b.
      for (const part of names.split(/[,{}]/u)) {
        const name = /([\w$]+)\s*$/u.exec(part)?.[1];
        if (name !== undefined) found.set(name, module);
      }
    }
  }
  return found;
}
