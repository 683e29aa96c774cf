//! Decodes an Arrow IPC stream or file that is in memory.

use super::footer::{self, Block, Footer, HEAD, TRAILER};
use super::{body_length, message, prefix, stream_schema, Decoder, MAGIC};
use crate::damage::{damaged, natural, Checked, Damage};
use crate::error::Result;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::datatypes::SchemaRef;
use std::ops::Range;

/// Reads the batches of an IPC stream or file.
pub fn batches_from_ipc(bytes: &[u8]) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    // A copy for each message, because each message stays in memory as a whole.
    let read = |range: Range<usize>| Buffer::from(&bytes[range]);
    let batches = match bytes.starts_with(MAGIC) {
        true => file(bytes, &read),
        false => stream(bytes, &read),
    };
    batches.map_err(|damage| damage.of_bytes())
}

/// Reads an IPC stream. The batches share its bytes.
pub fn batches_of(stream_bytes: &Buffer) -> Result<Vec<RecordBatch>> {
    let read = |range: Range<usize>| stream_bytes.slice_with_length(range.start, range.len());
    let (_, batches) = stream(stream_bytes, &read).map_err(|damage| damage.of_bytes())?;
    Ok(batches)
}

/// Counts the rows of an IPC stream without decoding them.
pub fn rows_of(stream_bytes: &[u8]) -> Result<u64> {
    let count = || {
        let (mut rows, mut at) = (0, 0);
        while let Some((metadata, end)) = next(stream_bytes, at)? {
            if let Some(batch) = message(&stream_bytes[metadata])?.header_as_record_batch() {
                rows += natural(batch.length(), "the number of a message's rows")?;
            }
            at = end;
        }
        Ok(rows)
    };
    count().map_err(|damage: Damage| damage.of_bytes())
}

/// Reads the schema that an IPC stream begins with.
pub fn schema_from_ipc(bytes: &[u8]) -> Result<SchemaRef> {
    let schema = || match next(bytes, 0)? {
        Some((metadata, _)) => stream_schema(&message(&bytes[metadata])?),
        None => damaged!("it is empty"),
    };
    schema().map_err(|damage| damage.of_bytes())
}

fn stream(bytes: &[u8], read: &dyn Fn(Range<usize>) -> Buffer) -> Checked<(SchemaRef, Vec<RecordBatch>)> {
    let Some((metadata, mut at)) = next(bytes, 0)? else {
        return damaged!("it is empty");
    };
    let schema = stream_schema(&message(&bytes[metadata])?)?;
    let mut decoder = Decoder::new(schema.clone(), None);
    let mut batches = vec![];
    while let Some((metadata, end)) = next(bytes, at)? {
        let body = read(metadata.end..end);
        batches.extend(decoder.decode(&message(&bytes[metadata])?, &body)?);
        at = end;
    }
    Ok((schema, batches))
}

/// The metadata of the message at `at`, and where its body ends. `None` at the end of the stream.
fn next(bytes: &[u8], at: usize) -> Checked<Option<(Range<usize>, usize)>> {
    let rest = &bytes[at..];
    let Some((length, prefix)) = prefix(rest)? else {
        return damaged!("it has no end marker, so it may be incomplete");
    };
    if length == 0 {
        return match rest[prefix..].iter().all(|byte| *byte == 0) {
            true => Ok(None),
            false => damaged!("bytes follow its end marker"),
        };
    }
    let rest = &rest[prefix..];
    let inside = |length: u64| match length <= rest.len() as u64 {
        true => Ok(length as usize),
        false => damaged!("it ends inside of a message"),
    };
    let metadata = inside(length)?;
    let body = body_length(&message(&rest[..metadata])?)?;
    let end = inside(length.saturating_add(body))?;
    let start = at + prefix;
    Ok(Some((start..start + metadata, start + end)))
}

fn file(bytes: &[u8], read: &dyn Fn(Range<usize>) -> Buffer) -> Checked<(SchemaRef, Vec<RecordBatch>)> {
    let size = bytes.len() as u64;
    if bytes.len() < HEAD + TRAILER {
        return damaged!("an Arrow file has more than {size} bytes");
    }
    let length = footer::length(&bytes[bytes.len() - TRAILER..], size)? as usize;
    let footer = Footer::parse(&bytes[..HEAD], &bytes[bytes.len() - length..], size)?;
    let mut decoder = Decoder::new(footer.schema.clone(), None);
    let mut batches = vec![];
    let read = |block: &Block| {
        let range = block.range();
        read(range.start as usize..range.end as usize)
    };
    for block in &footer.dictionaries {
        block.dictionary(read(block), &mut decoder)?;
    }
    for block in &footer.batches {
        batches.push(block.rows(read(block), &mut decoder)?);
    }
    Ok((footer.schema, batches))
}

/// Checks a file that the engine reads later.
pub fn check_file(bytes: &[u8]) -> Result<()> {
    batches_from_ipc(bytes).map(|_| ())
}
