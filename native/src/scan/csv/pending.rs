//! The bytes of a CSV file that are read but not used.

use crate::damage::damaged;
use datafusion::error::Result;
use futures::stream::{self, BoxStream};
use futures::StreamExt;
use prost::bytes::Bytes;

/// A longer record is taken for one whose quotes do not end.
pub const LONGEST: usize = 64 << 20;

pub struct Pending {
    chunks: BoxStream<'static, Result<Bytes>>,
    /// The bytes before `at` are used.
    bytes: Vec<u8>,
    at: usize,
    last: bool,
}

impl Pending {
    pub fn new(chunks: BoxStream<'static, Result<Bytes>>) -> Self {
        Self {
            chunks,
            bytes: vec![],
            at: 0,
            last: false,
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// Whether no bytes follow.
    pub fn is_last(&self) -> bool {
        self.last
    }

    pub fn take(&mut self, length: usize) {
        self.at += length;
    }

    /// The bytes that are not used.
    pub fn into_chunks(self) -> BoxStream<'static, Result<Bytes>> {
        let rest = Bytes::from(self.bytes).slice(self.at..);
        let rest = stream::once(async { Ok(rest) });
        match self.last {
            true => rest.boxed(),
            false => rest.chain(self.chunks).boxed(),
        }
    }

    /// Reads more bytes, because those that there are do not end a record. Reads as many again, so that a long record is
    /// not searched for its end too often.
    pub async fn fill(&mut self) -> Result<()> {
        self.bytes.drain(..self.at);
        self.at = 0;
        if self.bytes.len() > LONGEST {
            let longest = LONGEST >> 20;
            return damaged!("a record is longer than {longest} MiB, perhaps because a quote is not closed");
        }
        let enough = LONGEST.min(2 * self.bytes.len());
        loop {
            match self.chunks.next().await.transpose()? {
                Some(chunk) => self.bytes.extend_from_slice(&chunk),
                None => {
                    self.last = true;
                    return Ok(());
                }
            }
            if self.bytes.len() > enough {
                return Ok(());
            }
        }
    }
}
