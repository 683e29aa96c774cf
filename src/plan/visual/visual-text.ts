/**
 * Prepares plan text for a drawing: any text becomes a few short lines.
 *
 * @module
 */

/** Replaces characters that XML forbids. A newline becomes `␊`, so that the text stays on one line. */
export function visible(text: string): string {
  return text
    .replaceAll(CONTROL, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replaceAll(NO_CHARACTER, '\ufffd');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
const CONTROL = /[\u0000-\u001f]/g;
/** Includes unpaired surrogates. */
const NO_CHARACTER = /[\u007f-\u009f\ufffe\uffff\ud800-\udfff]/gu;

/** A replacement that inserts an invisible joiner into sequences such as `\\N`, which a format would interpret. */
export const JOINED = '$&\u2060';

/** Removes the folders from paths, and keeps only the first of a list of file groups. */
export function shortened(text: string): string {
  return text
    .replaceAll(/(?:[^\s,:<>[\](){}'"]+\/){2,}/g, '…/')
    .replaceAll(/(\[\[[^\]]*\])(?:, \[[^\]]*\])+(?:, \.\.\.)?\]/g, '$1, …]');
}

/** Wraps text to at most `most` lines of at most `width` characters. `…` marks text that is cut. */
export function wrap(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let rest = [...text.trim()];
  while (rest.length > 0 && lines.length < most) {
    if (rest.length <= width) {
      lines.push(rest.join(''));
      rest = [];
    } else if (lines.length === most - 1) {
      lines.push(`${rest.slice(0, width - 1).join('')}…`);
      rest = [];
    } else {
      const space = rest.lastIndexOf(' ', width);
      // Split a word only if the line would be mostly empty otherwise.
      const end = space > width / 3 ? space : width;
      lines.push(rest.slice(0, end).join(''));
      rest = [...rest.slice(end).join('').trimStart()];
    }
  }
  return lines;
}
