/** Files that claim to be larger than they are. */

import { writeFileSync } from 'node:fs';
import { BallistaSessionContext } from 'ballista';
import { describe, expect, it } from 'vitest';

import { ServerProcess } from '../support/child.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const temp = tempFolder();

/** The compact protocol of Thrift. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
type Value = ['i32' | 'i64', bigint] | ['text', string] | ['list', Value[]] | ['struct', Record<number, Value>];

const TYPES = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

function thrift([kind, value]: Value): Buffer {
  switch (kind) {
    case 'i32':
    case 'i64':
      return varint(value * 2n);
    case 'text':
      return Buffer.concat([varint(BigInt(value.length)), Buffer.from(value)]);
    case 'list': {
      const type = TYPES[value[0]?.[0] ?? 'i32'];
      return Buffer.concat([Buffer.from([(value.length << 4) | type]), ...value.map(thrift)]);
    }
    case 'struct': {
      let last = 0;
      const fields = Object.entries(value).map(([key, field]) => {
        const id = Number(key);
        const head = Buffer.from([((id - last) << 4) | TYPES[field[0]]]);
        last = id;
        return Buffer.concat([head, thrift(field)]);
      });
      return Buffer.concat([...fields, Buffer.from([0])]);
    }
  }
}

/** A Parquet file with one column, whose pages would be at `start` and have `length` bytes. */
function parquet(start: bigint, length: bigint): Buffer {
  const i32 = (value: number): Value => ['i32', BigInt(value)];
  const i64 = (value: bigint): Value => ['i64', value];
  const column: Value = [
    'struct',
    {
      1: i32(2),
      2: ['list', [i32(0)]],
      3: ['list', [['text', 'a']]],
      4: i32(0),
      5: i64(1n),
      6: i64(length),
      7: i64(length),
      9: i64(start),
    },
  ];
  const chunk: Value = ['struct', { 2: i64(start), 3: column }];
  const footer = thrift([
    'struct',
    {
      1: i32(1),
      2: [
        'list',
        [
          ['struct', { 4: ['text', 'schema'], 5: i32(1) }],
          ['struct', { 1: i32(2), 3: i32(0), 4: ['text', 'a'] }],
        ],
      ],
      3: i64(1n),
      4: ['list', [['struct', { 1: ['list', [chunk]], 2: i64(length), 3: i64(1n) }]]],
    },
  ]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(64), footer, size, Buffer.from('PAR1')]);
}

describe.each([
  ['without limits', {}],
  ['with the option files', { files: { read: [temp('')] } }],
])('an executor %s', (_, options) => {
  it('survives Parquet files that claim more bytes than they have', { timeout: 60_000 }, async () => {
    const scheduler = await ServerProcess.scheduler();
    const executor = await ServerProcess.executor(scheduler.port, { workDir: temp('work'), ...options });
    const ctx = new BallistaSessionContext(`df://127.0.0.1:${scheduler.port}`);
    for (const [start, length] of [
      [4n, 1n << 42n],
      [1n << 41n, 1n << 42n],
      [4n, 1n << 62n],
    ] as const) {
      const path = temp(`claims-${start}-${length}.parquet`);
      writeFileSync(path, parquet(start, length));
      const rows = await ctx.readParquet(path);
      expect(rows.schema().fields.map((field) => field.name)).toEqual(['a']);
      expect((await rejected(rows.collect())).message).toMatch(/has no bytes/u);
      expect([scheduler.alive, executor.alive]).toEqual([true, true]);
      expect(await (await ctx.sql('SELECT 1 AS n')).toArray({ int64: 'number' })).toEqual([{ n: 1 }]);
    }
    await ctx.close();
    await executor.close();
    await scheduler.close();
  });
});
