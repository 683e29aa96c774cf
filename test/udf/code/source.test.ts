import { deserialize } from 'node:v8';
import { describe, expect, it } from 'vitest';

import { hashOf } from '../../../src/udf/code/hash.js';
import { toModule, VALUES } from '../../../src/udf/code/source.js';
import { thrown } from '../../support/thrown.js';

type Fn = (...args: never[]) => unknown;

/** Loads the module of a function as a worker does. */
async function loaded(fn: Fn, captures = {}): Promise<(...args: unknown[]) => unknown> {
  const { code, values } = toModule('f', fn, captures);
  const loading = new Map(values ? [[hashOf(values), deserialize(values)]] : []);
  Object.assign(globalThis, { [VALUES]: loading });
  return (
    (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { default: (...args: unknown[]) => unknown }
  ).default;
}

const factor = 3;
const object = {
  method(x: number) {
    return x + 1;
  },
  async later(x: number) {
    return x + 2;
  },
  'odd name'(x: number) {
    return x + 3;
  },
};
class Class {
  static shared(x: number) {
    return x + 4;
  }

  own = 1;
}

describe('toModule supports', () => {
  it.each<[string, Fn]>([
    ['an arrow function', (x: number) => x * 2],
    [
      'an arrow function with a body',
      (x: number) => {
        const y = x;
        return y * 2;
      },
    ],
    [
      'a function',
      function twice(x: number) {
        return x * 2;
      },
    ],
    [
      'a recursive function',
      function twice(x: number, again = true): number {
        return again ? twice(x, false) : x * 2;
      },
    ],
    ['globals', (x: number) => Math.max(x, Number.parseInt('2', 10)) * new Date(2).getTime()],
    [
      'local variables',
      (x: number) => {
        const { a, ...rest } = { a: x, b: 0 };
        for (const y of [a]) return y * 2 + rest.b;
        return 0;
      },
    ],
  ])('%s', async (_, fn) => {
    expect((await loaded(fn))(21)).toBe(fn === undefined ? 0 : (fn as (x: number) => unknown)(21));
  });

  it('methods', async () => {
    expect((await loaded(object.method))(1)).toBe(2);
    expect(await (await loaded(object.later))(1)).toBe(3);
    expect((await loaded(object['odd name']))(1)).toBe(4);
    expect((await loaded(Class.shared))(1)).toBe(5);
  });

  it('captures: values of any kind, functions, and functions that use captures', async () => {
    const table = new Map([['a', new Date(0)]]);
    const big = 2n ** 70n;
    const add = (x: number): number => x + factor;
    const fn = (x: number) => [add(x), table.get('a')?.getTime(), big];
    expect((await loaded(fn, { add, factor, table, big }))(1)).toEqual([4, 0, big]);
  });

  it('captured classes, in any order', async () => {
    class Base {
      made = (): string => new Other().name;
      static parts = 2;
    }
    class Other extends Base {
      name = 'other';
      static double = Base.parts * factor;
    }
    class Third extends Other {
      static {
        Third.double += 1;
      }
    }
    const fn = () => [new Third().made(), Other.double, Third.double];
    expect((await loaded(fn, { Third, Other, Base, factor }))()).toEqual(['other', 6, 7]);
    expect((await loaded(fn, { Base, factor, Third, Other }))()).toEqual(['other', 6, 7]);
  });

  it('the __name helper that compilers insert', async () => {
    const fn = new Function(
      '__name',
      'return (x) => { const inner = __name((y) => y * 2, "inner"); return inner.name + inner(x); }',
    );
    expect((await loaded(fn() as Fn))(2)).toBe('inner4');
  });
});

describe('toModule rejects', () => {
  it('a free variable, and names it', () => {
    const fn = (x: number) => x * factor + object.method(x);
    expect(thrown(() => toModule('f', fn, {}))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/"factor", "object".*captures: \{ factor, object \}/u),
    });
    expect(thrown(() => toModule('f', fn, { factor }))).toMatchObject({ message: expect.stringContaining('"object"') });
  });

  it('a free variable of a captured function', () => {
    const add = (x: number) => x + factor;
    expect(thrown(() => toModule('f', (x: number) => add(x), { add })).message).toContain('"factor"');
  });

  it('an imported variable, with a module as the answer', () => {
    const imports = () =>
      new Map([
        ['slugify', 'slugify'],
        ['rates', './rates.js'],
      ]);
    const direct = new Function('text', 'return slugify(text)') as Fn;
    const { code, message } = thrown(() => toModule('slug', direct, {}, imports));
    expect(code).toBe('INVALID_ARGUMENT');
    expect(message).toMatch(
      /"slugify", which its file imports from "slugify".*udf\.fromModule\(new URL\('\.\/slug\.js'/u,
    );
    // What a package exports uses variables of the package, which nobody can capture.
    const slugify = new Function('text', 'return text + locales + charMap') as Fn;
    const captured = thrown(() => toModule('slug', direct, { slugify }, imports)).message;
    expect(captured).toContain('udf.fromModule');
    expect(captured).not.toMatch(/locales|charMap/u);
    const data = new Function('x', 'return rates[x]') as Fn;
    expect(thrown(() => toModule('rate', data, {}, imports)).message).toContain('captures: { rates }');
  });

  it('functions without a source', () => {
    for (const fn of [Math.max, ((x: number) => x).bind(null)]) {
      expect(thrown(() => toModule('f', fn, {}))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('source'),
      });
    }
  });

  it('captures that cannot be copied or have invalid names', () => {
    expect(thrown(() => toModule('f', () => 1, { a: Symbol('a') })).message).toContain('"a" cannot be sent');
    expect(thrown(() => toModule('f', () => 1, { 'a b': 1 })).message).toContain('"a b" is not a valid variable name');
    expect(thrown(() => toModule('f', () => 1, { class: 1 })).message).toContain(
      '"class" is not a valid variable name',
    );
  });
});
