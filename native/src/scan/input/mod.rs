//! The bytes of a file, read once from start to end.

pub mod decompressed;
pub mod part;
pub mod quotes;

use crate::damage::damaged;
use datafusion::error::Result;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{GetResultPayload, ObjectStore, ObjectStoreExt};
use prost::bytes::{Buf, Bytes, BytesMut};
use tokio_util::io::ReaderStream;

/// How much is read of a local file at once.
const CHUNK: usize = 1 << 20;

/// How much is allocated before it is read, because a damaged length may be as large as the file.
const RESERVED: usize = 64 << 20;

pub struct Input {
    chunks: BoxStream<'static, object_store::Result<Bytes>>,
    /// What is read but not taken.
    chunk: Bytes,
    position: u64,
    size: u64,
}

impl Input {
    pub async fn open(store: &dyn ObjectStore, location: &Path) -> Result<Self> {
        let file = store.get(location).await?;
        let size = file.meta.size;
        Ok(Self {
            chunks: chunks(file.payload),
            chunk: Bytes::new(),
            position: 0,
            size,
        })
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn rest(&self) -> u64 {
        self.size - self.position
    }

    /// The next bytes. `what`: what they are, for the error if there are fewer.
    pub async fn take(&mut self, length: u64, what: &str) -> Result<Bytes> {
        if length > self.rest() {
            return damaged!("it ends inside of {what}, at byte {}", self.size);
        }
        let length = length as usize;
        self.position += length as u64;
        if length <= self.chunk.len() {
            return Ok(self.chunk.split_to(length));
        }
        let mut bytes = BytesMut::with_capacity(length.min(RESERVED));
        while bytes.len() < length {
            if self.chunk.is_empty() {
                self.chunk = match self.chunks.next().await.transpose()? {
                    Some(chunk) => chunk,
                    None => return damaged!("it became shorter while it was read"),
                };
            }
            let part = self.chunk.len().min(length - bytes.len());
            bytes.extend_from_slice(&self.chunk[..part]);
            self.chunk.advance(part);
        }
        Ok(bytes.freeze())
    }
}

/// The bytes of a file, in pieces.
pub fn chunks(payload: GetResultPayload) -> BoxStream<'static, object_store::Result<Bytes>> {
    match payload {
        GetResultPayload::Stream(chunks) => chunks,
        GetResultPayload::File(file, _) => {
            let file = tokio::fs::File::from_std(file);
            ReaderStream::with_capacity(file, CHUNK)
                .map_err(unreadable)
                .boxed()
        }
    }
}

fn unreadable(error: std::io::Error) -> object_store::Error {
    object_store::Error::Generic {
        store: "LocalFileSystem",
        source: Box::new(error),
    }
}
