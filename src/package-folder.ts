/**
 * The folder of the installed package: where its addon, its worker's code and its dependencies are found.
 *
 * Normally it is the folder above this file. In a program that was bundled together with this package, this file is a part of
 * the bundle. Then the folder is looked up by the name of the package, from the bundle and from the program that runs.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { BallistaError } from './errors.js';

// Not an import: webpack would evaluate the calls of an imported createRequire while it builds.
const { createRequire } = process.getBuiltinModule('node:module');

let found: string | undefined;

/**
 * The folder of the package, with `package.json`, `dist` and `node_modules` as npm installed them.
 *
 * @throws BallistaError `ADDON`
 */
export function packageFolder(): string {
  found ??= unpacked(above() ?? installed());
  return found;
}

/** `require`, from the package. It finds the dependencies of the package, also if they are not those of the program. */
export function packageRequire(): NodeJS.Require {
  return createRequire(join(packageFolder(), 'package.json'));
}

/** A file that only the package has. The path is the same from src/ and from dist/. */
const MARK = '../dist/udf-worker.mjs';

function above(): string | undefined {
  // Bundlers that write CommonJS leave the URL empty, whatever its type says.
  const url = import.meta.url as string | undefined;
  // A variable, because bundlers copy a file that they see in `new URL('…', import.meta.url)`, without what it imports.
  const file = url?.startsWith('file:') ? fileURLToPath(new URL(MARK, url)) : undefined;
  return file !== undefined && existsSync(file) ? dirname(dirname(file)) : undefined;
}

function installed(): string {
  const [program] = process.argv.slice(1);
  const bundle = import.meta.url as string | undefined;
  for (const place of [bundle, program === undefined ? undefined : pathToFileURL(program).href]) {
    if (!place?.startsWith('file:')) continue;
    try {
      return dirname(createRequire(place).resolve('ballista/package.json'));
    } catch {
      // Not installed there.
    }
  }
  throw new BallistaError(
    'ADDON',
    `The package ballista is not installed where this program runs (${program ?? process.cwd()}), but its native addon and the ` +
      'code of its worker threads are loaded from there. Leave "ballista" and "apache-arrow" outside of the bundle (external ' +
      'in most bundlers, serverExternalPackages in Next.js), and ship node_modules with the program: see docs/guides/bundlers.md.',
  );
}

/** Electron copies packages with addons to a folder next to its archive. Threads cannot start from inside of the archive. */
function unpacked(folder: string): string {
  const outside = folder.replace(/([\\/][^\\/]+\.asar)(?=[\\/])/u, '$1.unpacked');
  return existsSync(join(outside, 'package.json')) ? outside : folder;
}
