/**
 * Where the code of the threads that run functions is.
 *
 * @module
 */

/** The same relative path from src/ and from dist/. */
export const WORKER_FILE = new URL('../dist/udf-worker.mjs', import.meta.url);
