import {
  Decimal,
  Field,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { rowsToIpc } from '../../../src/arrow/ipc/plain-input.js';
import { json, ndjson } from '../../../src/cli/output/json.js';
import { listText } from '../../../src/cli/output/list.js';
import { markdown } from '../../../src/cli/output/markdown.js';
import type { Result } from '../../../src/cli/output/rows.js';
import { csv, tsv } from '../../../src/cli/output/separated.js';
import { table } from '../../../src/cli/output/table.js';
import { vertical } from '../../../src/cli/output/vertical.js';
import { rejected } from '../../support/rejected.js';

function resultOf({ schema, batches }: Table): Result {
  return {
    schema,
    async *[Symbol.asyncIterator]() {
      yield* batches;
    },
  };
}

const TEXTS = new Table({
  n: vectorFromArray([1n, 2n ** 60n, null], new Int64()),
  text: vectorFromArray(['a,"b"\n|', '', null], new Utf8()),
});

const KINDS = new Table({
  decimal: vectorFromArray([decimal(12345), decimal(-1)], new Decimal(2, 38, 128)),
}).assign(
  tableFromIPC(
    rowsToIpc([
      { float: 0.5, at: new Date(0), bytes: Uint8Array.of(1, 255), list: ['a', null], struct: { x: 'é' } },
      { float: Number.NaN, at: new Date(86_400_123), bytes: null, list: [], struct: null },
    ]),
  ),
);

/** The 128 bits of a decimal. */
function decimal(value: number): Uint32Array {
  return new Uint32Array(BigInt64Array.of(BigInt(value), value < 0 ? -1n : 0n).buffer);
}

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const piece of pieces) all += piece;
  return all;
}

it.each([
  ['csv', (result: Result) => csv(result, { header: true })],
  ['json', json],
  ['markdown', markdown],
])('a query that fails before its first row has no text: %s', async (_, write) => {
  const failing: Result = {
    schema: TEXTS.schema,
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no scheduler')) }),
  };
  const pieces: string[] = [];
  const reading = (async () => {
    for await (const piece of write(failing)) pieces.push(piece);
  })();
  await expect(reading).rejects.toThrow('no scheduler');
  expect(pieces).toEqual([]);
});

describe('csv', () => {
  it('quotes what needs it, and tells null from an empty string', async () => {
    expect(await text(csv(resultOf(TEXTS), { header: true }))).toBe(
      'n,text\n1,"a,""b""\n|"\n1152921504606846976,""\n,\n',
    );
  });

  it('can leave out the header', async () => {
    expect(await text(csv(resultOf(TEXTS.slice(1, 2)), { header: false }))).toBe('1152921504606846976,""\n');
  });
});

it('tsv is CSV with tabs', async () => {
  const tabs = new Table({ text: vectorFromArray(['a\tb\r\nc\\', null], new Utf8()) });
  expect(await text(tsv(resultOf(tabs), { header: true }))).toBe('text\n"a\tb\r\nc\\"\n""\n');
});

describe('json', () => {
  const rows = [
    {
      float: 0.5,
      decimal: 123.45,
      at: '1970-01-01T00:00:00Z',
      bytes: '01ff',
      list: ['a', null],
      struct: { x: 'é' },
    },
    { float: 'NaN', decimal: -0.01, at: '1970-01-02T00:00:00.123Z', bytes: null, list: [], struct: null },
  ];

  it('is an array of objects', async () => {
    expect(JSON.parse(await text(json(resultOf(KINDS))))).toEqual(rows);
    expect(await text(json(resultOf(TEXTS.slice(0, 2))))).toBe(
      '[\n{"n":1,"text":"a,\\"b\\"\\n|"},\n{"n":1152921504606846976,"text":""}\n]\n',
    );
  });

  it('is an empty array without rows', async () => {
    expect(JSON.parse(await text(json(resultOf(TEXTS.slice(0, 0)))))).toEqual([]);
  });

  it('ndjson has one object in each line', async () => {
    const lines = (await text(ndjson(resultOf(KINDS)))).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
  });

  it('rejects two columns of one name', async () => {
    const field = new Field('a', new Int64());
    const type = new Struct([field, field]);
    const batch = new RecordBatch(new Schema([field, field]), makeData({ type, length: 0 }));
    const error = await rejected((async () => text(json(resultOf(new Table([batch])))))());
    expect(error).toMatchObject({ code: 'SCHEMA', message: expect.stringContaining('"a"') });
  });
});

it('markdown escapes what would end a cell', async () => {
  expect(await text(markdown(resultOf(TEXTS)))).toBe(
    '| n | text |\n|---:|---|\n| 1 | a,"b"<br>\\| |\n| 1152921504606846976 |  |\n|  |  |\n',
  );
});

it('vertical has a line for each column', async () => {
  expect(await text(vertical(resultOf(TEXTS.slice(0, 2))))).toBe(
    [
      '-[ row 1 ]',
      'n    | 1',
      'text | a,"b"',
      '     | |',
      '-[ row 2 ]',
      'n    | 1152921504606846976',
      'text | ',
      '',
    ].join('\n'),
  );
});

it('a terminal gets no control characters from data', async () => {
  const bell = new Table({ text: vectorFromArray(['\u0007\u001b[2J'], new Utf8()) });
  for (const pieces of [
    vertical(resultOf(bell)),
    markdown(resultOf(bell)),
    table(resultOf(bell), { maxRows: Number.POSITIVE_INFINITY }),
  ]) {
    const shown = await text(pieces);
    expect(shown).toContain('\\x07\\x1b[2J'.replaceAll('\\', shown.includes('\\\\x07') ? '\\\\' : '\\'));
    expect(shown).not.toContain('\u001b');
  }
});

it('a table stops to read after its last row', async () => {
  let read = 0;
  const endless: Result = {
    schema: TEXTS.schema,
    async *[Symbol.asyncIterator]() {
      for (;;) {
        read++;
        yield* TEXTS.batches;
      }
    },
  };
  const shown = await text(table(endless, { maxRows: 4 }));
  expect(shown).toContain('(the first 4 rows; there are more)');
  expect(read).toBe(2);
});

it('a list is a table of texts', async () => {
  expect(await listText({ name: ['a', 'b'] })).toBe(
    ['+------+', '| name |', '+------+', '| a    |', '| b    |', '+------+', ''].join('\n'),
  );
  expect(await listText({ name: [] })).toContain('| name |');
});
