//! The part of a text file that one task reads: the records that begin in a range of its bytes.

use super::chunks;
use super::decompressed::open;
use datafusion::common::exec_datafusion_err;
use datafusion::common::parsers::CompressionTypeVariant;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::error::{DataFusionError, Result};
use datafusion_datasource::boundary_stream::AlignedBoundaryStream;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use memchr::memchr_iter;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore};
use prost::bytes::Bytes;
use std::sync::Arc;

/// How many bytes before a part are read to count their lines.
const COUNTED: u64 = 1 << 30;

/// How many lines end in some bytes.
pub fn count_lines(bytes: &[u8], terminator: u8) -> usize {
    memchr_iter(terminator, bytes).count()
}

#[derive(Clone, Debug)]
pub struct TextPart {
    store: Arc<dyn ObjectStore>,
    location: Path,
    compression: CompressionTypeVariant,
    /// The last byte of a line.
    terminator: u8,
    size: u64,
    /// The part begins with the first record behind this byte.
    pub start: u64,
    /// `None`: the part ends with the file.
    pub end: Option<u64>,
}

impl TextPart {
    pub fn new(
        store: &Arc<dyn ObjectStore>,
        file: &PartitionedFile,
        compression: CompressionTypeVariant,
        terminator: u8,
    ) -> Result<Self> {
        let size = file.object_meta.size;
        let place =
            |place: i64| u64::try_from(place).map_err(|_| exec_datafusion_err!("a range is negative"));
        let (start, end) = match &file.range {
            Some(range) => (place(range.start)?, Some(place(range.end)?)),
            None => (0, None),
        };
        Ok(Self {
            store: store.clone(),
            location: file.object_meta.location.clone(),
            compression,
            terminator,
            size,
            start,
            end: end.filter(|end| *end < size),
        })
    }

    pub async fn bytes(&self) -> Result<BoxStream<'static, Result<Bytes>>> {
        let bytes = match (self.start, self.end) {
            (0, None) => chunks(open(&self.store, &self.location, self.compression).await?.payload),
            (start, end) => {
                let (store, location) = (self.store.clone(), self.location.clone());
                let end = end.unwrap_or(self.size);
                let bytes =
                    AlignedBoundaryStream::new(store, location, start, end, self.size, self.terminator);
                bytes.await?.boxed()
            }
        };
        Ok(bytes.map_err(DataFusionError::from).boxed())
    }

    pub fn lines(&self, bytes: &[u8]) -> usize {
        count_lines(bytes, self.terminator)
    }

    /// Names a line of the part. `line`: how many lines of the part are before it.
    pub async fn line(&self, line: usize) -> Result<String> {
        let mut number = line + 1;
        if self.start > COUNTED {
            return Ok(format!("line {number} after byte {}", self.start));
        }
        if self.start > 0 {
            // The part begins behind the first end of a line from this byte on.
            number += 1;
        }
        if self.start > 1 {
            let range = Some(GetRange::Bounded(0..self.start - 1));
            let options = GetOptions {
                range,
                ..GetOptions::default()
            };
            let mut before = self.store.get_opts(&self.location, options).await?.into_stream();
            while let Some(bytes) = before.try_next().await? {
                number += self.lines(&bytes);
                // The bytes of a local file come without a pause.
                tokio::task::yield_now().await;
            }
        }
        Ok(format!("line {number}"))
    }
}
