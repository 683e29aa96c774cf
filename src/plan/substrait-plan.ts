/**
 * Substrait plans.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { substraitCodec } from './plan-engine.js';

/**
 * A plan in [Substrait](https://substrait.io), a format that engines exchange. Created by the functions of `substrait`. From
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

  /** @internal Created by `substrait` and {@link fromJson}. The bytes must be a plan. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * Reads a plan from the JSON form of Substrait.
   *
   * @throws BallistaError `INVALID_ARGUMENT` also for JSON that is not a Substrait plan
   */
  static fromJson(json: string): SubstraitPlan {
    if (typeof json !== 'string') throw invalid(`SubstraitPlan.fromJson takes JSON text, not ${describe(json)}.`);
    return new SubstraitPlan(substraitCodec().fromJson(json));
  }

  /** The plan as protobuf. */
  encode(): Uint8Array {
    return this.#bytes.slice();
  }

  /** The plan as JSON, in the protobuf mapping: keys in camelCase. */
  toJson(): string {
    return substraitCodec().toJson(this.#bytes);
  }

  /** Like {@link toJson}, indented. */
  toString(): string {
    return JSON.stringify(JSON.parse(this.toJson()), undefined, 2);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `SubstraitPlan { ${this.#bytes.length} bytes }`;
  }
}
