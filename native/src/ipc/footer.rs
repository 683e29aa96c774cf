//! The footer of an Arrow file, which says where its messages are.

use super::{body_length, message, prefix, schema, Decoder, CONTINUATION, MAGIC};
use crate::damage::{damaged, natural, Checked};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::{root_as_footer, Block as Listed};
use std::ops::Range;

/// The bytes at the start of a file that `Footer::parse` needs: the magic, and the length of the first message.
pub const HEAD: usize = 72;

/// The bytes after the footer: its length and the magic.
pub const TRAILER: usize = 10;

/// The bytes between two messages that may belong to none: padding and the end of the stream.
const GAP: u64 = 72;

pub struct Footer {
    pub schema: SchemaRef,
    pub dictionaries: Vec<Block>,
    pub batches: Vec<Block>,
}

/// A message in a file.
#[derive(Clone, Copy)]
pub struct Block {
    pub start: u64,
    metadata: u64,
    body: u64,
}

/// The length of footer and trailer of a file, from its last bytes.
pub fn length(trailer: &[u8], size: u64) -> Checked<u64> {
    let Some((length, MAGIC)) = trailer.split_first_chunk().filter(|_| trailer.len() == TRAILER) else {
        return damaged!("it does not end like an Arrow file, so it may be incomplete");
    };
    let length = natural(i32::from_le_bytes(*length), "the length of its footer")?;
    let length = length + TRAILER as u64;
    match length + HEAD as u64 > size {
        true => damaged!("its footer of {length} bytes does not fit into its {size} bytes"),
        false => Ok(length),
    }
}

impl Footer {
    /// `tail`: footer and trailer.
    pub fn parse(head: &[u8], tail: &[u8], size: u64) -> Checked<Self> {
        let Ok(footer) = root_as_footer(&tail[..tail.len() - TRAILER]) else {
            return damaged!("its footer is not valid");
        };
        let (Some(schema), Some(batches)) = (footer.schema(), footer.recordBatches()) else {
            return damaged!("its footer lists no schema or no rows");
        };
        let blocks =
            |listed: &mut dyn Iterator<Item = &Listed>| listed.map(Block::new).collect::<Checked<Vec<_>>>();
        let footer = Self {
            schema: schema::checked(schema)?,
            dictionaries: blocks(&mut footer.dictionaries().into_iter().flatten())?,
            batches: blocks(&mut batches.iter())?,
        };
        footer.cover(head, size - tail.len() as u64)?;
        Ok(footer)
    }

    /// Checks that the blocks are all messages between the schema and the footer. A shorter list would be
    /// rows that nobody misses.
    fn cover(&self, head: &[u8], end: u64) -> Checked<()> {
        let mut blocks: Vec<_> = self.dictionaries.iter().chain(&self.batches).collect();
        blocks.sort_unstable_by_key(|block| block.start);
        // The first message follows the magic, which writers pad to 8 or 64 bytes.
        let first = (8..=64)
            .step_by(8)
            .find(|at| head[*at..].starts_with(&CONTINUATION));
        let first = first.unwrap_or(8);
        // It is the schema, which the writer of apache-arrow leaves out.
        let mut at = match prefix(&head[first..])? {
            Some((length, prefix)) if blocks.first().is_none_or(|block| block.start != first as u64) => {
                (first + prefix) as u64 + length
            }
            _ => first as u64,
        };
        for block in blocks {
            if block.start < at {
                return damaged!(
                    "its footer lists a message at byte {}, inside of another one",
                    block.start
                );
            }
            gap(at, block.start)?;
            at = block.range().end;
        }
        match at > end {
            true => damaged!("its footer lists a message that ends at byte {at}, after the last one"),
            false => gap(at, end),
        }
    }
}

fn gap(start: u64, end: u64) -> Checked<()> {
    match end - start > GAP {
        true => damaged!("its footer does not list what is in the bytes {start} to {end}"),
        false => Ok(()),
    }
}

impl Block {
    fn new(block: &Listed) -> Checked<Self> {
        let block = Self {
            start: natural(block.offset(), "the position of a message")?,
            metadata: natural(block.metaDataLength(), "the length of a message's metadata")?,
            body: natural(block.bodyLength(), "the length of a message")?,
        };
        let ends = block
            .start
            .checked_add(block.metadata)
            .and_then(|end| end.checked_add(block.body));
        match ends.is_some() && block.metadata >= 8 {
            true => Ok(block),
            false => damaged!(
                "its footer lists a message at byte {} with a wrong length",
                block.start
            ),
        }
    }

    pub fn range(&self) -> Range<u64> {
        self.start..self.start + self.metadata + self.body
    }

    /// Reads a dictionary. `bytes`: those of the range.
    pub fn dictionary(&self, bytes: Buffer, decoder: &mut Decoder) -> Checked<()> {
        match self.decode(bytes, decoder)? {
            None => Ok(()),
            Some(_) => damaged!("the message at byte {} holds no dictionary", self.start),
        }
    }

    pub fn rows(&self, bytes: Buffer, decoder: &mut Decoder) -> Checked<RecordBatch> {
        match self.decode(bytes, decoder)? {
            Some(rows) => Ok(rows),
            None => damaged!("the message at byte {} holds no rows", self.start),
        }
    }

    fn decode(&self, bytes: Buffer, decoder: &mut Decoder) -> Checked<Option<RecordBatch>> {
        let metadata = self.metadata as usize;
        let (length, start) = prefix(&bytes[..metadata])?.unwrap_or_default();
        if start as u64 + length > self.metadata {
            return damaged!(
                "the metadata at byte {} is longer than the footer says",
                self.start
            );
        }
        let message = message(&bytes[start..start + length as usize])?;
        if body_length(&message)? > self.body {
            return damaged!(
                "the message at byte {} is longer than the footer says",
                self.start
            );
        }
        decoder.decode(&message, &bytes.slice(metadata))
    }
}
