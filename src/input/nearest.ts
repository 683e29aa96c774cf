/**
 * Finds the valid name nearest to a mistyped one.
 *
 * @module
 */

/** The closest candidate, if at most a third of the letters differ, and not all: a suggestion that is far off misleads. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = letters(name);
  let best: string | undefined;
  let least = Math.min(Math.max(1, Math.floor(wanted.length / 3)), wanted.length - 1) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, letters(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** The sentence `Did you mean "x"?` with a space in front, or an empty string. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

function letters(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The number of letters to insert, remove, replace or swap with the next one. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (previous[j] as number) + 1, (current[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] as number) + 1);
      current.push(least);
    }
    [before, previous] = [previous, current];
  }
  return previous[b.length] as number;
}
