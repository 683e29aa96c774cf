/**
 * Reads the files in which users define functions.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Caches the last file, because programs define many functions in one file, which may be a large bundle. */
let last: { readonly href: string; readonly text: string } | undefined;

/** The text of a file, or an empty string if it cannot be read. */
export function textOf({ href }: URL): string {
  if (last?.href !== href) last = { href, text: read(href) };
  return last.text;
}

function read(href: string): string {
  try {
    return readFileSync(fileURLToPath(href), 'utf8');
  } catch {
    return '';
  }
}
