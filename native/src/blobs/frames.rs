//! Encodes a blob as Arrow Flight messages: first a `Header`, then the files, cut in pieces.

use super::blob::{Blob, Kind};
use arrow_flight::FlightData;
use futures::{stream, Stream, StreamExt};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tonic::codegen::Bytes;
use tonic::Status;

/// Well below every message limit.
pub const PIECE_BYTES: usize = 2 << 20;

#[derive(Serialize, Deserialize)]
struct Header {
    id: String,
    kind: Kind,
    /// The length of each file.
    files: Vec<usize>,
}

pub fn frames(blob: &Blob) -> impl Stream<Item = FlightData> + use<> {
    let header = Header {
        id: blob.id.clone(),
        kind: blob.kind,
        files: blob.files.iter().map(Bytes::len).collect(),
    };
    let first = FlightData::new()
        .with_app_metadata(serde_json::to_vec(&header).expect("the header serializes to JSON"));
    let pieces = blob.files.clone().into_iter().flat_map(|file| {
        (0..file.len())
            .step_by(PIECE_BYTES)
            .map(move |start| file.slice(start..(start + PIECE_BYTES).min(file.len())))
    });
    stream::iter([first]).chain(stream::iter(
        pieces.map(|piece| FlightData::new().with_data_body(piece)),
    ))
}

/// A blob that has arrived, and that this process does not know yet.
pub struct Received {
    pub id: String,
    pub kind: Kind,
    pub files: Vec<Bytes>,
}

impl Received {
    pub fn publish(self) -> Arc<Blob> {
        Blob::publish(self.id, self.kind, self.files)
    }
}

pub async fn assemble(frames: impl Stream<Item = Result<FlightData, Status>>) -> Result<Received, Status> {
    let mut frames = std::pin::pin!(frames);
    let first = frames
        .next()
        .await
        .ok_or_else(|| Status::invalid_argument("the upload is empty"))??;
    let header: Header = serde_json::from_slice(&first.app_metadata)
        .map_err(|error| Status::invalid_argument(format!("the header is not valid: {error}")))?;
    let kind = header.kind;
    let mut files = Vec::with_capacity(header.files.len());
    for size in &header.files {
        // Not allocated in advance, because the size comes from an untrusted sender.
        let mut file = Vec::new();
        while file.len() < *size {
            let piece = frames
                .next()
                .await
                .ok_or_else(|| Status::data_loss(format!("the stream of the {kind} ended too early")))??;
            file.extend_from_slice(&piece.data_body);
        }
        if file.len() != *size {
            return Err(Status::data_loss(format!(
                "the files of the {kind} have the wrong size"
            )));
        }
        files.push(Bytes::from(file));
    }
    let id = header.id;
    Ok(Received { id, kind, files })
}
