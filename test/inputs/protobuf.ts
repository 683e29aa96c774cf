import type { Choices } from '../fuzz/choices.js';
import { mutateBytes, random } from './bytes.js';

/** A field of a protobuf message. The content of a length-delimited field is bytes, which may be a message. */
interface Field {
  readonly tag: bigint;
  readonly content: bigint | Buffer;
}

/** Changes a valid message so that lengths are still right, or else its bytes. */
export function mutateProtobuf(choices: Choices, message: Buffer, others: readonly Buffer[]): Buffer {
  if (choices.chance(30)) return mutateBytes(choices, message, others);
  let changed = message;
  for (let more = choices.pick([1, 1, 2, 3]); more > 0; more--) changed = mutateField(choices, changed, 0);
  return changed;
}

/** No message of the engine is nested more deeply. */
const MOST_LEVELS = 60;

function mutateField(choices: Choices, message: Buffer, level: number): Buffer {
  const fields = parse(message);
  if (!fields || fields.length === 0)
    return level === 0 ? mutateBytes(choices, message, []) : mutateText(choices, message);
  const index = choices.below(fields.length);
  const { tag, content } = fields[index] ?? { tag: 8n, content: 0n };
  const replaced = (...fresh: Field[]) => encode([...fields.slice(0, index), ...fresh, ...fields.slice(index + 1)]);
  if (Buffer.isBuffer(content) && level < MOST_LEVELS && choices.chance(75))
    return replaced({ tag, content: mutateField(choices, content, level + 1) });
  const change: readonly [() => Buffer, ...(() => Buffer)[]] = [
    () => replaced(),
    () => replaced({ tag, content }, { tag, content }),
    () => replaced({ tag: tag ^ (8n << BigInt(choices.below(4))), content }),
    () => replaced({ tag, content: Buffer.isBuffer(content) ? Buffer.alloc(0) : number(choices) }),
    () => replaced({ tag, content: Buffer.isBuffer(content) ? nested(content, choices) : number(choices) }),
    () => replaced({ tag, content: Buffer.isBuffer(content) ? random(choices, choices.below(40)) : number(choices) }),
    () => {
      const other = fields[choices.below(fields.length)];
      return replaced({ tag, content: other?.content ?? content });
    },
  ];
  return choices.pick(change)();
}

function mutateText(choices: Choices, text: Buffer): Buffer {
  const options: readonly [() => Buffer, ...(() => Buffer)[]] = [
    () => Buffer.alloc(0),
    () => mutateBytes(choices, text, []),
    () => Buffer.from('x'.repeat(choices.pick([1, 300, 70_000]))),
    () => Buffer.from(choices.pick(['../../x', '/etc/passwd', '\0', 'é', '-1', '99999999999999999999', '%', "'"])),
  ];
  return choices.pick(options)();
}

function number(choices: Choices): bigint {
  return choices.pick([0n, 1n, 2n, 255n, 65_536n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 40n, 2n ** 63n, 2n ** 64n - 1n]);
}

/** A message inside itself, as its own field 1. */
function nested(content: Buffer, choices: Choices): Buffer {
  let outer = content;
  for (let more = choices.pick([1, 20, 200]); more > 0; more--) outer = encode([{ tag: 10n, content: outer }]);
  return outer;
}

/** The fields of a message; `undefined` if the bytes are no message. Groups are not known. */
function parse(bytes: Buffer): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | undefined => {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) return undefined;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
      shift += 7n;
    }
  };
  const take = (length: number): Buffer | undefined => {
    if (at + length > bytes.length) return undefined;
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag >> 3n === 0n) return undefined;
    let content: bigint | Buffer | undefined;
    if ((tag & 7n) === 0n) content = varint();
    else if ((tag & 7n) === 1n) content = take(8)?.readBigUInt64LE();
    else if ((tag & 7n) === 5n) content = BigInt(take(4)?.readUInt32LE() ?? -1);
    else if ((tag & 7n) === 2n) {
      const length = varint();
      content = length !== undefined && length <= BigInt(bytes.length) ? take(Number(length)) : undefined;
    }
    if (content === undefined || content === -1n) return undefined;
    fields.push({ tag, content });
  }
  return fields;
}

function encode(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(({ tag, content }) => {
      const wire = tag & 7n;
      if (Buffer.isBuffer(content)) return [varint((tag & ~7n) | 2n), varint(BigInt(content.length)), content];
      if (wire === 1n || wire === 5n) {
        const bytes = Buffer.alloc(8);
        bytes.writeBigUInt64LE(BigInt.asUintN(64, content));
        return [varint(tag), wire === 1n ? bytes : bytes.subarray(0, 4)];
      }
      return [varint(tag & ~7n), varint(content)];
    }),
  );
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}
