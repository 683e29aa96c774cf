/**
 * The lines that UDFs print, as sessions receive them.
 *
 * @module
 */

/** A line that a UDF printed; see {@link SessionContext.onUdfLog}. */
export interface UdfLogEntry {
  /** The name of the UDF. */
  readonly udf: string;
  /** The printed text, without the final newline. */
  readonly text: string;
  /** `'stderr'` for `console.error`, `warn` and `trace`, `'stdout'` for other console methods. */
  readonly stream: 'stdout' | 'stderr';
  /** The id of the job. Absent in a local session. */
  readonly jobId?: string;
  /** The number of the stage. */
  readonly stageId?: number;
  /** The number of the task. */
  readonly taskId?: number;
}

/** The log listeners of a session. */
export class UdfLog {
  readonly #listeners = new Set<(entry: UdfLogEntry) => void>();

  /** @param listen - subscribes a callback, which then receives every line as JSON */
  constructor(listen: (tell: (line: string) => void) => void) {
    listen((line) => this.#tell(JSON.parse(line) as UdfLogEntry));
  }

  /** Adds a listener. Returns a function that removes it. */
  add(listener: (entry: UdfLogEntry) => void): () => void {
    // A new function each time, so that a listener added twice is called twice.
    const own = (entry: UdfLogEntry): void => listener(entry);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Calls all listeners. An error becomes a warning, because no caller could catch it. */
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
