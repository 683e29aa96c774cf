import { case_, when } from '../../src/expr/builders/case.js';
import { col, type Expr, lit } from '../../src/expr/expr.js';
import { expr } from '../../src/sql/expr-tag.js';

/** Random expressions over `a` and `"B c"` (Int64), `s` (Utf8) and `p` (Boolean). They are equal for equal seeds. */
export class RandomExpr {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A boolean, a number or a string, with this nesting depth. */
  any(depth: number): Expr {
    return this.#pick([this.#bool, this.#bool, this.#number, this.#text]).call(this, depth);
  }

  #number(depth: number): Expr {
    const one = () => this.#number(depth - 1);
    if (depth <= 0) return this.#pick([() => col('a'), () => col('B c'), () => lit(-2), () => lit(3)])();
    return this.#pick([
      () => one().add(one()),
      () => one().sub(one()),
      () => one().mul(this.#pick([-1, 2])),
      () => one().div(this.#pick([-2, 3])),
      () => one().mod(this.#pick([-2, 3])),
      () => one().neg(),
      () => one().bitAnd(one()),
      () => one().bitOr(one()),
      () => one().bitXor(one()),
      () => one().shiftLeft(lit(1).bitAnd(one())),
      () => one().shiftRight(lit(1).bitAnd(one())),
      () => one().cast('Int32').cast('Int64'),
      () => one().abs(),
      () => when(this.#bool(depth - 1), one()).otherwise(one()),
      () => case_(one()).when(one(), one()).end(),
      () => expr`${one()} - ${one()} * 2 + ${-1}`,
    ])();
  }

  #text(depth: number): Expr {
    const one = () => this.#text(depth - 1);
    if (depth <= 0) return this.#pick([() => col('s'), () => lit("it's"), () => lit('a%')])();
    return this.#pick([
      () => one().upper(),
      () => this.#number(depth - 1).cast('Utf8'),
      () => expr`${one()} || ${one()}`,
      () => when(this.#bool(depth - 1), one()).end(),
    ])();
  }

  #bool(depth: number): Expr {
    const one = () => this.#bool(depth - 1);
    const number = () => this.#number(depth - 1);
    const text = () => this.#text(depth - 1);
    const not = this.#below(2) === 0;
    if (depth <= 0) return this.#pick([() => col('p'), () => lit(true), () => lit(null, 'Boolean')])();
    return this.#pick([
      () => one().and(one()),
      () => one().or(one()),
      () => one().or(one()),
      () => one().and(one()),
      () => one().not(),
      () => one().not(),
      () => one().eq(one()),
      () => number().eq(number()),
      () => number().ne(number()),
      () => number().lt(number()),
      () => number().gte(number()),
      () => one().isDistinctFrom(one()),
      () => number().isNotDistinctFrom(number()),
      () => number().isNull(),
      () => one().isNotNull(),
      () => one().isTrue(),
      () => one().isNotTrue(),
      () => one().isFalse(),
      () => one().isNotFalse(),
      () => one().isUnknown(),
      () => one().isNotUnknown(),
      () => number().between(number(), number(), not),
      () => number().inList([number(), number()], not),
      () => number().inList([], not),
      () => text().like(text(), not),
      () => text().ilike(text(), not),
      () => text().matches('[A-Z]', not),
      () => text().imatches('[a-c]', not),
    ])();
  }

  #pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.#below(choices.length)] ?? choices[0];
  }

  /** A linear congruential generator. Only its upper bits are random enough. */
  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
}
