/**
 * Window frames: the rows around a row over which a window function works.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe, type ParamValue, toLiteral } from '../params.js';
import { has, INSPECT, inspected, isExpr, WINDOW_FRAME } from './brand.js';
import { wrong } from './coerce.js';
import { type BoundNode, type FrameNode, node, type WindowFrameUnits } from './node.js';
import { printFrame } from './print-frame.js';

/**
 * An end of a window frame. A number counts from the current row: negative before it, 0 itself, positive after it,
 * `-Infinity` and `Infinity` without end. `preceding` and `following` also take what a range is measured in, such as
 * `{ preceding: '1 day' }`.
 */
export type FrameBound = number | { readonly preceding: ParamValue } | { readonly following: ParamValue };

const UNITS: readonly WindowFrameUnits[] = ['rows', 'range', 'groups'];

/** An end of a window frame, to look at. Immutable. From DataFusion's `WindowFrameBound`. */
export class WindowFrameBound {
  /** @internal The bound as data, as it crosses to the engine. */
  readonly node: BoundNode;
  /** How far from the current row, as it was given; `undefined` for the current row and for no bound. */
  readonly offset: ParamValue | undefined;

  /** @internal */
  constructor(bound: BoundNode, offset: ParamValue | undefined) {
    this.node = bound;
    this.offset = offset;
    Object.freeze(this);
  }

  /** Whether it is the current row. */
  get isCurrentRow(): boolean {
    return this.node.type === 'currentRow';
  }

  /** Whether it is before the current row. */
  get isPreceding(): boolean {
    return this.node.type === 'preceding';
  }

  /** Whether it is after the current row. */
  get isFollowing(): boolean {
    return this.node.type === 'following';
  }

  /** Whether it is the first or the last row of the partition. */
  get isUnbounded(): boolean {
    return !this.isCurrentRow && this.node.value === undefined;
  }
}

/**
 * The rows around a row over which a window function works. Immutable. From DataFusion's `WindowFrame`.
 *
 * - `'rows'` counts rows
 * - `'range'` measures the sort key: what is within that distance of its value
 * - `'groups'` counts groups of rows that are equal in the sort key
 *
 * @example
 * ```ts
 * import { WindowFrame } from 'ballista';
 *
 * console.log(String(new WindowFrame('rows', -2, 0))); // ROWS BETWEEN 2 PRECEDING AND CURRENT ROW
 * ```
 */
export class WindowFrame {
  /** @internal The frame as data, as it crosses to the engine. */
  readonly node: FrameNode;
  /** How it counts. */
  readonly units: WindowFrameUnits;
  /** Where it starts. */
  readonly lowerBound: WindowFrameBound;
  /** Where it ends, included. */
  readonly upperBound: WindowFrameBound;

  /** @throws BallistaError `INVALID_ARGUMENT`, also where the frame would end before it starts */
  constructor(units: WindowFrameUnits, start: FrameBound, end: FrameBound) {
    if (!UNITS.includes(units)) throw invalid(`the units of a window frame must be one of ${UNITS.join(', ')}`);
    this.units = units;
    this.lowerBound = toBound(start, 'start', units);
    this.upperBound = toBound(end, 'end', units);
    if (this.lowerBound.isFollowing && this.lowerBound.isUnbounded)
      throw invalid('a window frame cannot start after the last row');
    if (this.upperBound.isPreceding && this.upperBound.isUnbounded)
      throw invalid('a window frame cannot end before the first row');
    if (isAfter(this.lowerBound, this.upperBound)) throw invalid('a window frame must not end before it starts');
    this.node = node({ units, start: this.lowerBound.node, end: this.upperBound.node });
    Object.freeze(this);
  }

  /** Whether a value is a window frame, also of another copy of this package. */
  static is(value: unknown): value is WindowFrame {
    return has(value, WINDOW_FRAME);
  }

  /** @internal */
  get [WINDOW_FRAME](): true {
    return true;
  }

  /** The frame as it stands in SQL. */
  toString(): string {
    return printFrame(this.node);
  }

  /** @internal */
  [INSPECT](): string {
    return inspected('WindowFrame', () => printFrame(this.node));
  }
}

function toBound(bound: FrameBound, end: 'start' | 'end', units: WindowFrameUnits): WindowFrameBound {
  const where = `the ${end} of the window frame`;
  if (bound === 0) return new WindowFrameBound(node({ type: 'currentRow' }), undefined);
  if (typeof bound === 'number')
    return atDistance(bound < 0 ? 'preceding' : 'following', Math.abs(bound), where, units);
  if (typeof bound === 'object' && bound !== null) {
    const keys = Object.keys(bound);
    const { preceding, following } = bound as { preceding?: ParamValue; following?: ParamValue };
    if (keys.length === 1 && preceding !== undefined) return atDistance('preceding', preceding, where, units);
    if (keys.length === 1 && following !== undefined) return atDistance('following', following, where, units);
  }
  throw wrong(bound, where, 'a number, { preceding } or { following }');
}

function atDistance(
  type: 'preceding' | 'following',
  offset: ParamValue,
  where: string,
  units: WindowFrameUnits,
): WindowFrameBound {
  if (offset === Infinity) return new WindowFrameBound(node({ type }), undefined);
  const number = typeof offset === 'number' || typeof offset === 'bigint';
  if (number && !(offset >= 0)) throw invalid(`${where}: a distance is 0 or more, not ${offset}`);
  if (units !== 'range' && !(number && (typeof offset === 'bigint' || Number.isSafeInteger(offset))))
    throw invalid(`${where}: ${units} are counted in whole numbers, not ${number ? offset : describe(offset)}`);
  const length = typeof offset === 'string' || isExpr(offset);
  if (!number && !length) throw wrong(offset, where, 'a number, an interval such as "1 day", or a literal');
  return new WindowFrameBound(node({ type, value: toLiteral(offset, where) }), offset);
}

/** Whether a bound is after another; between distances that are no numbers the engine knows. */
function isAfter(bound: WindowFrameBound, other: WindowFrameBound): boolean {
  if (side(bound) !== side(other)) return side(bound) > side(other);
  const [distance, than] = [signed(bound), signed(other)];
  return distance !== undefined && than !== undefined && distance > than;
}

function side(bound: WindowFrameBound): number {
  return bound.isCurrentRow ? 0 : bound.isPreceding ? -1 : 1;
}

function signed(bound: WindowFrameBound): number | undefined {
  const { offset, isUnbounded } = bound;
  const distance = isUnbounded ? Infinity : offset;
  return typeof distance === 'number' || typeof distance === 'bigint' ? side(bound) * Number(distance) : undefined;
}
