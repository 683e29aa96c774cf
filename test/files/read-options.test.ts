import { pathToFileURL } from 'node:url';
import { Field, Int32, Schema, tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';

import { col } from '../../src/expr/expr.js';
import {
  type FileFormat,
  type ReadOptionsByFormat,
  toPathsNative,
  toReadOptionsNative,
} from '../../src/files/read-options.js';
import { thrown } from '../support/thrown.js';

/** Options for one file. */
function encoded<F extends FileFormat>(format: F, options: ReadOptionsByFormat[F] | undefined) {
  return toReadOptionsNative(format, options);
}

describe('toReadOptionsNative', () => {
  it('uses the engine’s names for options', () => {
    const native = encoded('csv', {
      hasHeader: false,
      delimiter: ';',
      schemaInferMaxRecords: 10,
      fileCompressionType: 'gzip',
      fileExtension: '.csv.gz',
      tablePartitionCols: [
        ['year', 'Int32'],
        ['month', new Int32()],
      ],
    });
    expect(native).toEqual({
      format: 'csv',
      options: {
        'format.has_header': 'false',
        'format.delimiter': ';',
        'format.schema_infer_max_rec': '10',
        'format.compression': 'gzip',
      },
      fileExtension: '.csv.gz',
      partitionColumns: [
        { name: 'year', dataType: 'Int32' },
        { name: 'month', dataType: 'Int32' },
      ],
    });
  });

  it('sends schemas as IPC and sort orders as nodes', () => {
    const { schema, fileSortOrder } = encoded('parquet', {
      schema: new Schema([new Field('a', new Int32())]),
      fileSortOrder: ['a', col('b').desc()],
    });
    expect(tableFromIPC(schema as Uint8Array).schema.names).toEqual(['a']);
    expect(JSON.parse(fileSortOrder as string)).toMatchObject([[{ ascending: true }, { ascending: false }]]);
  });

  it('sends types by column name as columns', () => {
    const { schema, columns } = encoded('csv', { schema: { a: 'Int64', b: new Int32() } });
    expect(schema).toBeUndefined();
    expect(columns).toEqual([
      { name: 'a', dataType: 'Int64' },
      { name: 'b', dataType: 'Int32' },
    ]);
  });

  it.each<[string, object]>([
    ['The parquet reader has no option "paruetPruning". Did you mean "parquetPruning"?', { paruetPruning: true }],
    [
      'has no option "zzz". Its options are fileExtension, fileSortOrder, parquetPruning, schema, skipMetadata, tablePartitionCols.',
      { zzz: 1 },
    ],
    ['has no option "partitionBy". Did you mean "tablePartitionCols"?', { partitionBy: 'year' }],
    ['The parquet reader: skipMetadata must be true or false, not a number', { skipMetadata: 1 }],
    ['tablePartitionCols[0] must be [name, type]', { tablePartitionCols: ['year'] }],
    ['The parquet reader: schema has no columns', { schema: {} }],
    ['The parquet reader: schema takes an object whose keys are column names, not a string', { schema: 'a: Int32' }],
    ['The parquet reader: schema: the type of a must be the name of an Arrow type', { schema: { a: 5 } }],
  ])('rejects with a message that contains "%s"', (message, options) => {
    const error = thrown(() => encoded('parquet', options));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain(message);
  });

  it.each([
    ['sep', 'delimiter'],
    ['header', 'hasHeader'],
    ['multiLine', 'newlinesInValues'],
    ['nullValue', 'nullRegex'],
    ['ignoreErrors', 'onBadRow'],
    ['dtypes', 'columnTypes'],
  ])('knows what other libraries call an option: %s', (name, meant) => {
    const error = thrown(() => encoded('csv', { [name]: ';' }));
    expect(error.message).toBe(`The csv reader has no option "${name}". Did you mean "${meant}"?`);
  });

  it('sends what happens to bad rows, and partition columns, only if they are given', () => {
    const options = { 'format.has_header': 'true' };
    expect(encoded('csv', { onBadRow: 'error' })).toEqual({ format: 'csv', options });
    expect(encoded('csv', { onBadRow: 'skip', tablePartitionCols: [] })).toEqual({
      format: 'csv',
      options,
      badRows: 'skip',
      partitionColumns: [],
    });
    expect(thrown(() => encoded('csv', { onBadRow: 'drop' as never })).message).toContain('"skip"');
  });

  it.each(['', ';;', 'é', 5])('rejects the delimiter %j', (delimiter) => {
    expect(thrown(() => encoded('csv', { delimiter: delimiter as string })).message).toContain('one ASCII character');
  });
});

describe('toPathsNative', () => {
  it('takes one or several paths and URLs', () => {
    expect(toPathsNative('a')).toEqual(['a']);
    expect(toPathsNative(['a', pathToFileURL('/tmp/x y'), new URL('s3://bucket/key')])).toEqual([
      'a',
      '/tmp/x y',
      's3://bucket/key',
    ]);
  });

  it.each([[], '', [''], null, 5, ['a', 5], new URL('file://elsewhere/x')])('rejects %j', (path) => {
    expect(thrown(() => toPathsNative(path as never)).code).toBe('INVALID_ARGUMENT');
  });
});
