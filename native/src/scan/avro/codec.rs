//! Decompresses the blocks of an Avro file. The engine does that too, but without a limit.

use crate::damage::{damaged, Checked, Damage};
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use flate2::read::DeflateDecoder;
use flate2::Crc;
use prost::bytes::{Buf, Bytes};
use std::io::Read;

/// The largest block, decompressed. Writers make blocks of kilobytes or a few megabytes.
pub const MAX_BLOCK: usize = 1 << 30;

/// How many times as large as its compressed bytes a block of Snappy can be.
const SNAPPY_RATIO: usize = 32;

pub enum Codec {
    None,
    Deflate,
    Snappy,
    /// Complete files of another format.
    Files(FileCompressionType),
}

impl Codec {
    pub fn parse(name: &[u8]) -> Checked<Self> {
        Ok(match name {
            b"null" => Self::None,
            b"deflate" => Self::Deflate,
            b"snappy" => Self::Snappy,
            b"zstandard" => Self::Files(FileCompressionType::ZSTD),
            b"bzip2" => Self::Files(FileCompressionType::BZIP2),
            b"xz" => Self::Files(FileCompressionType::XZ),
            _ => return damaged!("its codec \"{}\" is unknown", String::from_utf8_lossy(name)),
        })
    }

    /// `what`: the name of the block.
    pub fn decompress(&self, block: Bytes, what: &str) -> Checked<Bytes> {
        let broken = |error: std::io::Error| Damage(format!("{what} cannot be decompressed: {error}"));
        let read: Box<dyn Read + Send> = match self {
            Self::None => return Ok(block),
            Self::Snappy => return snappy(&block, what),
            Self::Deflate => Box::new(DeflateDecoder::new(block.reader())),
            Self::Files(compression) => compression.convert_read(block.reader()).map_err(Damage::of)?,
        };
        let mut data = vec![];
        read.take(MAX_BLOCK as u64 + 1)
            .read_to_end(&mut data)
            .map_err(broken)?;
        match data.len() > MAX_BLOCK {
            true => damaged!("{what} holds more than {MAX_BLOCK} bytes"),
            false => Ok(data.into()),
        }
    }
}

/// A checksum of the data follows the compressed bytes.
fn snappy(block: &[u8], what: &str) -> Checked<Bytes> {
    let Some((compressed, checksum)) = block.split_last_chunk() else {
        return damaged!("{what} is too short for its checksum");
    };
    let length = snap::raw::decompress_len(compressed);
    let limit = MAX_BLOCK.min(compressed.len().saturating_mul(SNAPPY_RATIO));
    if length.is_ok_and(|length| length > limit) {
        return damaged!("{what} claims to hold more bytes than it can");
    }
    let data = snap::raw::Decoder::new()
        .decompress_vec(compressed)
        .map_err(|error| Damage(format!("{what} cannot be decompressed: {error}")))?;
    let mut crc = Crc::new();
    crc.update(&data);
    match crc.sum() == u32::from_be_bytes(*checksum) {
        true => Ok(data.into()),
        false => damaged!("{what} has a wrong checksum"),
    }
}
