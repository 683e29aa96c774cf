//! Encodes a blob as Arrow Flight messages: first a `Header`, then the files, cut in pieces.

use super::blob::{Blob, Kind};
use super::budget::{Budget, Reserved};
use super::content::{is_id_of, ContentHash};
use arrow_flight::FlightData;
use futures::{stream, Stream, StreamExt};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tonic::codegen::Bytes;
use tonic::Status;

/// Well below every message limit.
pub const PIECE_BYTES: usize = 2 << 20;
/// The longest message: a piece and what surrounds it.
pub const FRAME_BYTES: usize = 2 * PIECE_BYTES;

/// The most files of a blob. A table has one for each 8 MB.
const FILES: usize = 1 << 16;
/// The longest header: ids are short, and a length has at most 20 digits.
const HEADER_BYTES: usize = 1024 + 21 * FILES;
/// What a blob costs without its files, at most.
const OVERHEAD: usize = 1024;
/// The longest wait for the next piece.
const PATIENCE: Duration = Duration::from_secs(60);

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

/// A blob that has arrived, and that this process may not know yet.
pub struct Received {
    pub id: String,
    pub kind: Kind,
    files: Vec<Bytes>,
    reserved: Reserved,
}

impl Received {
    pub fn publish(self) -> Arc<Blob> {
        Blob::publish(self.id, self.kind, self.files, Some(self.reserved))
    }
}

/// Receives a blob. Its bytes count against the budget from their arrival until the blob is dropped. `room` gets their
/// number before they arrive.
pub async fn assemble(
    frames: impl Stream<Item = Result<FlightData, Status>>,
    budget: &Arc<Budget>,
    room: impl FnOnce(usize),
) -> Result<Received, Status> {
    let mut frames = std::pin::pin!(frames);
    let first = next(&mut frames).await?;
    if first.app_metadata.len() > HEADER_BYTES {
        return Err(Status::invalid_argument("the header is too long"));
    }
    let header: Header = serde_json::from_slice(&first.app_metadata)
        .map_err(|error| Status::invalid_argument(format!("the header is not valid: {error}")))?;
    drop(first);
    let kind = header.kind;
    if header.files.len() > FILES {
        return Err(Status::invalid_argument(format!("the {kind} has too many files")));
    }
    let sum = |sum: usize, size: &usize| sum.checked_add(*size);
    let bytes = header.files.iter().try_fold(0, sum);
    let Some(bytes) = bytes.filter(|bytes| *bytes <= budget.limit()) else {
        return Err(exhausted(kind, budget));
    };
    room(bytes);
    let mut reserved = budget.none();
    let reserve = |reserved: &mut Reserved, bytes| match reserved.grow(bytes) {
        true => Ok(()),
        false => Err(exhausted(kind, budget)),
    };
    reserve(&mut reserved, OVERHEAD + header.files.len() * size_of::<Bytes>())?;
    let mut files = Vec::with_capacity(header.files.len());
    let mut content = ContentHash::default();
    for size in &header.files {
        // Not allocated in advance, because the size comes from an untrusted sender.
        let mut file: Vec<u8> = Vec::new();
        let mut hash = Sha256::new();
        while file.len() < *size {
            let piece = next(&mut frames).await?.data_body;
            if piece.is_empty() || piece.len() > size - file.len() {
                return Err(Status::data_loss(format!(
                    "the files of the {kind} have the wrong size"
                )));
            }
            if piece.len() > file.capacity() - file.len() {
                // Doubles like any `Vec`, but not beyond the size. What is allocated counts, not what has arrived.
                let more = piece.len().max(file.len()).min(size - file.len());
                reserve(&mut reserved, file.len() + more - file.capacity())?;
                file.reserve_exact(more);
            }
            hash.update(&piece);
            file.extend_from_slice(&piece);
        }
        content.add(hash);
        files.push(Bytes::from(file));
    }
    if !is_id_of(&header.id, kind, &content.finish()) {
        return Err(Status::data_loss(format!(
            "the {kind} was changed on the way: its hash is not the one of its id"
        )));
    }
    let id = header.id;
    Ok(Received {
        id,
        kind,
        files,
        reserved,
    })
}

async fn next(
    frames: &mut (impl Stream<Item = Result<FlightData, Status>> + Unpin),
) -> Result<FlightData, Status> {
    match tokio::time::timeout(PATIENCE, frames.next()).await {
        Ok(Some(frame)) => frame,
        Ok(None) => Err(Status::data_loss("the stream ended too early")),
        Err(_) => {
            let text = format!("no data arrived for {} seconds", PATIENCE.as_secs());
            Err(Status::deadline_exceeded(text))
        }
    }
}

fn exhausted(kind: Kind, budget: &Budget) -> Status {
    Status::resource_exhausted(format!(
        "the {kind} does not fit into the {} bytes that uploadLimitBytes (--upload-limit-bytes) allows for in-memory tables and code",
        budget.limit()
    ))
}
