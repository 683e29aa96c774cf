/**
 * Maps positions in a UDF's code to the user's file, so that errors show lines of that file.
 *
 * @module
 */

import { SourceMap, type SourceMapPayload } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { SourceMapSegment } from '@jridgewell/sourcemap-codec';

import { lazy } from '../../platform/lazy.js';
import { textOf } from './file-text.js';

const codec = lazy<typeof import('@jridgewell/sourcemap-codec')>('@jridgewell/sourcemap-codec');

/** A position in a file. Line and column are counted from 1. */
export interface Site {
  readonly file: URL;
  readonly line: number;
  readonly column: number;
}

/** How to map positions in the code of a function to files. If some code was not found there, also where it was defined. */
export interface Origin {
  readonly map?: SourceMapPayload;
  readonly definedAt?: string;
}

/** The text of a function, and the line of the module where it starts, counted from 0. */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

/** The position of the caller of a function. */
// biome-ignore lint/complexity/noBannedTypes: the runtime takes this type
export function callerOf(called: Function): Site | undefined {
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, called);
  // A program may have replaced the format of stacks.
  const frame = typeof trace.stack === 'string' ? (trace.stack.split('\n')[1] ?? '') : '';
  const [, file, line, column] = /((?:file:|\/|[A-Za-z]:\\).*?):(\d+):(\d+)\)?$/u.exec(frame) ?? [];
  if (file === undefined) return undefined;
  const url = file.startsWith('file:') ? new URL(file) : pathToFileURL(file);
  return { file: url, line: Number(line), column: Number(column) };
}

/** The origin of code pieces in the file of a call site. */
export function originOf(site: Site | undefined, pieces: readonly Piece[]): Origin | undefined {
  if (site === undefined) return undefined;
  const file = textOf(site.file);
  const typed = /\.[cm]?tsx?$/u.test(site.file.pathname);
  const mappings: SourceMapSegment[][] = [];
  let definedAt: string | undefined;
  for (const { text, line } of pieces) {
    const at = find(file, text, typed);
    if (at === undefined) definedAt = `${site.file.href}:${site.line}:${site.column}`;
    const [first, column] = positionOf(file, at ?? 0);
    while (mappings.length < line) mappings.push([]);
    text.split('\n').forEach((_, i) => {
      mappings[line + i] = at === undefined ? [[0]] : [[0, 0, first + i, i === 0 ? column : 0]];
    });
  }
  // Node misreads a final segment without a source unless another line follows.
  mappings.push([]);
  const map = { version: 3, sources: [site.file.href], names: [], mappings: codec().encode(mappings) } as never;
  return { map, ...(definedAt && { definedAt }) };
}

/** Maps the positions in a stack to files, and removes the frames that called the function. */
export function located(stack: string, origin: Origin | undefined): string {
  const lines = stack.split('\n');
  const last = lines.findLastIndex((line) => POSITION.test(line));
  if (last < 0) return stack;
  const own = lines.slice(0, last + 1);
  if (!origin?.map) return own.join('\n');
  const map = new SourceMap(origin.map);
  const toFile = (place: string, line: string, column: string): string => {
    const found = map.findOrigin(Number(line), Number(column));
    return 'fileName' in found && found.fileName
      ? `${found.fileName}:${found.lineNumber}:${found.columnNumber}`
      : place;
  };
  const told = own.map((line) => line.replace(POSITION, toFile));
  if (origin.definedAt && told.some((line) => POSITION.test(line))) told.push(`    at ${origin.definedAt}`);
  return told.join('\n');
}

/** The file name of a function's code in stacks. */
export function sourceUrl(name: string): string {
  return `udf:${encodeURIComponent(name)}`;
}

const POSITION = /udf:[^\s:]+:(\d+):(\d+)/u;

/** The line and column of an offset, counted from 0. */
function positionOf(file: string, offset: number): [line: number, column: number] {
  let line = 0;
  let start = 0;
  for (let end = file.indexOf('\n'); end >= 0 && end < offset; end = file.indexOf('\n', start)) {
    line++;
    start = end + 1;
  }
  return [line, offset - start];
}

/** The offset of the text in a file, if it occurs exactly once. */
function find(file: string, text: string, typed: boolean): number | undefined {
  const exact = file.indexOf(text);
  if (exact >= 0) return file.indexOf(text, exact + 1) < 0 ? exact : undefined;
  if (!typed) return undefined;
  let found: number | undefined;
  for (let at = 0; at + text.length <= file.length; at++) {
    if (!matches(file, text, at)) continue;
    if (found !== undefined) return undefined;
    found = at;
  }
  return found;
}

/** Compares text at an offset. Spaces match anything, because Node replaces TypeScript types with spaces. */
function matches(file: string, text: string, at: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== file[at + i] && (text[i] !== ' ' || file[at + i] === '\n')) return false;
  }
  return true;
}
