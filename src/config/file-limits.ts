/**
 * Which files queries may read and write.
 *
 * @module
 */

import { pathToFileURL } from 'node:url';

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { isUrl, toLocalPath } from '../input/local-path.js';
import { type DocumentedSetting, type DocumentedTable, resolve } from '../input/settings.js';

/**
 * Bounds the files that queries may read and write. An entry is a local folder or file, or an object-store prefix, such as
 * `s3://bucket/prefix/`. A folder includes everything in it. Relative paths are resolved when the option is given. Links are
 * followed before a path is checked.
 *
 * TypeScript UDFs are not bounded: they can do what their process can do.
 *
 * @example
 * ```ts
 * import { SessionContext } from 'ballista';
 *
 * const ctx = SessionContext.local({ files: { read: ['data'] } });
 * console.log(await (await ctx.readCsv('data/airports.csv')).count()); // 3376
 * await ctx.close();
 * ```
 */
export interface FileLimits {
  /** What queries may read. An empty list allows nothing. Default: everything that the process may read. */
  read?: readonly (string | URL)[];
  /** What queries may write. An empty list allows nothing. Default: nothing if `read` is given, otherwise everything that the process may write. */
  write?: readonly (string | URL)[];
}

/** The settings table of {@link FileLimits}. */
export const FILE_LIMIT_SETTINGS = {
  read: {
    type: 'any',
    typeText: 'readonly (string | URL)[]',
    defaultText: 'everything that the process may read',
    doc: 'What queries may read. An empty list allows nothing.',
  },
  write: {
    type: 'any',
    typeText: 'readonly (string | URL)[]',
    defaultText: 'nothing if `read` is given, otherwise everything that the process may write',
    doc: 'What queries may write. An empty list allows nothing.',
  },
} as const satisfies DocumentedTable;

/** The setting `files` of sessions, schedulers and executors. */
export const FILES_SETTING = {
  type: 'any',
  typeText: 'FileLimits',
  defaultText: 'everything that the process may read and write',
  doc: 'The files that queries may read and write in this process.',
} as const satisfies DocumentedSetting;

/** The limits as sent to Rust: URLs. */
interface FileLimitsNative {
  read?: string[];
  write?: string[];
}

/**
 * Checks the option `files`, and resolves its paths.
 *
 * @param subject - the owner of the option, for errors
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toFilesNative(subject: string, files: FileLimits | undefined): { files?: FileLimitsNative } {
  if (files === undefined) return {};
  const limits = resolve<FileLimits>(`${subject}: files`, FILE_LIMIT_SETTINGS, files);
  const native: FileLimitsNative = {};
  for (const access of ['read', 'write'] as const) {
    const entries = limits[access];
    if (entries === undefined) continue;
    const where = `${subject}: files.${access}`;
    if (!Array.isArray(entries))
      throw invalid(`${where} must be an array of paths and URLs, not ${describe(entries)}.`);
    native[access] = entries.map((entry, i) => toUrl(entry, `${where}[${i}]`));
  }
  return { files: native };
}

function toUrl(entry: string | URL, where: string): string {
  const remote = entry instanceof URL || (typeof entry === 'string' && isUrl(entry));
  const url = remote && URL.canParse(String(entry)) ? new URL(entry) : undefined;
  if (remote && url?.protocol !== 'file:') {
    // The error must not contain the URL, because it may hold a password.
    if (!url || url.host === '' || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
      throw invalid(`${where} must be a path or a URL with a host, and without user, password, query and fragment.`);
    return url.href;
  }
  return pathToFileURL(toLocalPath(url ?? entry, where)).href;
}
