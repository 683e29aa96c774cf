/**
 * Placeholders in SQL text, as far as one can tell them without parsing: not in texts, names and comments.
 *
 * @module
 */

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\d+)/g;

/** SQL text with `$1`, `$2`, … replaced. */
export function replacePlaceholders(text: string, values: readonly string[]): string {
  return text.replace(TOKEN, (token: string, number?: string) => values[Number(number) - 1] ?? token);
}

/** Every `$1`, `$2`, … of SQL text. */
export function findPlaceholders(text: string): string[] {
  return Array.from(text.matchAll(TOKEN)).flatMap(([token, number]) => (number === undefined ? [] : [token]));
}
