import { describe, expect, it } from 'vitest';

import { col } from '../../src/expr/expr.js';
import { Window } from '../../src/expr/window.js';
import { WindowFrame } from '../../src/expr/window-frame.js';
import { callFunction } from '../../src/functions/call/call.js';
import { refused } from '../support/refused.js';

const a = col('a');
const sum = callFunction('sum', a);
const rows = new WindowFrame('rows', -1, 0);

describe('the clauses of a call', () => {
  it('are stored in the node', () => {
    const call = { kind: 'call', name: 'sum', args: [a.node] };
    expect(sum.distinct().node).toMatchObject({ ...call, distinct: true });
    expect(sum.filter('b > 1').node).toMatchObject({ ...call, filter: { kind: 'sql', text: 'b > 1' } });
    expect(sum.filter(a.gt(1)).node).toMatchObject({ ...call, filter: a.gt(1).node });
    expect(sum.orderBy('b', a.desc()).node).toMatchObject({ ...call, orderBy: [col('b').asc().node, a.desc().node] });
    expect(sum.nullTreatment('ignore').node).toMatchObject({ ...call, nullTreatment: 'ignore' });
    expect(sum.over({ partitionBy: 'g' }).node).toMatchObject({ ...call, over: { partitionBy: [col('g').node] } });
    expect(String(sum)).toBe('sum(a)');
  });

  it('can be combined', () => {
    const all = sum.distinct().filter('b').nullTreatment('respect').over(Window.orderBy('t'));
    expect(String(all)).toBe('sum(DISTINCT a) FILTER (WHERE b) RESPECT NULLS OVER (ORDER BY t ASC NULLS LAST)');
  });

  it('replace earlier clauses', () => {
    expect(String(sum.filter('b').filter('c'))).toBe('sum(a) FILTER (WHERE c)');
    expect(String(sum.over(Window.orderBy('t')).over(Window.partitionBy('g')))).toBe('sum(a) OVER (PARTITION BY g)');
  });

  it('take the null treatment of the window', () => {
    expect(sum.over({ nullTreatment: 'ignore' }).node).toMatchObject({ nullTreatment: 'ignore' });
    expect(sum.nullTreatment('ignore').over({}).node).toMatchObject({ nullTreatment: 'ignore' });
    expect(sum.nullTreatment('ignore').over({ nullTreatment: 'respect' }).node).toMatchObject({
      nullTreatment: 'respect',
    });
  });

  it('build a window', () => {
    const text = 'sum(a) OVER (PARTITION BY g ORDER BY t ASC NULLS LAST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)';
    expect(String(sum.partitionBy('g').orderBy('t').windowFrame(rows))).toBe(text);
    expect(String(sum.orderBy('t').partitionBy('g').windowFrame(rows))).toBe(text);
    expect(String(sum.orderBy('t').windowFrame(rows).partitionBy('g'))).toBe(text);
    expect(String(sum.over(Window.partitionBy('h').rowsBetween(-1, 0)).orderBy('t').partitionBy('g'))).toBe(text);
  });

  it('distinguish the order of the values from the order of the window', () => {
    expect(String(sum.orderBy('a').over(Window.orderBy('t')))).toBe(
      'sum(a ORDER BY a ASC NULLS LAST) OVER (ORDER BY t ASC NULLS LAST)',
    );
    expect(String(sum.orderBy('a').over(Window.orderBy('t')).partitionBy('g'))).toBe(
      'sum(a ORDER BY a ASC NULLS LAST) OVER (PARTITION BY g ORDER BY t ASC NULLS LAST)',
    );
  });
});

describe('invalid clauses', () => {
  it.each<[string, (expr: typeof a) => unknown]>([
    ['over', (it) => it.over({})],
    ['filter', (it) => it.filter('b')],
    ['distinct', (it) => it.distinct()],
    ['orderBy', (it) => it.orderBy('b')],
    ['nullTreatment', (it) => it.nullTreatment('ignore')],
    ['partitionBy', (it) => it.partitionBy('b')],
    ['windowFrame', (it) => it.windowFrame(rows)],
  ])('rejects %s on an expression that is not a call', (clause, run) => {
    for (const it of [a, a.add(sum), sum.cast('Int8')])
      expect(refused(() => run(it))).toBe(`${clause} works only on a function call, but this expression is not one.`);
    expect(refused(() => run(sum.alias('s')))).toContain(` Call ${clause} before alias.`);
  });

  it.each<[string, () => unknown]>([
    ['The predicate of filter', () => sum.filter(undefined as never)],
    ['The predicate of filter', () => sum.filter(true as never)],
    ['The predicate of filter', () => sum.filter(((row: unknown) => row) as never)],
    ['Argument 2 of orderBy', () => sum.orderBy('a', 1 as never)],
    ['nullTreatment', () => sum.nullTreatment('IGNORE NULLS' as never)],
    ['nullTreatment', () => sum.nullTreatment(undefined as never)],
    ['Argument 1 of partitionBy', () => sum.partitionBy(undefined as never)],
    ['windowFrame', () => sum.windowFrame(Window.orderBy('a').node.frame as never)],
    ['windowFrame', () => sum.windowFrame(new Window() as never)],
    ['over: the window', () => sum.over(undefined as never)],
    ['over: the window', () => sum.over('g' as never)],
    ['Did you mean "orderBy"', () => sum.over({ orderby: 'a' } as never)],
  ])('rejects an invalid argument with a message that contains "%s"', (where, run) => {
    expect(refused(run)).toContain(where);
  });
});
