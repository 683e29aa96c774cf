import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { col, lit } from '../../src/expr/expr.js';
import { type FrameBound, WindowFrame } from '../../src/expr/window-frame.js';
import { refused } from '../support/refused.js';

describe('the bounds of a frame', () => {
  it.each<[FrameBound, FrameBound, string]>([
    [-2, 0, '2 PRECEDING AND CURRENT ROW'],
    [0, 2, 'CURRENT ROW AND 2 FOLLOWING'],
    [-3, -1, '3 PRECEDING AND 1 PRECEDING'],
    [1, 3, '1 FOLLOWING AND 3 FOLLOWING'],
    [2, 2, '2 FOLLOWING AND 2 FOLLOWING'],
    [-Infinity, Infinity, 'UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'],
    [-0, -0, 'CURRENT ROW AND CURRENT ROW'],
    [{ preceding: 2 }, { following: 3n }, '2 PRECEDING AND 3 FOLLOWING'],
    [{ preceding: 0 }, { following: Infinity }, '0 PRECEDING AND UNBOUNDED FOLLOWING'],
  ])('%s to %s is %s', (start, end, text) => {
    for (const units of ['rows', 'groups', 'range'] as const)
      expect(String(new WindowFrame(units, start, end))).toBe(`${units.toUpperCase()} BETWEEN ${text}`);
  });

  it('can have any unit in a range frame', () => {
    const frame = (start: FrameBound, end: FrameBound) => String(new WindowFrame('range', start, end));
    expect(frame(-0.5, 1.5)).toBe('RANGE BETWEEN 0.5 PRECEDING AND 1.5 FOLLOWING');
    expect(frame({ preceding: '1 day' }, 0)).toBe("RANGE BETWEEN INTERVAL '1 day' PRECEDING AND CURRENT ROW");
    const day = lit('1 day', 'Interval(MonthDayNano)');
    expect(frame({ preceding: day }, { following: day })).toBe(
      "RANGE BETWEEN INTERVAL '1 day' PRECEDING AND INTERVAL '1 day' FOLLOWING",
    );
  });

  it('expose offset and direction', () => {
    const frame = new WindowFrame('rows', -2, Infinity);
    expect(frame.units).toBe('rows');
    expect(frame.lowerBound).toMatchObject({
      offset: 2,
      isPreceding: true,
      isFollowing: false,
      isCurrentRow: false,
      isUnbounded: false,
    });
    expect(frame.upperBound).toMatchObject({
      offset: undefined,
      isPreceding: false,
      isFollowing: true,
      isCurrentRow: false,
      isUnbounded: true,
    });
    expect(new WindowFrame('rows', 0, 0).lowerBound).toMatchObject({ isCurrentRow: true, isUnbounded: false });
    expect(new WindowFrame('range', { preceding: '1 day' }, 0).lowerBound.offset).toBe('1 day');
    expect(inspect(frame)).toBe('WindowFrame(ROWS BETWEEN 2 PRECEDING AND UNBOUNDED FOLLOWING)');
  });

  it('are immutable data', () => {
    const frame = new WindowFrame('groups', { preceding: 1 }, 0);
    expect(frame.node).toEqual({
      units: 'groups',
      start: { type: 'preceding', value: { type: 'int64', value: '1' } },
      end: { type: 'currentRow' },
    });
    for (const part of [frame, frame.node, frame.node.start, frame.lowerBound])
      expect(Object.isFrozen(part)).toBe(true);
  });
});

describe('a frame rejects', () => {
  it.each([undefined, null, 'ROWS', 'row', 5, {}])('the units %s', (units) => {
    expect(refused(() => new WindowFrame(units as never, 0, 0))).toContain('units');
  });

  it.each([undefined, null, '1', 1n, Number.NaN, {}, [], { preceding: 1, following: 1 }, { preceeding: 1 }, col('a')])(
    'the bound %s',
    (bound) => {
      expect(refused(() => new WindowFrame('rows', bound as never, 0))).toContain('The start of the window frame');
      expect(refused(() => new WindowFrame('range', 0, bound as never))).toContain('The end of the window frame');
    },
  );

  it.each([undefined, null, -1, -1n, Number.NaN, true, () => 1, new Date(0), {}, col('a'), 2n ** 70n])(
    'the distance %s',
    (distance) => {
      for (const units of ['rows', 'range'] as const) {
        const message = refused(() => new WindowFrame(units, { preceding: distance as never }, 0));
        expect(message).toContain('The start of the window frame');
      }
    },
  );

  it('fractions of rows', () => {
    for (const units of ['rows', 'groups'] as const) {
      expect(refused(() => new WindowFrame(units, -1.5, 0))).toContain(`${units} must be a whole number`);
      expect(refused(() => new WindowFrame(units, { preceding: '1 day' }, 0))).toContain('a whole number');
      expect(refused(() => new WindowFrame(units, { preceding: lit(1) }, 0))).toContain('a whole number');
    }
  });

  it('an end before the start', () => {
    expect(refused(() => new WindowFrame('rows', 1, 0))).toContain('end before it starts');
    expect(refused(() => new WindowFrame('rows', 0, -1))).toContain('end before it starts');
    expect(refused(() => new WindowFrame('range', -1, -2))).toContain('end before it starts');
    expect(refused(() => new WindowFrame('range', 0, { preceding: '1 day' }))).toContain('end before it starts');
    expect(refused(() => new WindowFrame('range', { following: '1 day' }, 0))).toContain('end before it starts');
    expect(refused(() => new WindowFrame('rows', Infinity, Infinity))).toContain('start after the last row');
    expect(refused(() => new WindowFrame('rows', -Infinity, -Infinity))).toContain('end before the first row');
  });
});
