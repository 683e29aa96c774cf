//! The header of an Avro file: its schema, its codec and the sync marker of its blocks.

use super::codec::Codec;
use crate::damage::{caught, damaged, natural, Damage};
use crate::scan::input::Input;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow_avro::reader::ReaderBuilder;
use datafusion::error::Result;
use prost::bytes::Bytes;

const MAGIC: &[u8] = b"Obj\x01";

/// No schema is so long.
const MAX_BYTES: u64 = 64 << 20;

pub struct Header {
    /// JSON.
    writer_schema: Bytes,
    pub codec: Codec,
    pub sync: Bytes,
}

impl Header {
    pub async fn read(input: &mut Input) -> Result<Self> {
        const HEADER: &str = "its header";
        let magic = input.take(MAGIC.len() as u64, HEADER).await?;
        if magic != MAGIC {
            return damaged!("it does not begin like an Avro file");
        }
        let (mut writer_schema, mut codec) = (None, Codec::None);
        loop {
            let count = long(input, HEADER).await?;
            if count < 0 {
                // The size of the entries follows.
                long(input, HEADER).await?;
            }
            if count == 0 {
                break;
            }
            for _ in 0..count.unsigned_abs() {
                let key = string(input).await?;
                let value = string(input).await?;
                match &key[..] {
                    b"avro.schema" => writer_schema = Some(value),
                    b"avro.codec" => codec = Codec::parse(&value)?,
                    _ => {}
                }
                if input.position() > MAX_BYTES {
                    return damaged!("its header is longer than {MAX_BYTES} bytes");
                }
            }
        }
        let Some(writer_schema) = writer_schema else {
            return damaged!("its header has no schema");
        };
        Ok(Self {
            writer_schema,
            codec,
            sync: input.take(16, HEADER).await?,
        })
    }

    /// The columns of the file.
    pub fn schema(&self) -> Result<SchemaRef> {
        let header = self.uncompressed();
        let reader = caught(|| ReaderBuilder::new().build(&header[..]));
        Ok(reader
            .map_err(|Damage(text)| Damage(format!("its schema is not valid: {text}")))?
            .schema())
    }

    /// The header of a file with the same records, uncompressed.
    pub fn uncompressed(&self) -> Vec<u8> {
        let mut header = [MAGIC, &[4]].concat();
        for part in [&b"avro.schema"[..], &self.writer_schema, b"avro.codec", b"null"] {
            put_long(part.len() as i64, &mut header);
            header.extend_from_slice(part);
        }
        header.push(0);
        header.extend_from_slice(&self.sync);
        header
    }
}

async fn string(input: &mut Input) -> Result<Bytes> {
    let length = natural(
        long(input, "its header").await?,
        "the length of an entry in its header",
    )?;
    if length > MAX_BYTES {
        return damaged!("its header has an entry of {length} bytes");
    }
    input.take(length, "its header").await
}

/// Reads a number of variable length.
pub async fn long(input: &mut Input, what: &str) -> Result<i64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = input.take(1, what).await?[0];
        // The tenth byte has one bit.
        if shift == 63 && byte > 1 {
            break;
        }
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok((value >> 1) as i64 ^ -((value & 1) as i64));
        }
    }
    damaged!("{what} has a number of more than 64 bits")
}

pub fn put_long(value: i64, bytes: &mut Vec<u8>) {
    let mut rest = ((value << 1) ^ (value >> 63)) as u64;
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}
