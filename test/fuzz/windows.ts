import { filtered } from './aggregates.js';
import type { Draft, Relation, Type } from './draft.js';
import { column, constant, scalar } from './scalars.js';

/** A window function of this type. */
export function windowed(draft: Draft, relation: Relation, type: Type, depth: number): string {
  const { choices } = draft;
  const value = () => scalar(draft, relation, type, depth);
  const nulls = () => choices.pick(['', '', ' IGNORE NULLS', ' RESPECT NULLS']);
  const shifted = () => {
    const filler = choices.chance(30) ? `, ${constant(draft, type)}` : '';
    return `${choices.pick(['lag', 'lead'])}(${value()}, ${1 + choices.below(2)}${filler})${nulls()} ${over(draft, relation, depth, 'total')}`;
  };
  const framed = () => {
    const call = choices.pick([
      () => `first_value(${value()})`,
      () => `last_value(${value()})`,
      () => `nth_value(${value()}, 2)`,
    ])();
    return `${call}${nulls()} ${over(draft, relation, depth, 'rows')}`;
  };
  const summed = () =>
    `${aggregateCall(draft, relation, type, depth)}${filtered(draft, relation)} ${over(draft, relation, depth, 'any')}`;
  const ranked = (): string => {
    if (type === 'int')
      return choices.weighted([
        [3, () => `row_number() ${over(draft, relation, depth, 'total')}`],
        [3, () => `${choices.pick(['rank', 'dense_rank'])}() ${over(draft, relation, depth, 'some')}`],
        [1, () => `ntile(${1 + choices.below(4)}) ${over(draft, relation, depth, 'total')}`],
      ])();
    if (type === 'float')
      return `${choices.pick(['percent_rank', 'cume_dist'])}() ${over(draft, relation, depth, 'some')}`;
    return summed();
  };
  return choices.weighted([
    [3, ranked],
    [3, summed],
    [2, shifted],
    [2, framed],
  ])();
}

/** An aggregate that works with every kind of frame. */
function aggregateCall(draft: Draft, relation: Relation, type: Type, depth: number): string {
  const { choices } = draft;
  const value = (of: Type) => scalar(draft, relation, of, depth);
  const extreme = () => `${choices.pick(['min', 'max'])}(${value(type)})`;
  if (type === 'int')
    return choices.weighted([
      [3, () => 'count(*)'],
      [2, () => `sum(${value('int')})`],
      [2, () => `count(${value(draft.type())})`],
      [1, () => `count(DISTINCT ${value(draft.type())})`],
      [2, extreme],
    ])();
  if (type === 'float') return choices.pick([() => `sum(${value('float')})`, () => `avg(${value('int')})`, extreme])();
  if (type === 'decimal') return choices.pick([() => `sum(${value('decimal')})`, extreme])();
  return extreme();
}

/** The window that a function needs, so that its value is decided. */
type Order =
  /** Keys that define a total order. */
  | 'total'
  /** Any keys, or none: rows with equal keys get the same value. */
  | 'some'
  /** Keys that define a total order, optionally with a frame. */
  | 'rows'
  /** The same, or a frame that keeps rows with equal keys together. */
  | 'any';

function over(draft: Draft, relation: Relation, depth: number, order: Order): string {
  const { choices } = draft;
  const key = () => scalar(draft, relation, draft.type(), depth);
  const partition = choices.weighted([
    [3, () => ''],
    [3, () => `PARTITION BY ${key()}`],
    [1, () => `PARTITION BY ${key()}, ${key()}`],
    [1, () => `PARTITION BY ${constant(draft, 'int')}`],
  ])();
  const direction = () => choices.pick(['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST']);
  const total = () => {
    const keys = choices.chance(50) ? [key(), ...relation.key] : relation.key;
    return `ORDER BY ${keys.map((one) => `${one}${direction()}`).join(', ')}`;
  };
  const frames = [
    total,
    () => `${total()} ROWS BETWEEN ${rows(draft)}`,
    () => `${total()} GROUPS BETWEEN ${rows(draft)}`,
  ] as const;
  const options: Record<Order, readonly [() => string, ...(() => string)[]]> = {
    total: [total],
    some: [() => `ORDER BY ${key()}${direction()}`, total, () => ''],
    rows: frames,
    any: [
      ...frames,
      () => `ORDER BY ${column(draft, relation, 'int')}${direction()} RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING`,
    ],
  };
  const ordered = choices.pick(options[order])();
  return `OVER (${[partition, ordered].filter(Boolean).join(' ')})`;
}

function rows(draft: Draft): string {
  return draft.choices.pick([
    'UNBOUNDED PRECEDING AND CURRENT ROW',
    'UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
    '1 PRECEDING AND 1 FOLLOWING',
    'CURRENT ROW AND UNBOUNDED FOLLOWING',
    '2 PRECEDING AND 1 PRECEDING',
  ]);
}
