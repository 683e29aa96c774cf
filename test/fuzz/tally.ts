/** Counts by reason, with the shortest query for each reason. */
export class Tally {
  readonly #entries = new Map<string, { count: number; example: string }>();

  add(what: string, example: string): void {
    const entry = this.#entries.get(what) ?? { count: 0, example };
    const shorter = example.length < entry.example.length ? example : entry.example;
    this.#entries.set(what, { count: entry.count + 1, example: shorter });
  }

  /** The sum of all counts. */
  get total(): number {
    return [...this.#entries.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** The entries, most frequent first. */
  toString(): string {
    return [...this.#entries]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([what, { count, example }]) => `  ${count} x ${what}\n      ${example}`)
      .join('\n');
  }
}
