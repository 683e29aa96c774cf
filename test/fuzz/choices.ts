/**
 * Recorded random choices. Replaying a part of them generates a smaller case of the same kind. This is how a failing query
 * is shrunk. Therefore, generators list their simplest option first.
 */
export class Choices {
  readonly taken: number[] = [];
  readonly #next: () => number;

  private constructor(next: (index: number) => number) {
    this.#next = () => next(this.taken.length);
  }

  /** Makes the same choices for the same seed. */
  static random(seed: number): Choices {
    let state = seed >>> 0;
    return new Choices(() => {
      // mulberry32
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return (mixed ^ (mixed >>> 14)) >>> 0;
    });
  }

  /** Replays earlier choices. After the last one, makes the simplest choices. */
  static replay(taken: readonly number[]): Choices {
    return new Choices((index) => taken[index] ?? 0);
  }

  /** A number from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    const choice = this.#next() % limit;
    this.taken.push(choice);
    return choice;
  }

  /** One of the options; the first is the simplest. */
  pick<T>(options: readonly [T, ...T[]]): T {
    return options[this.below(options.length)] ?? options[0];
  }

  /** One of the options, chosen by weight; the first is the simplest. */
  weighted<T>(options: readonly [readonly [number, T], ...(readonly [number, T])[]]): T {
    let rest = this.below(options.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, option] of options) {
      if (rest < weight) return option;
      rest -= weight;
    }
    return options[0][1];
  }

  /** True in `percent` of 100 cases; false is simpler. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  /** Some elements of the list, in order; no elements is the simplest. */
  some<T>(list: readonly T[], percent: number): T[] {
    return list.filter(() => this.chance(percent));
  }
}
