/**
 * Measures the width of text in a terminal.
 *
 * @module
 */

/** Measures and cuts text, in terminal cells. */
export interface Ruler {
  width(text: string): number;
  /** The text if it fits, otherwise its beginning and `…`. Never splits a character. */
  clip(text: string, width: number): string;
}

/** For text where every character takes one cell. */
const PLAIN: Ruler = {
  width: (text) => text.length,
  clip: (text, width) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`),
};

/** Chooses the ruler for texts. The ruler for all of Unicode takes 40 ms to load. */
export async function rulerOf(texts: Iterable<string>): Promise<Ruler> {
  for (const text of texts) if (!/^[ -~]*$/.test(text)) return (await import('./unicode-ruler.js')).UNICODE;
  return PLAIN;
}
