/**
 * The location of the code of UDF worker threads.
 *
 * @module
 */

/** The same relative path from src/ and from dist/. */
export const WORKER_FILE = new URL('../dist/udf-worker.mjs', import.meta.url);
