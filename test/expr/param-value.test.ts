import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

import { lit } from '../../src/expr/expr.js';
import { toLiteral, toTypedLiteral } from '../../src/expr/param-value.js';
import { thrown } from '../support/thrown.js';

const realm = createContext({});
const cases: [name: string, value: unknown, literal: object][] = [
  ['null', null, { type: 'null' }],
  ['true', true, { type: 'boolean', value: true }],
  ['a safe integer', 2 ** 53 - 1, { type: 'int64', value: '9007199254740991' }],
  ['a negative integer', -7, { type: 'int64', value: '-7' }],
  ['an unsafe integer', 2 ** 53, { type: 'float64', value: 2 ** 53 }],
  ['a fraction', 1.5, { type: 'float64', value: 1.5 }],
  ['minus zero', -0, { type: 'float64', value: '-0' }],
  ['NaN', Number.NaN, { type: 'float64', value: 'NaN' }],
  ['infinity', -Infinity, { type: 'float64', value: '-Infinity' }],
  ['the largest int64', 2n ** 63n - 1n, { type: 'int64', value: '9223372036854775807' }],
  ['the smallest int64', -(2n ** 63n), { type: 'int64', value: '-9223372036854775808' }],
  ['a uint64', 2n ** 64n - 1n, { type: 'uint64', value: '18446744073709551615' }],
  ['text', "it's", { type: 'utf8', value: "it's" }],
  ['a Date before 1970', new Date(-1), { type: 'timestamp', value: '-1' }],
  ['bytes', Uint8Array.of(0, 255), { type: 'binary', value: 'AP8=' }],
  ['a view of a larger buffer', new Uint8Array([9, 0, 255, 9]).subarray(1, 3), { type: 'binary', value: 'AP8=' }],
  ['a Buffer', Buffer.from('hi'), { type: 'binary', value: 'aGk=' }],
  ['a Date from another realm', runInContext('new Date(5)', realm), { type: 'timestamp', value: '5' }],
  ['bytes from another realm', runInContext('Uint8Array.of(1)', realm), { type: 'binary', value: 'AQ==' }],
  ['a typed literal', lit(5, 'Int32'), { type: 'int64', value: '5', dataType: 'Int32' }],
];

describe('toLiteral', () => {
  it.each(cases)('takes %s', (_name, value, literal) => {
    expect(toLiteral(value, 'x')).toEqual(literal);
  });

  it.each([
    undefined,
    () => 1,
    Symbol('s'),
    {},
    [1],
    new Map(),
    new Float64Array(1),
    new Date(Number.NaN),
    2n ** 64n,
    -(2n ** 63n) - 1n,
    'a\ud800',
  ])('rejects %s and names its place', (value) => {
    const error = thrown(() => toLiteral(value, 'params[3]'));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(/^params\[3\] /);
  });
});

describe('toTypedLiteral', () => {
  it('adds the type', () => {
    expect(toTypedLiteral('2021-01-01', 'Date32', 'x')).toEqual({
      type: 'utf8',
      value: '2021-01-01',
      dataType: 'Date32',
    });
    expect(toTypedLiteral(null, 'Int8', 'x')).toEqual({ type: 'null', dataType: 'Int8' });
  });

  it('keeps all digits of large bigints', () => {
    const literal = { type: 'utf8', value: String(10n ** 30n), dataType: 'Decimal128(38, 0)' };
    expect(toTypedLiteral(10n ** 30n, 'Decimal128(38, 0)', 'x')).toEqual(literal);
  });

  it.each([Number.NaN, 1.5, Infinity])('rejects %s as an integer', (value) => {
    expect(thrown(() => toTypedLiteral(value, 'Int32', 'x')).code).toBe('INVALID_ARGUMENT');
    expect(thrown(() => toTypedLiteral(value, 'UInt8', 'x')).code).toBe('INVALID_ARGUMENT');
    expect(toTypedLiteral(value, 'Float32', 'x')).toMatchObject({ dataType: 'Float32' });
  });
});
