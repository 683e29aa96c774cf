import { expect, it } from 'vitest';

import { SessionContext } from '../../src/session/session-context.js';
import { thrown } from '../support/thrown.js';

it('new SessionContext() says what to write', () => {
  const constructed = SessionContext as unknown as new () => SessionContext;
  expect(thrown(() => new constructed())).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: 'new SessionContext() does not exist. Write SessionContext.local().',
  });
});
