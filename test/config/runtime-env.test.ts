import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { RuntimeEnvBuilder, type RuntimeOptions, toRuntimeNative } from '../../src/config/runtime-env.js';
import { thrown } from '../support/thrown.js';

const builder = new RuntimeEnvBuilder();
const [A, B] = [resolve('a'), resolve('b')];

describe('RuntimeEnvBuilder', () => {
  it.each<[string, RuntimeEnvBuilder, RuntimeOptions]>([
    ['has no options by default', builder, {}],
    ['withUnboundedMemoryPool', builder.withUnboundedMemoryPool(), { memoryPool: 'unbounded' }],
    ['withFairSpillPool', builder.withFairSpillPool(10), { memoryPool: 'fair', memoryLimitBytes: 10 }],
    ['withGreedyMemoryPool', builder.withGreedyMemoryPool(10n), { memoryPool: 'greedy', memoryLimitBytes: 10 }],
    ['withDiskManagerOs', builder.withDiskManagerOs(), { diskManager: 'os' }],
    ['withDiskManagerDisabled', builder.withDiskManagerDisabled(), { diskManager: 'disabled' }],
    [
      'withDiskManagerSpecified',
      builder.withDiskManagerSpecified('a', pathToFileURL(B)),
      { diskManager: 'specified', diskPaths: [A, B] },
    ],
    ['withTempFilePath', builder.withTempFilePath('a'), { tempFilePath: A }],
  ])('%s', (_what, built, native) => {
    expect(toRuntimeNative(built)).toEqual(native);
    // The plain object has the same meaning, and is passed on unchanged.
    expect(toRuntimeNative(native)).toEqual(native);
  });

  it('uses the last memory method and the last disk method', () => {
    const built = builder
      .withFairSpillPool(10)
      .withDiskManagerSpecified('a', 'b')
      .withUnboundedMemoryPool()
      .withTempFilePath('b');
    expect(toRuntimeNative(built)).toEqual({ memoryPool: 'unbounded', tempFilePath: B });
    expect(toRuntimeNative(built.withGreedyMemoryPool(5).withDiskManagerOs())).toEqual({
      memoryPool: 'greedy',
      memoryLimitBytes: 5,
      diskManager: 'os',
    });
  });

  it('is immutable', () => {
    const built = builder.withDiskManagerSpecified('a');
    toRuntimeNative(built)?.diskPaths?.push('x');
    expect(toRuntimeNative(built)).toEqual({ diskManager: 'specified', diskPaths: [A] });
    expect(toRuntimeNative(builder)).toEqual({});
    expect(Object.isFrozen(built)).toBe(true);
  });

  it('prints its options', () => {
    const built = builder.withDiskManagerSpecified('a', 'b').withFairSpillPool(10);
    expect(String(built)).toBe(
      `RuntimeEnvBuilder { memoryPool: fair, memoryLimitBytes: 10, diskManager: specified, diskPaths: ${A},${B} }`,
    );
    expect(inspect(built)).toBe(String(built));
    expect(String(builder)).toBe('RuntimeEnvBuilder {}');
  });

  it('is optional, and is recognised by RuntimeEnvBuilder.is', () => {
    expect(toRuntimeNative(undefined)).toBeUndefined();
    expect([RuntimeEnvBuilder.is(builder), RuntimeEnvBuilder.is({}), RuntimeEnvBuilder.is(null)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('rejects', () => {
  it.each<[string, () => unknown, string]>([
    ['zero bytes', () => builder.withFairSpillPool(0), 'withFairSpillPool must be a whole number from 1'],
    ['a string for bytes', () => builder.withGreedyMemoryPool('512M' as never), 'not a string'],
    ['a fractional number of bytes', () => builder.withGreedyMemoryPool(0.5), 'not 0.5'],
    ['too many bytes', () => builder.withGreedyMemoryPool(2n ** 64n), 'not 18446744073709551616'],
    ['no folders', () => builder.withDiskManagerSpecified(), 'at least one folder, not an empty array'],
    ['an empty folder', () => builder.withDiskManagerSpecified('a', ''), 'diskPaths[1]'],
    ['a remote folder', () => builder.withTempFilePath(new URL('s3://bucket')), 'withTempFilePath'],
    ['a number for a folder', () => builder.withTempFilePath(5 as never), 'not a number'],
    ['an unknown option', () => new RuntimeEnvBuilder({ memoryPol: 'fair' } as never), '"memoryPool"'],
    ['an unknown pool', () => new RuntimeEnvBuilder({ memoryPool: 'big' as never }), '"unbounded", "fair", "greedy"'],
    [
      'an unknown disk manager',
      () => new RuntimeEnvBuilder({ diskManager: 'ssd' as never }),
      '"os", "specified", "disabled"',
    ],
    ['a pool without its limit', () => new RuntimeEnvBuilder({ memoryPool: 'fair' }), 'needs memoryLimitBytes'],
    ['a limit without a pool', () => new RuntimeEnvBuilder({ memoryLimitBytes: 5 }), 'needs memoryPool'],
    [
      'a limit for an unbounded pool',
      () => new RuntimeEnvBuilder({ memoryPool: 'unbounded', memoryLimitBytes: 5 }),
      'needs memoryPool "fair"',
    ],
    [
      'the disk manager "specified" without folders',
      () => new RuntimeEnvBuilder({ diskManager: 'specified' }),
      'must be used together',
    ],
    [
      'folders without the disk manager "specified"',
      () => new RuntimeEnvBuilder({ diskPaths: ['a'] }),
      'must be used together',
    ],
    [
      'a string for a list of folders',
      () => new RuntimeEnvBuilder({ diskManager: 'specified', diskPaths: 'a' as never }),
      'not a string',
    ],
    [
      'two disk options',
      () => new RuntimeEnvBuilder({ diskManager: 'os', tempFilePath: 'a' }),
      'Leave out one of them',
    ],
    ['a string for options', () => toRuntimeNative('fair' as never), 'not a string'],
    ['null for options', () => toRuntimeNative(null as never), 'not null'],
  ])('%s', (_what, run, text) => {
    expect(thrown(run)).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(text) });
  });
});
