//! A chunk of result rows: a decoded batch, or bytes of an IPC stream that JavaScript reads directly.

use crate::arrow::{schema_to_ipc, with_schema, IPC_END};
use crate::error::Result;
use crate::ipc::memory::{batches_of, rows_of};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::root_as_message;
use futures::stream::BoxStream;
use prost::bytes::Bytes;

pub type Chunks = BoxStream<'static, Result<Chunk>>;

pub enum Chunk {
    Batch(RecordBatch),
    /// An IPC stream, as executors of this package make it for JavaScript.
    Encoded(Bytes),
}

/// The schema that the plan promised for the result.
pub struct Promise {
    schema: SchemaRef,
    /// The first bytes of an IPC stream with this schema.
    header: Vec<u8>,
}

impl Promise {
    pub fn new(schema: SchemaRef) -> Result<Self> {
        let mut header = schema_to_ipc(&schema)?;
        header.truncate(header.len() - IPC_END.len());
        Ok(Self { schema, header })
    }

    /// Gives the chunk the promised schema. Dictionaries may arrive decoded, and nullability and metadata may
    /// be those of the executors.
    pub fn keep(&self, chunk: Chunk) -> Result<Vec<Chunk>> {
        let decoded = match chunk {
            Chunk::Batch(batch) => vec![batch],
            Chunk::Encoded(bytes) if self.is_readable(&bytes) => {
                let rows = bytes.len() > self.header.len() + IPC_END.len();
                return Ok(Vec::from_iter(rows.then_some(Chunk::Encoded(bytes))));
            }
            Chunk::Encoded(bytes) => decode(bytes)?,
        };
        decoded
            .into_iter()
            .map(|batch| self.conform(batch).map(Chunk::Batch))
            .collect()
    }

    /// Whether JavaScript can read the bytes directly.
    fn is_readable(&self, bytes: &[u8]) -> bool {
        let first = bytes.strip_prefix(self.header.as_slice());
        first.is_some_and(|first| first == IPC_END || !is_compressed(first))
    }

    fn conform(&self, batch: RecordBatch) -> Result<RecordBatch> {
        match batch.schema_ref() == &self.schema {
            true => Ok(batch),
            false => with_schema(&batch, &self.schema),
        }
    }
}

impl Chunk {
    /// The number of rows, and their size in bytes.
    pub fn size(&self) -> Result<(u64, usize)> {
        Ok(match self {
            Self::Batch(batch) => (batch.num_rows() as u64, batch.get_array_memory_size()),
            Self::Encoded(bytes) => (rows_of(bytes)?, bytes.len()),
        })
    }

    pub fn batches(self) -> Result<Vec<RecordBatch>> {
        match self {
            Self::Batch(batch) => Ok(vec![batch]),
            Self::Encoded(bytes) => decode(bytes),
        }
    }
}

/// Whether the first message has compressed columns; then all later ones have too. Unreadable messages count
/// as compressed, so that the decoder reports the error.
fn is_compressed(messages: &[u8]) -> bool {
    let message = messages.get(8..).map(root_as_message);
    let Some(Ok(message)) = message else { return true };
    let batch = match message.header_as_dictionary_batch() {
        Some(dictionary) => dictionary.data(),
        None => message.header_as_record_batch(),
    };
    batch.is_none_or(|batch| batch.compression().is_some())
}

/// Decodes without copying: the columns stay in `bytes`.
fn decode(bytes: Bytes) -> Result<Vec<RecordBatch>> {
    batches_of(&Buffer::from(bytes))
}
