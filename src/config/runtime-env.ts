/**
 * Memory and temporary files of the engine in this process.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { toInteger } from '../input/integer.js';
import { toLocalPath } from '../input/local-path.js';
import { type DocumentedTable, resolve } from '../input/settings.js';

/** The options of a {@link RuntimeEnvBuilder}, as a plain object. */
export interface RuntimeOptions {
  /**
   * How queries share memory: without a limit, in equal parts, or first come, first served. The last two
   * need `memoryLimitBytes`. Default `'unbounded'`.
   */
  memoryPool?: 'unbounded' | 'fair' | 'greedy';
  /** The memory for all queries together, in bytes; above it they spill to disk. Default: no limit. */
  memoryLimitBytes?: number | bigint;
  /**
   * Where queries spill to: the system's temporary folder, `diskPaths`, or nowhere. If `'disabled'`, a query that reaches the
   * memory limit fails. Default `'os'`.
   */
  diskManager?: 'os' | 'specified' | 'disabled';
  /** The folders to spill to, if `diskManager` is `'specified'`. */
  diskPaths?: readonly (string | URL)[];
  /** A single folder to spill to, instead of `diskManager`. */
  tempFilePath?: string | URL;
}

/** The options as sent to Rust. */
interface RuntimeNative {
  memoryPool?: 'unbounded' | 'fair' | 'greedy';
  memoryLimitBytes?: number;
  diskManager?: 'os' | 'specified' | 'disabled';
  diskPaths?: string[];
  tempFilePath?: string;
}

/** The settings table of {@link RuntimeOptions}. */
export const RUNTIME_SETTINGS = {
  memoryPool: {
    type: 'choice',
    choices: ['unbounded', 'fair', 'greedy'],
    defaultText: "`'unbounded'`",
    doc: 'How queries share memory: without a limit, in equal parts, or first come, first served. The last two need `memoryLimitBytes`.',
  },
  memoryLimitBytes: {
    type: 'any',
    typeText: 'number | bigint',
    defaultText: 'no limit',
    doc: 'The memory for all queries together, in bytes; above it they spill to disk.',
  },
  diskManager: {
    type: 'choice',
    choices: ['os', 'specified', 'disabled'],
    defaultText: "`'os'`",
    doc: "Where queries spill to: the system's temporary folder, `diskPaths`, or nowhere. If `'disabled'`, a query that reaches the memory limit fails.",
  },
  diskPaths: {
    type: 'any',
    typeText: 'readonly (string | URL)[]',
    defaultText: 'none',
    doc: "The folders to spill to, if `diskManager` is `'specified'`.",
  },
  tempFilePath: {
    type: 'any',
    typeText: 'string | URL',
    defaultText: 'none',
    doc: 'A single folder to spill to, instead of `diskManager`.',
  },
} as const satisfies DocumentedTable;

// In the global symbol registry, so that builders of the ESM build work in the CommonJS build.
const RUNTIME = Symbol.for('ballista.runtimeEnv');

/**
 * Memory and temporary files of the engine in this process. In `SessionContext.local()` they apply to whole queries. In a
 * session on a cluster little runs in this process; executors have their own limits (`memoryLimitBytes`, `workDir`).
 * Immutable; every method returns a new builder. From DataFusion's `RuntimeEnvBuilder`.
 *
 * @example
 * ```ts
 * import { RuntimeEnvBuilder } from 'ballista';
 *
 * const runtime = new RuntimeEnvBuilder().withFairSpillPool(512 * 2 ** 20).withDiskManagerOs();
 * console.log(String(runtime)); // RuntimeEnvBuilder { memoryPool: fair, memoryLimitBytes: 536870912, diskManager: os }
 * ```
 */
export class RuntimeEnvBuilder {
  readonly #options: Readonly<RuntimeNative>;

  /**
   * @param options - initial options
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  constructor(options?: RuntimeOptions) {
    this.#options = check(resolve<RuntimeOptions>('RuntimeEnvBuilder', RUNTIME_SETTINGS, options));
    Object.freeze(this);
  }

  /** Whether a value is a builder, including one of another copy of this package. */
  static is(value: unknown): value is RuntimeEnvBuilder {
    return typeof value === 'object' && value !== null && RUNTIME in value;
  }

