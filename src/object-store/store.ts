/**
 * What all object stores have in common: checked options, and secrets that are never shown.
 *
 * @module
 */

import { resolve, type Setting } from '../config/settings.js';
import { invalid } from '../errors.js';
import { describe } from '../params.js';

/** An option of a store: whether it must be given, and whether it may be shown. */
export interface StoreSetting extends Setting {
  readonly required?: true;
  readonly secret?: true;
}

/** The options of a store by name. */
export type StoreSettings = Readonly<Record<string, StoreSetting>>;

/** What makes a class of stores: its name here, its name in Rust, its options. */
interface StoreKind {
  readonly name: string;
  readonly type: 's3' | 'gcs' | 'azure' | 'http' | 'local';
  readonly settings: StoreSettings;
}

// Shared through the symbol registry: stores of the ESM build work in the CommonJS one.
const OBJECT_STORE = Symbol.for('ballista.objectStore');

/**
 * Where files are, and with which credentials: for `registerObjectStore` of a context. Immutable. Secrets are kept out of
 * `toString`, console output, `JSON.stringify` and errors. From DataFusion's `ObjectStore`.
 */
export abstract class ObjectStore {
  readonly #kind: StoreKind;
  readonly #options: Readonly<Record<string, unknown>>;

  /**
   * @internal
   * @param adapt - checks and changes what the settings alone cannot; its result crosses to Rust
   */
  protected constructor(
    kind: StoreKind,
    given: object,
    adapt: (options: Record<string, unknown>) => object = (o) => o,
  ) {
    const options = resolve<Record<string, unknown>>(kind.name, kind.settings, given as Record<string, unknown>);
    for (const [name, { required }] of Object.entries(kind.settings)) {
      if (required && options[name] === undefined) throw invalid(`${kind.name}: ${name} is missing`);
    }
    this.#kind = kind;
    this.#options = Object.freeze({ ...adapt(options) });
    Object.freeze(this);
  }

  /** Whether a value is an object store, also of another copy of this package. */
  static is(value: unknown): value is ObjectStore {
    return typeof value === 'object' && value !== null && OBJECT_STORE in value;
  }

  /** @internal The options with their secrets, as they cross to Rust. A method: consoles and JSON do not call it. */
  [OBJECT_STORE](): string {
    return JSON.stringify({ type: this.#kind.type, ...this.#options });
  }

  /** The class and its options; `(hidden)` stands for a secret. */
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
 * A store as it crosses to Rust: JSON, with its secrets.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toObjectStoreNative(store: ObjectStore): string {
  if (ObjectStore.is(store)) return store[OBJECT_STORE]();
  throw invalid(`registerObjectStore takes a store such as new AmazonS3({ bucketName }), not ${describe(store)}`);
}
