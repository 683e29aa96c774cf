import { expect, it } from 'vitest';

import { toAuth } from '../../../src/cluster/authentication/auth-options.js';
import { BallistaScheduler } from '../../../src/cluster/scheduler.js';
import { thrown } from '../../support/thrown.js';

const JWKS = { url: 'https://issuer.example/keys', issuer: 'https://issuer.example', audience: 'ballista' };

it('fills in the claim with the roles', () => {
  expect(toAuth('x', { jwks: JWKS })).toEqual({ jwks: { ...JWKS, rolesClaim: 'roles' } });
  expect(toAuth('x', { tokensFile: 'a', jwks: { ...JWKS, rolesClaim: 'scope' } })).toEqual({
    tokensFile: 'a',
    jwks: { ...JWKS, rolesClaim: 'scope' },
  });
  expect(toAuth('x', undefined)).toBeUndefined();
});

it('takes keys over http from this machine only', () => {
  for (const url of ['http://127.0.0.1:80/k', 'http://localhost/k', 'http://[::1]/k', { file: 'keys.json' }])
    expect(toAuth('x', { jwks: { ...JWKS, url } })?.jwks?.url).toEqual(url);
});

it.each<[object, RegExp]>([
  [{}, /tokensFile or jwks/u],
  [{ tokens: 'a' }, /no option "tokens"/u],
  [{ tokensFile: '' }, /non-empty/u],
  [{ jwks: {} }, /needs url/u],
  [{ jwks: { ...JWKS, issuer: undefined } }, /needs issuer \(--auth-jwks-issuer\)/u],
  [{ jwks: { ...JWKS, audience: undefined } }, /needs audience/u],
  [{ jwks: { ...JWKS, url: 'http://issuer.example/keys' } }, /https/u],
  [{ jwks: { ...JWKS, url: 'keys' } }, /not a valid URL/u],
  [{ jwks: { ...JWKS, url: {} } }, /file/u],
  [{ jwks: { ...JWKS, url: 5 } }, /not a number/u],
])('refuses %o', (options, message) => {
  expect(thrown(() => toAuth('x', options))).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringMatching(message),
  });
});

it('does not go with processOnly', () => {
  const make = () => new BallistaScheduler({ processOnly: true, auth: { tokensFile: 'a' } });
  expect(thrown(make)).toMatchObject({ code: 'INVALID_ARGUMENT' });
});
