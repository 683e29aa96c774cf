/**
 * Stores the native handles of this package's objects. Users cannot access them; the other modules can.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from './describe.js';

/** The handles of the objects of one class. */
export class Handles<H extends object> {
  readonly #handles = new WeakMap<object, H>();
  readonly #wanted: string;

  /** @param wanted - what the error says about other values: `must be a DataFrame` */
  constructor(wanted: string) {
    this.#wanted = wanted;
  }

  /** Stores the handle of an object. */
  set(owner: object, handle: H): void {
    this.#handles.set(owner, handle);
  }

  /** The handle of an object; undefined if there is none. */
  get(owner: unknown): H | undefined {
    return typeof owner === 'object' && owner !== null ? this.#handles.get(owner) : undefined;
  }

  /**
   * The handle of an object, which must exist.
   *
   * @param where - the name of the object, for the error
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  of(owner: unknown, where: string): H {
    const handle = this.get(owner);
    if (!handle) throw invalid(`${where} ${this.#wanted}, not ${describe(owner)}.`);
    return handle;
  }
}
