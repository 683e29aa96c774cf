import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { SessionConfig, toConfigNative } from '../../src/config/session-config.js';
import { thrown } from '../support/thrown.js';

const SIZE = 'datafusion.execution.batch_size';

const methods: [method: string, config: SessionConfig, record: Record<string, string>][] = [
  [
    'withCreateDefaultCatalogAndSchema',
    new SessionConfig().withCreateDefaultCatalogAndSchema(false),
    { 'datafusion.catalog.create_default_catalog_and_schema': 'false' },
  ],
  [
    'withDefaultCatalogAndSchema',
    new SessionConfig().withDefaultCatalogAndSchema('lake', 'raw'),
    { 'datafusion.catalog.default_catalog': 'lake', 'datafusion.catalog.default_schema': 'raw' },
  ],
  [
    'withInformationSchema',
    new SessionConfig().withInformationSchema(),
    { 'datafusion.catalog.information_schema': 'true' },
  ],
  ['withBatchSize', new SessionConfig().withBatchSize(4096), { [SIZE]: '4096' }],
  [
    'withTargetPartitions',
    new SessionConfig().withTargetPartitions(7n),
    { 'datafusion.execution.target_partitions': '7' },
  ],
  [
    'withParquetPruning',
    new SessionConfig().withParquetPruning(false),
    { 'datafusion.execution.parquet.pruning': 'false' },
  ],
  [
    'withRepartitionAggregations',
    new SessionConfig().withRepartitionAggregations(false),
    { 'datafusion.optimizer.repartition_aggregations': 'false' },
  ],
  [
    'withRepartitionJoins',
    new SessionConfig().withRepartitionJoins(),
    { 'datafusion.optimizer.repartition_joins': 'true' },
  ],
  [
    'withRepartitionWindows',
    new SessionConfig().withRepartitionWindows(false),
    { 'datafusion.optimizer.repartition_windows': 'false' },
  ],
  [
    'withRepartitionSorts',
    new SessionConfig().withRepartitionSorts(),
    { 'datafusion.optimizer.repartition_sorts': 'true' },
  ],
  [
    'withRepartitionFileScans',
    new SessionConfig().withRepartitionFileScans(false),
    { 'datafusion.optimizer.repartition_file_scans': 'false' },
  ],
  [
    'withRepartitionFileMinSize',
    new SessionConfig().withRepartitionFileMinSize(0),
    { 'datafusion.optimizer.repartition_file_min_size': '0' },
  ],
];

describe('the with… methods of SessionConfig', () => {
  it('are all tested', () => {
    const names = Object.getOwnPropertyNames(SessionConfig.prototype).filter((name) => name.startsWith('with'));
    expect(names.sort()).toEqual(methods.map(([name]) => name).sort());
  });

  it.each(methods)('%s', (_method, config, record) => {
    expect(config.toRecord()).toEqual(record);
  });
});

describe('SessionConfig', () => {
  const config = new SessionConfig({ [SIZE]: 5, 'x.y': true }).set('big', 2n ** 60n).set('float', 0.5);

  it('stores strings by key', () => {
    const record = { [SIZE]: '5', 'x.y': 'true', big: '1152921504606846976', float: '0.5' };
    expect(config.toRecord()).toEqual(record);
    expect(Object.fromEntries(config)).toEqual(record);
    expect([...config.entries()]).toEqual(Object.entries(record));
    expect(String(config)).toBe(`SessionConfig { ${SIZE}: 5, x.y: true, big: 1152921504606846976, float: 0.5 }`);
    expect(inspect(config)).toBe(String(config));
    expect(String(new SessionConfig())).toBe('SessionConfig {}');
  });

  it('is immutable', () => {
    const other = config.set(SIZE, 6).withInformationSchema(false);
    expect([config.toRecord()[SIZE], other.toRecord()[SIZE]]).toEqual(['5', '6']);
    config.toRecord()[SIZE] = '7';
    expect(config.toRecord()[SIZE]).toBe('5');
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('copies another SessionConfig, and keeps keys such as __proto__', () => {
    expect(new SessionConfig(config).toRecord()).toEqual(config.toRecord());
    expect([...new SessionConfig().set('__proto__', 1)]).toEqual([['__proto__', '1']]);
  });

  it('is recognised, even from another copy of the package', () => {
    expect(SessionConfig.is(config)).toBe(true);
    for (const value of [null, undefined, {}, 'x', []]) expect(SessionConfig.is(value)).toBe(false);
    const foreign = { [Symbol.for('ballista.sessionConfig')]: true, [Symbol.iterator]: () => config.entries() };
    expect(toConfigNative(foreign as unknown as SessionConfig)).toEqual(config.toRecord());
  });

  it('can be used in place of a record', () => {
    expect(toConfigNative(config)).toEqual(config.toRecord());
  });
});

describe('rejects', () => {
  const config = new SessionConfig();
  it.each<[string, () => unknown, string]>([
    ['null as a record', () => new SessionConfig(null as never), 'not null'],
    ['an array as a record', () => new SessionConfig([] as never), 'not an array'],
    ['a string as a record', () => new SessionConfig('x' as never), 'not a string'],
    [
      'an undefined value',
      () => new SessionConfig({ a: undefined as never }),
      '"a" in the configuration must be a string',
    ],
    ['an object as a value', () => config.set('a', {} as never), 'not an object'],
    ['NaN', () => config.set('a', Number.NaN), 'not NaN'],
    ['infinity', () => config.set('a', Infinity), 'not Infinity'],
    ['an empty key', () => config.set('', 1), 'not an empty one'],
    ['a key that is not a string', () => config.set(5 as never, 1), 'not a number'],
    ['a batch size of 0', () => config.withBatchSize(0), 'batch_size must be a whole number from 1'],
    ['a fractional number', () => config.withBatchSize(1.5), 'not 1.5'],
    ['zero partitions', () => config.withTargetPartitions(0), 'target_partitions must be a whole number from 1'],
    ['a number as a string', () => config.withTargetPartitions('4' as never), 'not a string'],
    ['a negative size', () => config.withRepartitionFileMinSize(-1n), 'not -1'],
    ['a flag that is not a boolean', () => config.withRepartitionJoins('yes' as never), 'true or false, not a string'],
    ['null for a flag', () => config.withInformationSchema(null as never), 'true or false, not null'],
    ['an empty schema name', () => config.withDefaultCatalogAndSchema('lake', ''), 'default_schema must be a name'],
    [
      'undefined as a catalog name',
      () => config.withDefaultCatalogAndSchema(undefined as never, 'raw'),
      'default_catalog must be a name, not undefined',
    ],
  ])('%s', (_what, run, text) => {
    expect(thrown(run)).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });
  });
});

describe('toConfigNative', () => {
  it('converts values to strings', () => {
    expect(toConfigNative({ a: 1, b: true, c: 'x', d: 5n })).toEqual({ a: '1', b: 'true', c: 'x', d: '5' });
    expect(toConfigNative(undefined)).toEqual({});
  });

  it.each([null, { a: null }, { a: undefined }, { a: {} }, { a: Number.NaN }, [], 'x', 5])('rejects %j', (config) => {
    expect(thrown(() => toConfigNative(config as never)).code).toBe('INVALID_ARGUMENT');
  });
});
