/**
 * Runs the parts of an aggregate function.
 *
 * @module
 */

import { deserialize, serialize } from 'node:v8';

import { Binary, type Data, type DataType, type Schema } from 'apache-arrow';

import type { CallSettings, Part } from '../definition.js';
import { columnsOf } from './argument-columns.js';
import { toColumn } from './result-column.js';
import { rowLoop } from './row-loop.js';
import { binderOf, placeOf, type Runner, typesOf } from './runner.js';
import { Thrown } from './thrown.js';

/** The functions of a user's aggregate. A function that changes the state in place may return nothing. */
export interface Functions {
  init(): unknown;
  update(state: unknown, ...args: unknown[]): unknown;
  merge(state: unknown, other: unknown): unknown;
  finish?(state: unknown): unknown;
  retract?(state: unknown, ...args: unknown[]): unknown;
}

/** The parts of an aggregate. */
export type AggregatePart = Exclude<Part, 'rows'>;

/**
 * Returns a runner for a part.
 *
 * @param schema - the types of the inputs, then the type of the result
 */
export function aggregateRunner(
  functions: Functions,
  part: AggregatePart,
  schema: Schema,
  settings: CallSettings,
): Runner {
  switch (part) {
    case 'update':
      return update(functions, schema, settings);
    case 'merge':
      return merge(functions, schema, settings);
    case 'finish':
      return finish(functions, schema, settings);
    case 'over':
      return over(functions, schema, settings);
  }
}

/** Adds rows to groups. Returns the states of all groups, in the order of their first rows. */
function update({ init, update }: Functions, schema: Schema, settings: CallSettings): Runner {
  const { types, returns } = typesOf(schema);
  const { step, take } = grouped(init, update, types.length - 1);
  const run = rowLoop(step, types, settings, 'none');
  return (block, rows) => {
    const columns = columnsOf(block, types, rows);
    // A failed call may have left some states.
    take();
    run(columns, rows, undefined, (row) => placeOf(columns.slice(1), types.slice(1), row, settings));
    const states = take();
    states.length = groupCount(columns[0] as Data);
    return toStates(returns, states, settings);
  };
}

/** `step` takes the group of a row and its arguments; `take` returns the states of all groups. */
function grouped(
  init: Functions['init'],
  update: Functions['update'],
  count: number,
): { step: (...args: unknown[]) => void; take: () => unknown[] } {
  const args = Array.from({ length: count }, (_, i) => `a${i}`).join(', ');
  const text = `
    let states = [];
    return {
      take: () => { const taken = states; states = []; return taken; },
      step: (group, ${args}) => {
        let state = states[group];
        if (state === undefined) state = init();
        const next = update(state, ${args});
        states[group] = next === undefined ? state : next;
      },
    };`;
  return new Function('init', 'update', text)(init, update);
}

function merge({ merge }: Functions, schema: Schema, settings: CallSettings): Runner {
  const { types, returns } = typesOf(schema);
  const read = stateReader(returns, settings);
  return (block, rows) => {
    const [groups, column] = columnsOf(block, types, rows) as [Data, Data];
    const stateAt = read(column);
    const states = new Array<unknown>(groupCount(groups));
    for (let row = 0; row < rows; row++) {
      const group = groups.values[row] as number;
      const other = stateAt(row);
      if (other === undefined) continue;
      const state = states[group];
      states[group] = state === undefined ? other : given(merge(state, other), state);
    }
    return toStates(returns, states, settings);
  };
}

function finish({ init, finish = (state) => state }: Functions, schema: Schema, settings: CallSettings): Runner {
  const { types, returns } = typesOf(schema);
  const read = stateReader(types[0] as DataType, settings);
  return (block, rows) => {
    const stateAt = read(columnsOf(block, types, rows)[0] as Data);
    const values = Array.from({ length: rows }, (_, row) => {
      const state = stateAt(row);
      return finish(state === undefined ? init() : state);
    });
    return toColumn(returns, values);
  };
}

/** Computes window frames, given by their bounds. Rows shared with the previous frame stay in the state if possible. */
function over(functions: Functions, schema: Schema, settings: CallSettings): Runner {
  const { init, update, finish = (state) => state, retract } = functions;
  const { types, returns } = typesOf(schema);
  const binders = types.map((type) => binderOf(type, settings));
  return (block, rows) => {
    const columns = columnsOf(block, types, rows);
    const [starts, ends, ...args] = binders.map((bind, i) => bind(columns[i] as Data));
    const startAt = starts as (row: number) => number;
    const endAt = ends as (row: number) => number;
    const apply = (fn: Functions['update'], state: unknown, row: number): unknown => {
      const values = args.map((read) => read(row));
      if (settings.skipNulls && values.includes(null)) return state;
      try {
        return given(fn(state, ...values), state);
      } catch (cause) {
        throw new Thrown(cause, placeOf(columns.slice(2), types.slice(2), row, settings));
      }
    };
    let [state, from, to] = [init(), 0, 0];
    const values = Array.from({ length: rows }, (_, row) => {
      const [start, end] = [startAt(row), endAt(row)];
      const goesOn = start >= from && end >= to && start <= to && (retract !== undefined || start === from);
      if (!goesOn) [state, from, to] = [init(), start, start];
      for (; to < end; to++) state = apply(update, state, to);
      for (; from < start; from++) state = apply(retract as Functions['update'], state, from);
      // Copied, because the next row may change the state in place.
      const value = finish(state);
      return typeof value === 'object' ? structuredClone(value) : value;
    });
    return toColumn(returns, values);
  };
}

/** The new state: a function that changes the state in place may return nothing. */
function given(next: unknown, state: unknown): unknown {
  return next === undefined ? state : next;
}

/** The number of groups. Group numbers have no gaps. */
function groupCount({ values }: Data): number {
  let last = -1;
  for (const group of values as Uint32Array) if (group > last) last = group;
  return last + 1;
}

/** Reads states; `undefined` for a missing state. */
function stateReader(type: DataType, settings: CallSettings): (column: Data) => (row: number) => unknown {
  const bind = binderOf(type, settings);
  return (column) => {
    const read = bind(column);
    return (row) => {
      const state = read(row);
      if (state === null) return undefined;
      return settings.typed ? state : deserialize(state as Uint8Array);
    };
  };
}

function toStates(type: DataType, states: unknown[], { typed }: CallSettings): Data {
  if (typed) return toColumn(type, states);
  const bytes = Array.from(states, (state) => (state === undefined ? null : serialize(state)));
  return toColumn(new Binary(), bytes);
}
