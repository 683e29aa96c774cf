/**
 * Windows, for `over`.
 *
 * @module
 */

import { resolve, type SettingTable } from '../input/settings.js';
import { has, INSPECT, inspected, WINDOW } from './brand.js';
import { type ExprLike, type Several, type SortKey, several, toKeyNode, toList, toSortNode, wrong } from './coerce.js';
import { type NullTreatment, node, type WindowNode } from './node/node.js';
import { printWindow } from './print/print-expr.js';
import { type FrameBound, WindowFrame } from './window-frame.js';

/** A window, as a plain object. */
export interface WindowOptions {
  /** The columns or expressions to partition by. Default: all rows are in one partition. */
  partitionBy?: ExprLike | readonly ExprLike[];
  /** The sort keys within a partition. Default: no order. */
  orderBy?: SortKey | readonly SortKey[];
  /** Default: with an order, from the first row to the current row and its peers; without an order, the whole partition. */
  windowFrame?: WindowFrame;
  /** How the function treats nulls. Default: depends on the function, usually `'respect'`. */
  nullTreatment?: NullTreatment;
}

const SETTINGS: SettingTable = {
  partitionBy: { type: 'any' },
  orderBy: { type: 'any' },
  windowFrame: { type: 'any' },
  nullTreatment: { type: 'choice', choices: ['respect', 'ignore'] },
};

/**
 * The rows over which a window function is computed. Immutable; every method returns a new one. From DataFusion's window
 * specification.
 *
 * Methods throw `INVALID_ARGUMENT`. Unknown columns are detected when a DataFrame uses the expression.
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
  /** @internal The window as data, as sent to the engine. */
  readonly node: WindowNode;
  /** @internal The null treatment, which belongs to the call: `over` moves it there. */
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

  /** Whether a value is a window, including one of another copy of this package. */
  static is(value: unknown): value is Window {
    return has(value, WINDOW);
  }

  /** @internal */
  get [WINDOW](): true {
    return true;
  }

  /** A window partitioned by columns or expressions. */
  static partitionBy(...keys: Several<ExprLike>): Window {
    return new Window().partitionBy(...keys);
  }

  /** A window over all rows, with an order. */
  static orderBy(...keys: Several<SortKey>): Window {
    return new Window().orderBy(...keys);
  }

  /** The same window with a new partitioning. */
  partitionBy(...keys: Several<ExprLike>): Window {
    return new Window({ ...this.#options, partitionBy: several(keys) });
  }

  /** The same window with a new order. */
  orderBy(...keys: Several<SortKey>): Window {
    return new Window({ ...this.#options, orderBy: several(keys) });
  }

  /** The same window with a frame of rows: `rowsBetween(-2, 0)` is the current row and the two before it. */
  rowsBetween(start: FrameBound, end: FrameBound): Window {
    return new Window({ ...this.#options, windowFrame: new WindowFrame('rows', start, end) });
  }

  /** The same window with a frame of distances in its single sort key: `rangeBetween({ preceding: '1 day' }, 0)`. */
  rangeBetween(start: FrameBound, end: FrameBound): Window {
    return new Window({ ...this.#options, windowFrame: new WindowFrame('range', start, end) });
  }

  /** The same window with a frame of groups of rows with equal sort keys. */
  groupsBetween(start: FrameBound, end: FrameBound): Window {
    return new Window({ ...this.#options, windowFrame: new WindowFrame('groups', start, end) });
  }

  /** The window as SQL. */
  toString(): string {
    return printWindow(this.node);
  }

  /** @internal */
  [INSPECT](): string {
    return inspected('Window', () => printWindow(this.node));
  }
}

/** Converts an argument of `over` to a window. */
export function toWindow(window: Window | WindowOptions): Window {
  if (Window.is(window)) return window;
  if (typeof window !== 'object' || window === null || Array.isArray(window))
    throw wrong(window, 'over: the window', 'a Window or an object of its options');
  return new Window(window);
}