  /** @internal */
  get [RUNTIME](): RuntimeNative {
    return structuredClone(this.#options);
  }

  /** Sets no memory limit: nothing spills. */
  withUnboundedMemoryPool(): RuntimeEnvBuilder {
    return this.#memory({ memoryPool: 'unbounded' });
  }

  /**
   * Sets a memory limit that operators share in equal parts. Suits queries with several operators that spill.
   *
   * @param bytes - the limit for all queries together
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withFairSpillPool(bytes: number | bigint): RuntimeEnvBuilder {
    return this.#memory({ memoryPool: 'fair', memoryLimitBytes: toBytes('withFairSpillPool', bytes) });
  }

  /**
   * Sets a memory limit that operators draw on first come, first served. Suits queries that do not spill, or with one operator
   * that does.
   *
   * @param bytes - the limit for all queries together
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withGreedyMemoryPool(bytes: number | bigint): RuntimeEnvBuilder {
    return this.#memory({ memoryPool: 'greedy', memoryLimitBytes: toBytes('withGreedyMemoryPool', bytes) });
  }

  /** Spills to the system's temporary folder. */
  withDiskManagerOs(): RuntimeEnvBuilder {
    return this.#disk({ diskManager: 'os' });
  }

  /** Disables spilling: a query that reaches the memory limit fails. */
  withDiskManagerDisabled(): RuntimeEnvBuilder {
    return this.#disk({ diskManager: 'disabled' });
  }

  /**
   * Spills to the given folders in turn.
   *
   * @param paths - at least one folder
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withDiskManagerSpecified(...paths: (string | URL)[]): RuntimeEnvBuilder {
    return this.#disk({ diskManager: 'specified', diskPaths: paths });
  }

  /**
   * Spills to one folder.
   *
   * @throws BallistaError `INVALID_ARGUMENT`
   */
  withTempFilePath(path: string | URL): RuntimeEnvBuilder {
    return this.#disk({ tempFilePath: toLocalPath(path, 'the path of withTempFilePath') });
  }

  /** The chosen options, with absolute paths. */
  toString(): string {
    const text = Object.entries(this.#options).map(([name, value]) => `${name}: ${String(value)}`);
    return text.length === 0 ? 'RuntimeEnvBuilder {}' : `RuntimeEnvBuilder { ${text.join(', ')} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Changes the memory pool. */
  #memory(options: RuntimeOptions): RuntimeEnvBuilder {
    const { memoryPool: _pool, memoryLimitBytes: _limit, ...disk } = this.#options;
    return new RuntimeEnvBuilder({ ...options, ...disk });
  }

  /** Changes the disk options. */
  #disk(options: RuntimeOptions): RuntimeEnvBuilder {
    const { diskManager: _manager, diskPaths: _paths, tempFilePath: _path, ...memory } = this.#options;
    return new RuntimeEnvBuilder({ ...memory, ...options });
  }
}

/**
 * Converts a builder or options to the form sent to Rust.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toRuntimeNative(runtime: RuntimeEnvBuilder | RuntimeOptions | undefined): RuntimeNative | undefined {
  if (runtime === undefined) return undefined;
  return (RuntimeEnvBuilder.is(runtime) ? runtime : new RuntimeEnvBuilder(runtime))[RUNTIME];
}

function check({ memoryPool, memoryLimitBytes, diskManager, diskPaths, tempFilePath }: RuntimeOptions): RuntimeNative {
  const native: RuntimeNative = {};
  const limited = memoryPool === 'fair' || memoryPool === 'greedy';
  if (limited !== (memoryLimitBytes !== undefined))
    throw invalid(
      limited
        ? `RuntimeEnvBuilder: memoryPool "${memoryPool}" needs memoryLimitBytes.`
        : 'RuntimeEnvBuilder: memoryLimitBytes needs memoryPool "fair" or "greedy".',
    );
  if (memoryPool !== undefined) native.memoryPool = memoryPool;
  if (memoryLimitBytes !== undefined) native.memoryLimitBytes = toBytes('memoryLimitBytes', memoryLimitBytes);
  if (tempFilePath !== undefined && diskManager !== undefined)
    throw invalid('RuntimeEnvBuilder: tempFilePath and diskManager cannot be combined. Leave out one of them.');
  if ((diskManager === 'specified') !== (diskPaths !== undefined))
    throw invalid('RuntimeEnvBuilder: diskManager "specified" and diskPaths must be used together.');
  if (diskManager !== undefined) native.diskManager = diskManager;
  if (diskPaths !== undefined) native.diskPaths = toFolders(diskPaths);
  if (tempFilePath !== undefined) native.tempFilePath = toLocalPath(tempFilePath, 'RuntimeEnvBuilder: tempFilePath');
  return native;
}

function toBytes(name: string, bytes: number | bigint): number {
  return toInteger(bytes, `RuntimeEnvBuilder: the number of bytes of ${name}`, 1);
}

function toFolders(paths: readonly (string | URL)[]): string[] {
  if (!Array.isArray(paths) || paths.length === 0)
    throw invalid(
      `RuntimeEnvBuilder: diskPaths must be an array of at least one folder, not ${paths?.length === 0 ? 'an empty array' : describe(paths)}.`,
    );
  return paths.map((path, i) => toLocalPath(path, `RuntimeEnvBuilder: diskPaths[${i}]`));
}
