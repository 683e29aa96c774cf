/**
 * Freezes nodes and limits their size: the engine plans an expression recursively, and an expression that contains another
 * one twice doubles it.
 *
 * @module
 */

import { invalid } from '../../errors.js';

/** How many operations can be inside one another. The engine's own limits are lower for most of them. */
const MOST_LEVELS = 10_000;
/** How many objects an expression can have as JSON. */
const MOST_OBJECTS = 2_000_000;

interface Extent {
  readonly levels: number;
  readonly objects: number;
}

const NONE: Extent = { levels: 0, objects: 0 };
/** Of nodes too small to be remembered. */
const SMALL: Extent = { levels: 4, objects: 4 };

const extents = new WeakMap<object, Extent>();

/** How many levels a node or a part of one has. Small ones count as `4`. */
export function levelsOf(value: object): number {
  return (extents.get(value) ?? SMALL).levels;
}

/**
 * Freezes data deeply, up to nodes that are finished.
 *
 * @throws BallistaError `INVALID_ARGUMENT` if the expression is too large
 */
export function freeze(value: unknown): Extent {
  if (typeof value !== 'object' || value === null) return NONE;
  if (Object.isFrozen(value)) return extents.get(value) ?? SMALL;
  const isArray = Array.isArray(value);
  // Objects that are not plain are DataFrames.
  if (!isArray && Object.getPrototypeOf(value) !== Object.prototype) return NONE;
  let levels = 0;
  let objects = 1;
  for (const child of Object.values(value)) {
    const extent = freeze(child);
    levels = Math.max(levels, extent.levels);
    objects += extent.objects;
  }
  if (!isArray) levels += 1;
  if (levels > MOST_LEVELS)
    throw invalid(
      'The expression has more than 10,000 operations inside one another, which the engine cannot plan. Use a function that ' +
        'takes many arguments, such as f.concat, or inList instead of many comparisons.',
    );
  if (objects > MOST_OBJECTS)
    throw invalid(
      'The expression has more than a million parts. Put long lists of values into a table and join it. If an expression ' +
        'contains another one several times, make that one a column first, with withColumn.',
    );
  Object.freeze(value);
  const extent = { levels, objects };
  if (levels > SMALL.levels) extents.set(value, extent);
  return extent;
}
