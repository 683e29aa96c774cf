/**
 * A plan in the form that engines exchange.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../params.js';
import { substraitCodec } from './engine.js';

/**
 * A plan in the form that engines exchange: [Substrait](https://substrait.io). Made by the functions of `substrait`. From
 * the Python package's `substrait.Plan`.
 *
 * @example
 * ```ts
 * const plan = await substrait.serializeToPlan('select origin from flights where delay > 60', ctx);
 * const again = SubstraitPlan.fromJson(plan.toJson());
 * const late = await ctx.executeLogicalPlan(await substrait.fromSubstraitPlan(ctx, again));
 * console.log(await late.count());
 * ```
 */
export class SubstraitPlan {
  readonly #bytes: Uint8Array;

  /** @internal Made by `substrait` and {@link fromJson}; the bytes are a plan. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * Reads the JSON form of Substrait.
   *
   * @throws BallistaError `INVALID_ARGUMENT` also for JSON of something else
   */
  static fromJson(json: string): SubstraitPlan {
    if (typeof json !== 'string') throw invalid(`SubstraitPlan.fromJson takes JSON text, not ${describe(json)}`);
    return new SubstraitPlan(substraitCodec().fromJson(json));
  }

  /** As protobuf. */
  encode(): Uint8Array {
    return this.#bytes.slice();
  }

  /** As JSON, in the protobuf mapping: keys in camelCase. */
  toJson(): string {
    return substraitCodec().toJson(this.#bytes);
  }

  /** As {@link toJson}, indented. */
  toString(): string {
    return JSON.stringify(JSON.parse(this.toJson()), undefined, 2);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `SubstraitPlan { ${this.#bytes.length} bytes }`;
  }
}
