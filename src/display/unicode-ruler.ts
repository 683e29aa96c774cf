/**
 * Measures the width of any Unicode text in a terminal, with a library.
 *
 * @module
 */

import stringWidth from 'string-width';

const SEGMENTER = new Intl.Segmenter();

/** Handles wide characters, and several characters that form one. */
export const UNICODE = {
  width: (text: string): number => stringWidth(text),
  clip(text: string, width: number): string {
    if (stringWidth(text) <= width) return text;
    let kept = '';
    let used = 1;
    for (const { segment } of SEGMENTER.segment(text)) {
      used += stringWidth(segment);
      if (used > width) break;
      kept += segment;
    }
    return `${kept}…`;
  },
};
