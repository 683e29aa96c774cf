/**
 * What functions print, as sessions hear it.
 *
 * @module
 */

/** Something that a function printed: see {@link SessionContext.onUdfLog}. */
export interface UdfLogEntry {
  /** The name of the function. */
  readonly udf: string;
  /** What was printed, without the newline at its end. */
  readonly text: string;
  /** Where to: `console.error`, `warn` and `trace` print to `'stderr'`, the others to `'stdout'`. */
  readonly stream: 'stdout' | 'stderr';
  /** For which job; absent in a local session. */
  readonly jobId?: string;
  /** The number of its stage. */
  readonly stageId?: number;
  /** The number of its task. */
  readonly taskId?: number;
}

/** Those who listen. */
export class UdfLog {
  readonly #listeners = new Set<(entry: UdfLogEntry) => void>();

  /** @param listen - what it is called with hears everything from then on, as JSON */
  constructor(listen: (tell: (line: string) => void) => void) {
    listen((line) => this.#tell(JSON.parse(line) as UdfLogEntry));
  }

  /** Adds one. What it gives takes it away again. */
  add(listener: (entry: UdfLogEntry) => void): () => void {
    // Of its own, so that one which is added twice is two.
    const own = (entry: UdfLogEntry): void => listener(entry);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** There is nobody to whom a listener could throw. */
  #tell(entry: UdfLogEntry): void {
    for (const listener of this.#listeners) {
      try {
        listener(entry);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }
}
