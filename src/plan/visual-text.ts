/**
 * Text of plans made fit for a drawing: whatever a query holds, one label is a few short lines.
 *
 * @module
 */

/** Text without characters that XML forbids: a newline shows as `␊`, so that a line stays a line. */
export function visible(text: string): string {
  return text
    .replaceAll(CONTROL, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replaceAll(NO_CHARACTER, '\ufffd');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
const CONTROL = /[\u0000-\u001f]/g;
/** Also half of a surrogate pair. */
const NO_CHARACTER = /[\u007f-\u009f\ufffe\uffff\ud800-\udfff]/gu;

/** What puts an unseen joiner into `\\N` and the like, where a format takes them for more than what they show. */
export const JOINED = '$&\u2060';

/** Paths without their folders, and of a list of file groups the first only. */
export function shortened(text: string): string {
  return text
    .replaceAll(/(?:[^\s,:<>[\](){}'"]+\/){2,}/g, '…/')
    .replaceAll(/(\[\[[^\]]*\])(?:, \[[^\]]*\])+(?:, \.\.\.)?\]/g, '$1, …]');
}

/** Lines of at most `width` characters, at most `most` of them; `…` ends a text that is cut. */
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
      // A word is cut only where it would leave most of a line empty.
      const end = space > width / 3 ? space : width;
      lines.push(rest.slice(0, end).join(''));
      rest = [...rest.slice(end).join('').trimStart()];
    }
  }
  return lines;
}
