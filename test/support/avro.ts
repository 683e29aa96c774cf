/** A block of an Avro file. */
export interface AvroBlock {
  /** The number of its records. */
  count: number;
  /** The records, compressed if the file has a codec. */
  data: Uint8Array;
}

const SYNC = Buffer.from('ballista-fixture');

/** The bytes of an Avro file, because the engine cannot write one. */
export function avroFile(schema: object, codec: string, blocks: readonly AvroBlock[]): Buffer {
  const header = [Buffer.from('Obj\x01'), avroLong(2)];
  for (const part of ['avro.schema', JSON.stringify(schema), 'avro.codec', codec]) header.push(avroString(part));
  header.push(avroLong(0), SYNC);
  const body = blocks.flatMap(({ count, data }) => [avroLong(count), avroLong(data.length), Buffer.from(data), SYNC]);
  return Buffer.concat([...header, ...body]);
}

/** A number of variable length, not negative. */
export function avroLong(value: number): Buffer {
  return varint(value * 2);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Buffer.from([...bytes, rest]);
}

export function avroString(text: string): Buffer {
  return Buffer.concat([avroLong(Buffer.byteLength(text)), Buffer.from(text)]);
}

/** Data as Snappy without compression, and its checksum. */
export function avroSnappy(data: Uint8Array): Buffer {
  const length = Buffer.from([0xf4, data.length - 1, (data.length - 1) >> 8]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(data));
  return Buffer.concat([varint(data.length), length, data, checksum]);
}

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
