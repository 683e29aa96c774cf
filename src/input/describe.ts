/**
 * Describes values in messages.
 *
 * @module
 */

import { isWellFormed } from './kinds.js';

/** The kind of a value, for messages. Never its content. */
export function describe(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string' && !isWellFormed(value)) return 'a string with a lone surrogate';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== 'Object' && name !== ''
    ? `${/^[AEIO]/i.test(name) ? 'an' : 'a'} ${name}`
    : 'an object';
}
