/**
 * The arguments of joins.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { suggestion } from '../input/nearest.js';
import { toNames } from './verb-arguments.js';

/**
 * The type of a join. `semi` and `anti` keep the left rows with, or without, a match; `rightSemi` and `rightAnti` do the same
 * for the right rows. `mark` keeps all left rows and adds a column `mark` that tells whether a row has a match.
 */
export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'rightSemi' | 'rightAnti' | 'mark';

/** The columns of a join: names that both sides share, or separate names for each side. */
export type JoinOn =
  | string
  | readonly string[]
  | { left: string | readonly string[]; right: string | readonly string[] };

/** Options of `join`. */
export interface JoinOptions {
  /**
   * Whether a key with the same name on both sides becomes one result column, as with SQL's USING. Default `true`. With
   * `false` there are two columns: `col('id', 'left')` and `col('id', 'right')`.
   */
  coalesceDuplicateKeys?: boolean;
}

/** The settings table of {@link JoinOptions}. */
export const JOIN_SETTINGS = {
  coalesceDuplicateKeys: { type: 'boolean', default: true },
} as const;

const JOIN_TYPES: readonly JoinType[] = [
  'inner',
  'left',
  'right',
  'full',
  'semi',
  'anti',
  'rightSemi',
  'rightAnti',
  'mark',
];

/** Rejects a value that is not a {@link JoinType}. */
export function checkJoinType(how: unknown, where: string): asserts how is JoinType {
  if (!JOIN_TYPES.includes(how as JoinType)) {
    const found = typeof how === 'string' ? JSON.stringify(how) : describe(how);
    const meant = how === 'outer' ? ' A full outer join is "full".' : suggestion(String(how), JOIN_TYPES);
    throw invalid(`${where}: how must be one of ${JOIN_TYPES.join(', ')}, not ${found}.${meant}`);
  }
}

/** The key names of each side. */
export function toJoinColumns(on: JoinOn): { left: string[]; right: string[] } {
  const sides = typeof on === 'object' && on !== null && 'left' in on ? on : { left: on, right: on };
  const left = toNames(sides.left, 'join: on');
  const right = toNames(sides.right, 'join: on');
  if (left.length !== right.length)
    throw invalid(
      `join: on has ${left.length} columns on the left and ${right.length} on the right. Both sides need the same number.`,
    );
  return { left, right };
}
