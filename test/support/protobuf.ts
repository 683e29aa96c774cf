/** A protobuf message: numbers as varints, all else with a length. */
export function protobuf(fields: Readonly<Record<number, number | string | Uint8Array>>): Buffer {
  const parts = Object.entries(fields).map(([tag, value]) => {
    if (typeof value === 'number') return Buffer.concat([varint(Number(tag) << 3), varint(value)]);
    const bytes = Buffer.from(value as Uint8Array);
    return Buffer.concat([varint((Number(tag) << 3) | 2), varint(bytes.length), bytes]);
  });
  return Buffer.concat(parts);
}

/** The fields of a protobuf message by number: bytes, or a number. */
export function readProtobuf(message: Buffer): Map<number, Buffer | number> {
  const fields = new Map<number, Buffer | number>();
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = number();
    const length = number();
    if ((key & 7) === 0) fields.set(key >> 3, length);
    else {
      fields.set(key >> 3, message.subarray(at, at + length));
      at += length;
    }
  }
  return fields;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
