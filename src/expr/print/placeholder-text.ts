/**
 * Finds placeholders in SQL text without parsing it. Skips string literals, quoted names and comments.
 *
 * @module
 */

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)/g;

/** Replaces `$1`, `$2`, … in SQL text. */
export function replacePlaceholders(text: string, values: readonly string[]): string {
  return text.replace(TOKEN, (token: string, number?: string) => values[Number(number) - 1] ?? token);
}

/** Finds every `$1`, `$2`, … in SQL text. */
export function findPlaceholders(text: string): string[] {
  return Array.from(text.matchAll(TOKEN)).flatMap(([token, number]) => (number === undefined ? [] : [token]));
}
