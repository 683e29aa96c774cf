/**
 * What all methods of a DataFrame share: its native handle, its session, and how a verb makes a new DataFrame.
 *
 * @module
 */

import type { Row } from '../arrow/values/values.js';
import type { NativeDataFrame } from '../binding.cjs';
import { frames } from '../engine/native-dataframe.js';
import type { SessionHandle } from '../engine/session-handle.js';
import { callSync } from '../native.js';
import type { DataFrame } from './dataframe.js';
import { encodeVerb } from './encode-verb.js';
import type { Verb } from './verb.js';

/** The base of a {@link DataFrame}. */
export abstract class FrameBase<T extends object = Row> {
  readonly #native: NativeDataFrame;
  readonly #session: SessionHandle;

  /** @internal Created by a context. */
  constructor(native: NativeDataFrame, session: SessionHandle) {
    this.#native = native;
    this.#session = session;
    frames.set(this, native);
  }

  /** @internal */
  protected get native(): NativeDataFrame {
    return this.#native;
  }

  /** @internal */
  protected get session(): SessionHandle {
    return this.#session;
  }

  /** @internal This DataFrame. */
  protected abstract get self(): DataFrame<T>;

  /** @internal A DataFrame of the same session. The class itself makes it, because this file cannot import the class. */
  protected abstract make<U extends object>(native: NativeDataFrame): DataFrame<U>;

  /** Applies a verb and returns the new DataFrame. */
  protected derive<U extends object>(verb: Verb): DataFrame<U> {
    this.#session.assertOpen();
    const { json, frames: operands } = encodeVerb(verb);
    const derived = callSync(() => this.#native.verb(json, operands));
    this.#session.tracing.inheritText(derived, this.#native);
    return this.make(derived);
  }
}
