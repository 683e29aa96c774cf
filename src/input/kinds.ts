/**
 * Type checks that also work for values of another realm.
 *
 * @module
 */

/** Whether a value is a `Date`, including one of another realm (a vm context, a test runner). */
export function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === '[object Date]';
}

/** Whether a value is a `Uint8Array` (such as a `Buffer`), including one of another realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

/** Whether a value is a `Map`, including one of another realm. */
export function isMap(value: unknown): value is Map<unknown, unknown> {
  return Object.prototype.toString.call(value) === '[object Map]';
}

/** Whether a string has no lone surrogates. They have no UTF-8 and would become U+FFFD or cause an unrelated error. */
export function isWellFormed(value: string): boolean {
  return (value as string & { isWellFormed(): boolean }).isWellFormed();
}
