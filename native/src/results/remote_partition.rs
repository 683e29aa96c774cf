//! Reads the pieces of an output partition from its executor.

use super::partition_files::{PartitionFile, Piece, NEXT};
use super::place::Place;
use crate::error::{Code, Error, Result};
use crate::network::rows_port::RowsPort;
use axum::http::{HeaderMap, StatusCode};

pub struct RemotePartition {
    pub port: RowsPort,
    pub file: PartitionFile,
}

impl RemotePartition {
    /// The piece at `start`, and the headers of the answer.
    pub async fn read(&self, start: &Place) -> Result<(Piece, HeaderMap)> {
        let answer = self.port.get_again(&self.file.url(start)).await?;
        if answer.status != StatusCode::OK {
            let reason = match String::from_utf8_lossy(&answer.body) {
                reason if reason.is_empty() => "their file is gone".into(),
                reason => reason,
            };
            let text = format!(
                "The rows could not be read from the executor at {}: {reason}",
                self.port
            );
            return Err(Error::new(Code::Io, text));
        }
        let next = answer.headers.get(NEXT);
        let next = next.and_then(|next| next.to_str().ok()?.parse().ok());
        let bytes = answer.body;
        Ok((Piece { bytes, next }, answer.headers))
    }
}
