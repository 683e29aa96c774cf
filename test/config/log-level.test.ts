import { expect, it } from 'vitest';

import { isLogLevel } from '../../src/config/log-level.js';

it.each(['info', 'off', 'warn,ballista_executor=debug', 'datafusion::execution=trace'])(
  'the level %s is valid',
  (text) => {
    expect(isLogLevel(text)).toBe(true);
  },
);

it.each(['', 'INFO!', 'ballista_executor=loud', 'info,', 'information!'])('the level %j is not valid', (text) => {
  expect(isLogLevel(text)).toBe(false);
});
