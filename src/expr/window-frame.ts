/**
 * Window frames: the rows around the current row that a window function uses.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { has, INSPECT, inspected, isExpr, WINDOW_FRAME } from './brand.js';
import { wrong } from './coerce.js';
import { type BoundNode, type FrameNode, node, type WindowFrameUnits } from './node/node.js';
import { type ParamValue, toLiteral } from './param-value.js';
import { printFrame } from './print/print-frame.js';

/**
 * A bound of a window frame. A number counts from the current row: negative is before it, 0 is the row itself, positive is
 * after it; `-Infinity` and `Infinity` are unbounded. `preceding` and `following` also take a distance in the type of the
 * sort key, such as `{ preceding: '1 day' }`.
 */
export type FrameBound = number | { readonly preceding: ParamValue } | { readonly following: ParamValue };

const UNITS: readonly WindowFrameUnits[] = ['rows', 'range', 'groups'];

/** A bound of a {@link WindowFrame}, read-only. Immutable. From DataFusion's `WindowFrameBound`. */
export class WindowFrameBound {
  /** @internal The bound as data, as sent to the engine. */
  readonly node: BoundNode;
  /** The distance from the current row, as given; `undefined` for the current row and for an unbounded end. */
  readonly offset: ParamValue | undefined;

  /** @internal */
  constructor(bound: BoundNode, offset: ParamValue | undefined) {
    this.node = bound;
    this.offset = offset;
    Object.freeze(this);
  }

  /** Whether it is at the current row. */
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

  /** Whether it is unbounded: the first or the last row of the partition. */
  get isUnbounded(): boolean {
    return !this.isCurrentRow && this.node.value === undefined;
  }
}

/**
 * The rows around the current row that a window function uses. Immutable. From DataFusion's `WindowFrame`.
 *
 * - `'rows'` counts rows
 * - `'range'` measures distances in the sort key: rows whose value is within that distance
 * - `'groups'` counts groups of rows with equal sort keys
 *
 * @example
 * ```ts
 * import { WindowFrame } from 'ballista';
 *
 * console.log(String(new WindowFrame('rows', -2, 0))); // ROWS BETWEEN 2 PRECEDING AND CURRENT ROW
 * ```
 */
export class WindowFrame {
  /** @internal The frame as data, as sent to the engine. */
  readonly node: FrameNode;
  /** The units of the bounds. */
  readonly units: WindowFrameUnits;
  /** The first row of the frame. */
  readonly lowerBound: WindowFrameBound;
  /** The last row of the frame, included. */
  readonly upperBound: WindowFrameBound;

  /** @throws BallistaError `INVALID_ARGUMENT`, also if the frame would end before it starts */
  constructor(units: WindowFrameUnits, start: FrameBound, end: FrameBound) {
    if (!UNITS.includes(units)) throw invalid(`The units of a window frame must be one of ${UNITS.join(', ')}.`);
    this.units = units;
    this.lowerBound = toBound(start, 'start', units);
    this.upperBound = toBound(end, 'end', units);
    if (this.lowerBound.isFollowing && this.lowerBound.isUnbounded)
      throw invalid('A window frame cannot start after the last row.');
    if (this.upperBound.isPreceding && this.upperBound.isUnbounded)
      throw invalid('A window frame cannot end before the first row.');
    if (isAfter(this.lowerBound, this.upperBound)) throw invalid('A window frame must not end before it starts.');
    this.node = node({ units, start: this.lowerBound.node, end: this.upperBound.node });
    Object.freeze(this);
  }

  /** Whether a value is a window frame, including one of another copy of this package. */
  static is(value: unknown): value is WindowFrame {
    return has(value, WINDOW_FRAME);
  }

  /** @internal */
  get [WINDOW_FRAME](): true {
    return true;
  }

  /** The frame as SQL. */
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
  if (number && !(offset >= 0)) throw invalid(`${where}: a distance must be 0 or greater, not ${offset}.`);
  if (units !== 'range' && !(number && (typeof offset === 'bigint' || Number.isSafeInteger(offset))))
    throw invalid(
      `${where}: a distance in ${units} must be a whole number, not ${number ? offset : describe(offset)}.`,
    );
  const length = typeof offset === 'string' || isExpr(offset);
  if (!number && !length) throw wrong(offset, where, 'a number, an interval such as "1 day", or a literal');
  return new WindowFrameBound(node({ type, value: toLiteral(offset, where) }), offset);
}

/** Whether a bound is after another. Only numbers are compared; the engine checks other distances. */
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
