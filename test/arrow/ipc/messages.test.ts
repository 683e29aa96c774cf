import { describe, expect, it } from 'vitest';

import { readBatches } from '../../../src/arrow/ipc/decode.js';
import { bodyMessages, concatBytes, END_OF_STREAM, schemaMessage } from '../../../src/arrow/ipc/messages.js';
import { rowsToIpc } from '../../../src/arrow/ipc/plain-input.js';
import { decode } from '../../support/ipc.js';
import { thrown } from '../../support/thrown.js';

describe('IPC messages', () => {
  const streams = [rowsToIpc([{ a: 'x' }]), rowsToIpc([{ a: 'y' }])] as const;

  it('join several streams into one', () => {
    const joined = concatBytes([schemaMessage(streams[0]), ...streams.map(bodyMessages), END_OF_STREAM]);
    expect(decode(joined).rows).toEqual([{ a: 'x' }, { a: 'y' }]);
  });

  it('make a stream without batches from only a schema', () => {
    const joined = concatBytes([schemaMessage(streams[0]), END_OF_STREAM]);
    expect(decode(joined)).toEqual({ schema: 'a: Utf8', rows: [] });
  });

  it.each([new Uint8Array(0), Buffer.from('ARROW1'), new Uint8Array(64)])(
    'reject bytes that are not a stream',
    (bytes) => {
      expect(thrown(() => schemaMessage(bytes)).code).toBe('ARROW');
      expect(thrown(() => readBatches(bytes)).code).toBe('ARROW');
    },
  );
});
