import { expect, it } from 'vitest';

import { parseAddress } from '../../src/config/address.js';
import { thrown } from '../support/thrown.js';

it.each([
  ['df://localhost:50050', 'localhost', 50050],
  ['df://localhost', 'localhost', 50050],
  ['http://localhost:80', 'localhost', 80],
  ['DF://10.0.0.1:1234/', '10.0.0.1', 1234],
  ['df://[::1]:1234', '::1', 1234],
])('parses %s', (address, host, port) => {
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
])('rejects %j', (address) => {
  expect(thrown(() => parseAddress(address as string)).code).toBe('INVALID_ARGUMENT');
});

it('says how to write an https address, in a program and on the command line', () => {
  expect(thrown(() => parseAddress('https://h:1')).message).toBe(
    '"https://h:1" is not a scheduler address (the scheme https:// is not supported). Write df://host:port, and for TLS set the option tls (--tls).',
  );
  expect(thrown(() => parseAddress('ftp://h:1')).message).not.toContain('tls');
});
