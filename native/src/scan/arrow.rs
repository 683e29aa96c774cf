//! Reads Arrow files: the file format message by message, the stream format from start to end.

use super::input::Input;
use crate::damage::{damaged, natural, Checked};
use crate::ipc::footer::{self, Footer, HEAD, TRAILER};
use crate::ipc::{body_length, message, stream_schema, Decoder, CONTINUATION, MAGIC};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileOpenFuture, FileOpener};
use datafusion::error::Result;
use futures::stream::{self, BoxStream};
use futures::StreamExt;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use prost::bytes::Bytes;
use std::ops::Range;
use std::sync::Arc;

/// The footers of most files fit into so many bytes, so one request reads them.
const TAIL: u64 = 64 << 10;

/// How many messages are requested ahead.
const AHEAD: usize = 2;

type Rows = BoxStream<'static, Result<RecordBatch>>;

pub struct ArrowOpener {
    pub store: Arc<dyn ObjectStore>,
    pub columns: Vec<usize>,
}

impl FileOpener for ArrowOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let store = self.store.clone();
        let columns = Some(self.columns.clone());
        Ok(Box::pin(async move {
            match footer_of(&store, &file.object_meta).await? {
                Some(footer) => file_rows(store, file, footer, columns).await,
                None => stream_rows(&store, &file, columns).await,
            }
        }))
    }
}

/// The schema of a file. Decodes its dictionaries too, because the engine does.
pub async fn schema(store: &Arc<dyn ObjectStore>, file: &ObjectMeta) -> Result<SchemaRef> {
    let Some(footer) = footer_of(store, file).await? else {
        let (_, schema) = begin(&mut Input::open(store, &file.location).await?).await?;
        return Ok(schema);
    };
    decoder(store, file, &footer, None).await?;
    Ok(footer.schema)
}

/// `None` if the file has the stream format.
async fn footer_of(store: &Arc<dyn ObjectStore>, file: &ObjectMeta) -> Result<Option<Footer>> {
    let (location, size) = (&file.location, file.size);
    if size < (HEAD + TRAILER) as u64 {
        // A stream without rows is shorter than a file.
        return match read(store, file, 0..size).await?.starts_with(MAGIC) {
            true => damaged!("it has only {size} bytes"),
            false => Ok(None),
        };
    }
    let start = size.saturating_sub(TAIL);
    let ends = [0..HEAD as u64, start..size];
    let read_ends = store.get_ranges(location, &ends).await?;
    let [head, tail] = &read_ends[..] else {
        return damaged!("the object store did not return both of its ends");
    };
    whole(head, &ends[0])?;
    whole(tail, &ends[1])?;
    if !head.starts_with(MAGIC) {
        return Ok(None);
    }
    let length = footer::length(&tail[tail.len() - TRAILER..], size)?;
    let footer = match length <= size - start {
        true => tail.slice(tail.len() - length as usize..),
        false => read(store, file, size - length..size).await?,
    };
    Ok(Some(Footer::parse(head, &footer, size)?))
}

async fn read(store: &Arc<dyn ObjectStore>, file: &ObjectMeta, range: Range<u64>) -> Result<Bytes> {
    let bytes = store.get_range(&file.location, range.clone()).await?;
    whole(&bytes, &range)?;
    Ok(bytes)
}

/// Object stores return less at the end of a file.
fn whole(bytes: &Bytes, range: &Range<u64>) -> Checked<()> {
    match bytes.len() as u64 == range.end - range.start {
        true => Ok(()),
        false => damaged!("it became shorter after it was listed"),
    }
}

/// A decoder that knows the dictionaries of a file.
async fn decoder(
    store: &Arc<dyn ObjectStore>,
    file: &ObjectMeta,
    footer: &Footer,
    columns: Option<Vec<usize>>,
) -> Result<Decoder> {
    let mut decoder = Decoder::new(footer.schema.clone(), columns);
    for block in &footer.dictionaries {
        let bytes = read(store, file, block.range()).await?;
        block.dictionary(Buffer::from(bytes), &mut decoder)?;
    }
    Ok(decoder)
}

/// The rows of the messages that begin in the file's range.
async fn file_rows(
    store: Arc<dyn ObjectStore>,
    file: PartitionedFile,
    footer: Footer,
    columns: Option<Vec<usize>>,
) -> Result<Rows> {
    let mut decoder = decoder(&store, &file.object_meta, &footer, columns).await?;
    let mut blocks = footer.batches;
    if let Some(range) = &file.range {
        blocks.retain(|block| (range.start..range.end).contains(&(block.start as i64)));
    }
    let messages = stream::iter(blocks).map(move |block| {
        let (store, file) = (store.clone(), file.object_meta.clone());
        async move { Ok((block, read(&store, &file, block.range()).await?)) }
    });
    let rows = messages.buffered(AHEAD).map(move |read: Result<_>| {
        let (block, bytes) = read?;
        Ok(block.rows(Buffer::from(bytes), &mut decoder)?)
    });
    Ok(rows.boxed())
}

async fn stream_rows(
    store: &Arc<dyn ObjectStore>,
    file: &PartitionedFile,
    columns: Option<Vec<usize>>,
) -> Result<Rows> {
    if file.range.as_ref().is_some_and(|range| range.start > 0) {
        // A stream is read as a whole, with its first part.
        return Ok(stream::empty().boxed());
    }
    let mut input = Input::open(store, &file.object_meta.location).await?;
    let (_, schema) = begin(&mut input).await?;
    let decoder = Decoder::new(schema, columns);
    let rows = stream::try_unfold((input, decoder), |(mut input, mut decoder)| async move {
        while let Some((metadata, body)) = next(&mut input).await? {
            let rows = decoder.decode(&message(&metadata)?, &Buffer::from(body))?;
            if let Some(rows) = rows {
                return Ok(Some((rows, (input, decoder))));
            }
        }
        Ok(None)
    });
    Ok(rows.boxed())
}

/// Reads the schema of a stream.
async fn begin(input: &mut Input) -> Result<(Bytes, SchemaRef)> {
    match next(input).await? {
        Some((metadata, _)) => {
            let schema = stream_schema(&message(&metadata)?)?;
            Ok((metadata, schema))
        }
        None => damaged!("it is empty"),
    }
}

/// The metadata and the body of the next message of a stream; `None` at its end.
async fn next(input: &mut Input) -> Result<Option<(Bytes, Bytes)>> {
    if input.rest() == 0 {
        return damaged!("it has no end marker, so it may be incomplete");
    }
    let what = "the length of a message";
    let mut length = input.take(4, what).await?;
    if length[..] == CONTINUATION {
        length = input.take(4, what).await?;
    }
    let length = length
        .first_chunk()
        .map_or(0, |length| i32::from_le_bytes(*length));
    if length == 0 {
        return match input.rest() {
            0 => Ok(None),
            rest => damaged!("{rest} bytes follow its end marker"),
        };
    }
    let length = natural(length, "the length of a message's metadata")?;
    let metadata = input.take(length, "the metadata of a message").await?;
    let length = body_length(&message(&metadata)?)?;
    let body = input.take(length, "a message").await?;
    Ok(Some((metadata, body)))
}
