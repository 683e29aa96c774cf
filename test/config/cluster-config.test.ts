import { expect, it } from 'vitest';

import { parseAddress, toConfigNative } from '../../src/config/cluster-config.js';
import { thrown } from '../support/thrown.js';

it.each([
  ['df://localhost:50050', 'localhost', 50050],
  ['df://localhost', 'localhost', 50050],
  ['http://localhost:80', 'localhost', 80],
  ['DF://10.0.0.1:1234/', '10.0.0.1', 1234],
  ['df://[::1]:1234', '::1', 1234],
])('reads %s', (address, host, port) => {
  expect(parseAddress(address)).toEqual({ host, port });
});

it.each([
  '',
  'localhost:50050',
  'https://localhost',
  'df://',
  'df://:50050',
  'df://h:0',
  'df://h:99999',
  'df://h/x',
  'df://h?x',
  'df://u:p@h',
  5,
  null,
])('refuses %j', (address) => {
  expect(thrown(() => parseAddress(address as string)).code).toBe('INVALID_ARGUMENT');
});

it('turns values into text', () => {
  expect(toConfigNative({ a: 1, b: true, c: 'x', d: 5n })).toEqual({ a: '1', b: 'true', c: 'x', d: '5' });
  expect(toConfigNative(undefined)).toEqual({});
});

it.each([null, { a: null }, { a: undefined }, { a: {} }, { a: Number.NaN }, [], 'x', 5])('refuses %j', (config) => {
  expect(thrown(() => toConfigNative(config as never)).code).toBe('INVALID_ARGUMENT');
});
