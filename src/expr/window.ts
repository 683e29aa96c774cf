/**
 * Windows: what `over` takes.
 *
 * @module
 */

import { resolve, type SettingTable } from '../config/settings.js';
import { has, INSPECT, inspected, WINDOW } from './brand.js';
import { type ExprLike, type SortKey, toKeyNode, toList, toSortNode, wrong } from './coerce.js';
import { type FrameBound, WindowFrame } from './frame.js';
import { type NullTreatment, node, type WindowNode } from './node.js';
import { printWindow } from './print.js';

/** A window as a plain object. */
export interface WindowOptions {
  /** Columns or expressions that keep rows apart. Default: all rows are in one partition. */
  partitionBy?: ExprLike | readonly ExprLike[];
  /** Sort keys within a partition. Default: no order. */
  orderBy?: SortKey | readonly SortKey[];
  /** Default: with an order, from the first row to the current one and its equals; without, the whole partition. */
  windowFrame?: WindowFrame;
  /** What the function does with nulls. Default: as the function has it, usually `'respect'`. */
  nullTreatment?: NullTreatment;
}

const SETTINGS: SettingTable = {
  partitionBy: { type: 'any', doc: 'Columns or expressions that keep rows apart.' },
  orderBy: { type: 'any', doc: 'Sort keys within a partition.' },
  windowFrame: { type: 'any', doc: 'The rows around a row over which the function works.' },
  nullTreatment: { type: 'choice', choices: ['respect', 'ignore'], doc: 'What the function does with nulls.' },
};

/**
 * The rows over which a window function works. Immutable; every method gives a new one. From DataFusion's window
 * specification.
 *
 * Methods throw `INVALID_ARGUMENT`; whether columns exist is found where a DataFrame takes the expression.
 *
 * @example
 * ```ts
 * import { callFunction, col, Window } from 'ballista';
 *
 * const lastWeek = Window.partitionBy('origin').orderBy('date').rowsBetween(-6, 0);
 * const mean = callFunction('avg', col('delay')).over(lastWeek).alias('mean');
 * await df.select('origin', 'date', mean).show(3);
 * ```
 */
export class Window {
  /** @internal The window as data, as it crosses to the engine. */
  readonly node: WindowNode;
  /** @internal It belongs to the call, not to the window: `over` puts it there. */
  readonly nulls: NullTreatment | undefined;

  readonly #options: WindowOptions;

  constructor(options: WindowOptions = {}) {
    this.#options = resolve<WindowOptions>('a window', SETTINGS, options);
    const { partitionBy = [], orderBy = [], windowFrame, nullTreatment } = this.#options;
    if (windowFrame !== undefined && !WindowFrame.is(windowFrame))
      throw wrong(windowFrame, 'windowFrame', 'a WindowFrame');
    this.node = node({
      partitionBy: toList(partitionBy).map((key, i) => toKeyNode(key, `key ${i + 1} of partitionBy`)),
      orderBy: toList(orderBy).map((key, i) => toSortNode(key, `key ${i + 1} of orderBy`)),
      ...(windowFrame && { frame: windowFrame.node }),
    });
    this.nulls = nullTreatment;
    Object.freeze(this);
  }

  /** Whether a value is a window, also of another copy of this package. */
  static is(value: unknown): value is Window {
    return has(value, WINDOW);
  }

  /** @internal */
  get [WINDOW](): true {
    return true;
  }

  /** A window of the rows that are equal in columns or expressions. */
  static partitionBy(...keys: ExprLike[]): Window {
    return new Window().partitionBy(...keys);
  }

  /** A window over all rows, sorted. */
  static orderBy(...keys: SortKey[]): Window {
    return new Window().orderBy(...keys);
  }

  /** The same window, partitioned by other columns or expressions. */
  partitionBy(...keys: ExprLike[]): Window {
    return new Window({ ...this.#options, partitionBy: keys });
  }

  /** The same window, sorted by other keys. */
  orderBy(...keys: SortKey[]): Window {
    return new Window({ ...this.#options, orderBy: keys });
  }

  /** The same window with a frame of rows: `rowsBetween(-2, 0)` is the current row and the two before it. */
  rowsBetween(start: FrameBound, end: FrameBound): Window {
    return new Window({ ...this.#options, windowFrame: new WindowFrame('rows', start, end) });
  }

  /** The same window with a frame of distances in the one sort key: `rangeBetween({ preceding: '1 day' }, 0)`. */
  rangeBetween(start: FrameBound, end: FrameBound): Window {
    return new Window({ ...this.#options, windowFrame: new WindowFrame('range', start, end) });
  }

  /** The same window with a frame of groups of rows that are equal in the sort keys. */
  groupsBetween(start: FrameBound, end: FrameBound): Window {
    return new Window({ ...this.#options, windowFrame: new WindowFrame('groups', start, end) });
  }

  /** The window as it stands in SQL. */
  toString(): string {
    return printWindow(this.node);
  }

  /** @internal */
  [INSPECT](): string {
    return inspected('Window', () => printWindow(this.node));
  }
}

/** What `over` takes, as a window. */
export function toWindow(window: Window | WindowOptions): Window {
  if (Window.is(window)) return window;
  if (typeof window !== 'object' || window === null || Array.isArray(window))
    throw wrong(window, 'over: the window', 'a Window or an object of its options');
  return new Window(window);
}
