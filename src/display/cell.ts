/**
 * Makes text safe to print.
 *
 * @module
 */

/** The lines of a cell. */
export type Cell = readonly string[];

/** Splits text into the lines of a cell. Control characters are made visible, so that data cannot control the terminal. */
export function toCell(text: string): Cell {
  return text
    .replaceAll('\t', '    ')
    .split('\n')
    .map((line) => line.replace(CONTROL, escapeCharacter));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

function escapeCharacter(character: string): string {
  return character === '\r' ? '\\r' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
