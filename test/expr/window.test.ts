import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { col } from '../../src/expr/expr.js';
import { toWindow, Window } from '../../src/expr/window.js';
import { WindowFrame } from '../../src/expr/window-frame.js';
import { refused } from '../support/refused.js';

const a = col('a');

describe('a window', () => {
  it('is built step by step', () => {
    const window = Window.partitionBy('g', a.mod(2)).orderBy('t', a.desc()).rowsBetween(-1, 0);
    expect(String(window)).toBe(
      'PARTITION BY g, a % 2 ORDER BY t ASC NULLS LAST, a DESC NULLS FIRST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW',
    );
    expect(inspect(Window.orderBy('t'))).toBe('Window(ORDER BY t ASC NULLS LAST)');
    expect(String(new Window())).toBe('');
    expect(String(new Window().rangeBetween(-1, 1))).toBe('RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING');
    expect(String(new Window().groupsBetween(0, 1))).toBe('GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING');
  });

  it('can also be built from options', () => {
    const windowFrame = new WindowFrame('rows', -1, 0);
    const built = Window.orderBy(a).partitionBy('g').rowsBetween(-1, 0);
    expect(new Window({ partitionBy: 'g', orderBy: a, windowFrame }).node).toEqual(built.node);
    expect(new Window({ partitionBy: ['g'], orderBy: [a.asc()], windowFrame }).node).toEqual(built.node);
    expect(toWindow({ partitionBy: 'g', orderBy: 'a', windowFrame }).node).toEqual(built.node);
    expect(toWindow(built)).toBe(built);
  });

  it('is immutable', () => {
    const window = Window.partitionBy('g');
    window.orderBy('t').rowsBetween(0, 1).partitionBy('h');
    expect(String(window)).toBe('PARTITION BY g');
    expect(Object.isFrozen(window) && Object.isFrozen(window.node)).toBe(true);
    expect(String(window.orderBy('t').orderBy('u'))).toBe('PARTITION BY g ORDER BY u ASC NULLS LAST');
    expect(String(window.partitionBy())).toBe('');
  });

  it('keeps the null treatment', () => {
    expect(new Window({ nullTreatment: 'ignore' }).partitionBy('g').nulls).toBe('ignore');
  });

  it.each<[string, () => unknown]>([
    ['Key 1 of partitionBy', () => Window.partitionBy(undefined as never)],
    ['Key 2 of partitionBy', () => Window.partitionBy('g', 5 as never)],
    ['Key 1 of partitionBy', () => Window.partitionBy('')],
    ['Key 1 of partitionBy', () => Window.partitionBy(a.asc() as never)],
    ['Key 1 of orderBy', () => Window.orderBy(null as never)],
    ['Key 1 of orderBy', () => new Window({ orderBy: { key: 'a' } as never })],
    ['windowFrame', () => new Window({ windowFrame: 'rows' as never })],
    ['nullTreatment', () => new Window({ nullTreatment: 'IGNORE' as never })],
    ['Did you mean "partitionBy"', () => new Window({ partitonBy: 'g' } as never)],
    ['The options of a window', () => new Window('g' as never)],
    ['The start of the window frame', () => new Window().rowsBetween(undefined as never, 0)],
    ['over: the window', () => toWindow(undefined as never)],
    ['over: the window', () => toWindow('g' as never)],
    ['over: the window', () => toWindow([a] as never)],
  ])('rejects with a message that contains "%s"', (where, run) => {
    expect(refused(run)).toContain(where);
  });
});
