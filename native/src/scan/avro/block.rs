//! A block of an Avro file: a count, the records, and the sync marker.

use super::codec::MAX_BLOCK;
use super::header::{long, Header};
use crate::damage::{damaged, natural};
use crate::scan::input::Input;
use datafusion::error::Result;
use prost::bytes::Bytes;

pub struct Block {
    pub count: usize,
    /// The records, uncompressed.
    pub data: Bytes,
}

/// The next block with records; `None` at the end of the file.
pub async fn next_block(input: &mut Input, header: &Header) -> Result<Option<Block>> {
    while input.rest() > 0 {
        let block = read(input, header).await?;
        if block.count > 0 {
            return Ok(Some(block));
        }
    }
    Ok(None)
}

async fn read(input: &mut Input, header: &Header) -> Result<Block> {
    let start = input.position();
    let what = format!("the block at byte {start}");
    let count = natural(long(input, &what).await?, "the number of a block's records")?;
    let size = natural(long(input, &what).await?, "the size of a block")?;
    if size > MAX_BLOCK as u64 {
        return damaged!("{what} has {size} bytes, more than {MAX_BLOCK}");
    }
    let data = input.take(size, &what).await?;
    if input.take(16, &what).await? != header.sync {
        return damaged!("{what} does not end with the sync marker of the file");
    }
    let data = header.codec.decompress(data, &what)?;
    // A record has at least one byte. Only records without fields have none, and the engine cannot read them.
    if count > data.len() as u64 || (count == 0 && !data.is_empty()) {
        return damaged!("{what} counts {count} records but has {} bytes", data.len());
    }
    let count = count as usize;
    Ok(Block { count, data })
}
