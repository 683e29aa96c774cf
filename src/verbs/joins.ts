/**
 * How DataFrames are joined: the shapes of the arguments.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../params.js';
import { toNames } from './check.js';

/**
 * How two DataFrames are joined. `semi` and `anti` keep the left rows that have, or have not, a match, `rightSemi` and
 * `rightAnti` the right ones; `mark` keeps all left rows and adds a column `mark` that says which have one.
 */
export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'rightSemi' | 'rightAnti' | 'mark';

/** The columns of a join: names on both sides, or the names of each side. */
export type JoinOn =
  | string
  | readonly string[]
  | { left: string | readonly string[]; right: string | readonly string[] };

/** Options of `join`. */
export interface JoinOptions {
  /**
   * Whether a key that has one name on both sides is one column of the result, as with SQL's USING. Default `true`;
   * without it there are two, told apart as `col('id', 'left')` and `col('id', 'right')`.
   */
  coalesceDuplicateKeys?: boolean;
}

/** The settings of {@link JoinOptions}. */
export const JOIN_SETTINGS = {
  coalesceDuplicateKeys: { type: 'boolean', default: true, doc: 'One column for keys of one name.' },
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

/** Refuses what is no {@link JoinType}. */
export function checkJoinType(how: unknown, where: string): asserts how is JoinType {
  if (!JOIN_TYPES.includes(how as JoinType)) {
    throw invalid(`${where}: how must be one of ${JOIN_TYPES.join(', ')}, not ${describe(how)}`);
  }
}

/** The names of each side. */
export function toJoinColumns(on: JoinOn): { left: string[]; right: string[] } {
  const sides = typeof on === 'object' && on !== null && 'left' in on ? on : { left: on, right: on };
  const left = toNames(sides.left, 'join: on');
  const right = toNames(sides.right, 'join: on');
  if (left.length !== right.length)
    throw invalid(`join: ${left.length} columns on the left, ${right.length} on the right`);
  return { left, right };
}
