import type { Choices } from '../fuzz/choices.js';

/** Values at which lengths and counts break. */
const EXTREMES = [
  0n,
  1n,
  -1n,
  127n,
  128n,
  255n,
  65_535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

/** Changes valid bytes a little. `others` are valid inputs of the same kind. */
export function mutateBytes(choices: Choices, bytes: Buffer, others: readonly Buffer[]): Buffer {
  let changed = bytes;
  for (let more = choices.pick([1, 1, 2, 4, 16]); more > 0; more--) changed = mutateOnce(choices, changed, others);
  return changed;
}

function mutateOnce(choices: Choices, bytes: Buffer, others: readonly Buffer[]): Buffer {
  if (bytes.length === 0) return Buffer.of(choices.below(256));
  const at = place(choices, bytes.length);
  const length = choices.pick([1, 2, 4, 8, 64, 1024]);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const rest = bytes.subarray(Math.min(bytes.length, at + length));
  const options: readonly [() => Buffer, ...(() => Buffer)[]] = [
    () => written(bytes, at, Buffer.of((bytes[at] ?? 0) ^ (1 << choices.below(8)))),
    () => written(bytes, at, Buffer.of(choices.below(256))),
    () => before,
    () => Buffer.concat([before, rest]),
    () => Buffer.concat([before, bytes.subarray(at, at + length), after]),
    () => Buffer.concat([before, random(choices, length), after]),
    () => written(bytes, at, random(choices, length)),
    () => written(bytes, at, extreme(choices)),
    () => written(bytes, at, Buffer.alloc(length, choices.pick([0, 255]))),
    () => {
      const other = others[choices.below(Math.max(1, others.length))] ?? bytes;
      return Buffer.concat([before, other.subarray(choices.below(Math.max(1, other.length)))]);
    },
  ];
  return choices.pick(options)();
}

/** Formats have what matters at their beginning and their end. */
function place(choices: Choices, length: number): number {
  const near = Math.min(length, 64);
  return choices.weighted([
    [2, () => choices.below(length)],
    [1, () => choices.below(near)],
    [1, () => length - 1 - choices.below(near)],
  ])();
}

/** `count` random bytes. */
export function random(choices: Choices, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => choices.below(256)));
}

function extreme(choices: Choices): Buffer {
  const value = EXTREMES[choices.below(EXTREMES.length)] ?? 0n;
  const bytes = Buffer.alloc(8);
  if (choices.chance(50)) bytes.writeBigInt64LE(BigInt.asIntN(64, value));
  else bytes.writeBigInt64BE(BigInt.asIntN(64, value));
  return choices.chance(50) ? bytes : bytes.subarray(0, 4);
}

/** The bytes with others written over them at a position. */
function written(bytes: Buffer, at: number, over: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  over.copy(changed, at);
  return changed;
}
