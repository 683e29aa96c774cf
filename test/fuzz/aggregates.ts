import type { Draft, Relation, Type } from './draft.js';
import { predicate } from './predicates.js';
import { scalar, unnumbered } from './scalars.js';

/** The parts of an aggregate: FILTER comes between the call and IGNORE NULLS. */
interface Call {
  readonly call: string;
  readonly nulls?: string;
  readonly wrap?: (sql: string) => string;
}

/** An aggregate of this type whose value does not depend on the order of the rows. */
export function aggregate(draft: Draft, relation: Relation, type: Type, depth: number): string {
  const { call, nulls = '', wrap = (sql) => sql } = aggregateCall(draft, relation, type, depth);
  return wrap(`${call}${filtered(draft, relation)}${nulls}`);
}

/** A FILTER clause, or an empty string. */
export function filtered(draft: Draft, relation: Relation): string {
  return draft.choices.chance(15) ? ` FILTER (WHERE ${predicate(draft, relation, 0)})` : '';
}

function aggregateCall(draft: Draft, relation: Relation, type: Type, depth: number): Call {
  const { choices } = draft;
  const any = (of: Type) => scalar(draft, relation, of, depth);
  const distinct = () => (choices.chance(25) ? 'DISTINCT ' : '');
  const simple = (call: () => string) => (): Call => ({ call: call() });
  const extreme = simple(() => `${choices.pick(['min', 'max'])}(${any(type)})`);
  const first = (): Call => {
    const [value, key] = [unnumbered(any(type)), unnumbered(any(draft.type()))];
    // The engine panics if a key is repeated.
    const keys = key === value ? value : `${key}, ${value}`;
    return { call: `first_value(${value} ORDER BY ${keys})`, nulls: choices.pick(['', ' IGNORE NULLS']) };
  };
  const options: Record<Type, () => () => Call> = {
    int: () =>
      choices.weighted<() => Call>([
        [4, simple(() => 'count(*)')],
        [3, simple(() => `count(${distinct()}${any(draft.type())})`)],
        [3, simple(() => `sum(${distinct()}${any('int')})`)],
        [3, extreme],
        [1, simple(() => `${choices.pick(['bit_and', 'bit_or', 'bit_xor'])}(${any('int')})`)],
        [1, first],
      ]),
    float: () =>
      choices.weighted<() => Call>([
        [3, simple(() => `sum(${any('float')})`)],
        [1, simple(() => `median(${any('float')})`)],
        [2, simple(() => `avg(${distinct()}${any(choices.pick(['float', 'int']))})`)],
        [2, extreme],
        [1, first],
      ]),
    text: () =>
      choices.weighted<() => Call>([
        [3, extreme],
        [1, first],
        [1, () => listed('string_agg', any('text'), distinct())],
        [1, () => listed('array_agg', unnumbered(any(draft.type())), distinct())],
      ]),
    bool: () =>
      choices.weighted<() => Call>([
        [2, simple(() => `${choices.pick(['bool_and', 'bool_or'])}(${any('bool')})`)],
        [1, extreme],
      ]),
    date: () =>
      choices.weighted<() => Call>([
        [3, extreme],
        [1, first],
      ]),
    decimal: () =>
      choices.weighted<() => Call>([
        [3, simple(() => `sum(${any('decimal')})`)],
        [2, extreme],
        [1, simple(() => `avg(${any('decimal')})`)],
      ]),
  };
  return options[type]()();
}

function listed(name: 'string_agg' | 'array_agg', value: string, distinct: string): Call {
  return name === 'string_agg'
    ? { call: `string_agg(${distinct}${value}, ',' ORDER BY ${value})` }
    : {
        call: `array_agg(${distinct}${value} ORDER BY ${value})`,
        wrap: (sql) => `array_to_string(${sql}, ',', '-')`,
      };
}
