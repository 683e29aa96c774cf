/**
 * The base of all object stores: checks options and hides secrets.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { type DocumentedSetting, resolve } from '../input/settings.js';

/** An option of a store: whether it is required, and whether it may be shown. */
export type StoreSetting = DocumentedSetting & { readonly required?: true; readonly secret?: true };

/** The options of a store by name. */
export type StoreSettings = Readonly<Record<string, StoreSetting>>;

/** A class of stores: its name here, its name in Rust, its options. */
interface StoreKind {
  readonly name: string;
  readonly type: 's3' | 'gcs' | 'azure' | 'http' | 'local';
  readonly settings: StoreSettings;
}

// In the global symbol registry, so that stores of the ESM build work in the CommonJS build.
const OBJECT_STORE = Symbol.for('ballista.objectStore');

/**
 * The location of files and the credentials for it, for `registerObjectStore` of a context. Immutable. Secrets do not appear
 * in `toString`, console output, `JSON.stringify` and errors. From DataFusion's `ObjectStore`.
 */
export abstract class ObjectStore {
  readonly #kind: StoreKind;
  readonly #options: Readonly<Record<string, unknown>>;

  /**
   * @internal
   * @param adapt - checks and changes options beyond the settings table; its result is sent to Rust
   */
  protected constructor(
    kind: StoreKind,
    given: object,
    adapt: (options: Record<string, unknown>) => object = (o) => o,
  ) {
    const options = resolve<Record<string, unknown>>(kind.name, kind.settings, given as Record<string, unknown>);
    for (const [name, { required }] of Object.entries(kind.settings)) {
      if (required && options[name] === undefined) throw invalid(`${kind.name}: the option ${name} is required.`);
    }
    this.#kind = kind;
    this.#options = Object.freeze({ ...adapt(options) });
    Object.freeze(this);
  }

  /** Whether a value is an object store, including one of another copy of this package. */
  static is(value: unknown): value is ObjectStore {
    return typeof value === 'object' && value !== null && OBJECT_STORE in value;
  }

  /** @internal The options with secrets, as sent to Rust. It is a method because consoles and JSON do not call methods. */
  [OBJECT_STORE](): string {
    return JSON.stringify({ type: this.#kind.type, ...this.#options });
  }

  /** The class and its options; secrets are shown as `(hidden)`. */
  toString(): string {
    const { name, settings } = this.#kind;
    const shown = Object.entries(this.#options)
      .filter(([option]) => Object.hasOwn(settings, option))
      .map(([option, value]) => `${option}: ${settings[option]?.secret ? '(hidden)' : JSON.stringify(value)}`);
    return shown.length === 0 ? `${name} {}` : `${name} { ${shown.join(', ')} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * A store as sent to Rust: JSON with secrets.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toObjectStoreNative(store: ObjectStore): string {
  if (ObjectStore.is(store)) return store[OBJECT_STORE]();
  throw invalid(
    `registerObjectStore takes an object store, such as new AmazonS3({ bucketName }), not ${describe(store)}.`,
  );
}
