import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

import { type CredentialOptions, toCredentialsNative } from '../../src/config/credentials.js';
import { refused } from '../support/refused.js';

describe('the files of TLS', () => {
  it('are paths or file: URLs, and relative paths become absolute', () => {
    const tls = { ca: 'ca.pem', cert: pathToFileURL(resolve('a b.pem')), key: resolve('key') };
    expect(toCredentialsNative('X', { tls }, true)).toEqual({
      tls: { ca: resolve('ca.pem'), cert: resolve('a b.pem'), key: resolve('key'), clientAuth: false },
    });
    expect(toCredentialsNative('X', { tls: {} }, false)).toEqual({ tls: { clientAuth: false } });
  });

  it.each<[unknown, RegExp]>([
    [5, /options of tls of X must be an object/],
    [{ ca: '' }, /X: tls\.ca must be a path or a file: URL, not an empty string/],
    [{ ca: 5 }, /X: tls\.ca must be a path or a file: URL, not a number/],
    [{ ca: new URL('https://example.org/ca.pem') }, /X: tls\.ca must be a path or a file: URL/],
    [{ cert: 'a' }, /belong together.* \(--tls-cert and --tls-key\)/],
    [{ key: 'a' }, /belong together/],
    [{ clientAuth: true }, /needs tls\.ca \(--tls-ca\)/],
  ])('%j are refused', (tls, message) => {
    expect(refused(() => toCredentialsNative('X', { tls } as CredentialOptions, false))).toMatch(message);
  });

  it('are needed by servers', () => {
    expect(refused(() => toCredentialsNative('X', { tls: { ca: 'a' } }, true))).toMatch(
      /needs a certificate.* \(--tls-cert and --tls-key\)/,
    );
  });
});

describe('a token', () => {
  it('is a string or in a file', () => {
    expect(toCredentialsNative('X', { token: 'abc' }, false)).toEqual({ token: { text: 'abc' } });
    expect(toCredentialsNative('X', { token: { file: 'abc' } }, false)).toEqual({ token: { file: 'abc' } });
  });

  it.each<[unknown, RegExp]>([
    [5, /X: token must be a string or \{ file: '…' \}, not a number/],
    [{}, /X: token must be a string or \{ file: '…' \}\.$/],
    [{ file: '' }, /file must be a non-empty string/],
    [{ text: 'abc' }, /no option "text"/],
  ])('%j is refused', (token, message) => {
    expect(refused(() => toCredentialsNative('X', { token } as CredentialOptions, false))).toMatch(message);
  });
});
