//! Serves the files that stages write, in pieces: `GET /partitions/<job>/<stage>/<partition>/<file>`.
//!
//! A piece has some megabytes, and is an Arrow IPC stream. It begins with the dictionaries that its batches need. Between
//! two requests a reader holds no connection and no flow-control window, however slowly it reads. A client that can open the
//! file reads it directly.

use super::checksums::CheckedFile;
use super::job_owners::JobOwners;
use super::place::{Dictionaries, Place};
use crate::arrow::IPC_END;
use crate::error::{Code, Error, Result};
use crate::network::principal::Principal;
use crate::protocol::job_id::is_job_id;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use ballista_core::execution_plans::create_shuffle_path;
use ballista_core::execution_plans::sort_shuffle::get_index_path;
use datafusion::arrow::ipc::{root_as_message, MessageHeader};
use prost::bytes::Bytes;
use serde::Deserialize;
use std::fs::Metadata;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use tokio::task::spawn_blocking;

const PIECE_BYTES: usize = 4 << 20;

/// Where the next piece begins; not set for the last piece.
pub const NEXT: &str = "ballista-next";
/// The path of the file, and an identity that distinguishes it from a file with the same path on another
/// machine.
const FILE: &str = "ballista-file";
const IDENTITY: &str = "ballista-file-identity";

/// The file of an output partition.
#[derive(Clone, Debug)]
pub struct PartitionFile {
    pub job: String,
    pub stage: usize,
    pub partition: usize,
    pub file: u64,
    /// Whether the file holds all partitions, one behind the other.
    pub sorted: bool,
}

impl PartitionFile {
    /// The path and query of a request for the piece at `start`.
    pub fn url(&self, start: &Place) -> String {
        let Self {
            job,
            stage,
            partition,
            file,
            sorted,
        } = self;
        format!("/partitions/{job}/{stage}/{partition}/{file}?start={start}&sorted={sorted}")
    }

    pub fn path(&self, work_dir: &str) -> Result<PathBuf> {
        let job = self.job.as_str().into();
        let file = Some(self.file);
        let path = create_shuffle_path(work_dir, &job, self.stage, self.partition, file, self.sorted);
        Ok(path?)
    }

    /// Opens the partition in the work folder; `None` if there is no such file.
    pub fn open(&self, work_dir: &str) -> Result<Option<Partition>> {
        let path = self.path(work_dir)?;
        let file = match CheckedFile::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => file.map_err(unreadable)?,
        };
        let bytes = match self.sorted {
            true => indexed(&get_index_path(&path), self.partition).map_err(unreadable)?,
            false => 0..u64::MAX,
        };
        Ok(Some(Partition { path, file, bytes }))
    }
}

/// Where a partition is in a file of all partitions. The index has the start of each, and the end of the last.
fn indexed(index: &std::path::Path, partition: usize) -> std::io::Result<Range<u64>> {
    let mut index = CheckedFile::open(index)?;
    index.seek(SeekFrom::Start(partition as u64 * 8))?;
    let mut number = || {
        let mut bytes = [0; 8];
        index.read_exact(&mut bytes)?;
        Ok::<_, std::io::Error>(u64::from_le_bytes(bytes))
    };
    Ok(number()?..number()?)
}

/// Opens the file of an executor's answer, if this process can read it too.
pub fn open(answer: &HeaderMap) -> Option<Partition> {
    let told = |name| answer.get(name).and_then(|value| value.to_str().ok());
    // Opening anything else than a file may block.
    let path = PathBuf::from(told(FILE)?);
    let file = path.is_file().then(|| CheckedFile::open(&path))?.ok()?;
    let bytes = 0..u64::MAX;
    (identity(&file.metadata().ok()?)? == told(IDENTITY)?).then_some(Partition { path, file, bytes })
}

fn identity(metadata: &Metadata) -> Option<String> {
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}-{}", metadata.len(), modified.as_nanos()))
}

/// An output partition in an open file: one IPC stream, or several one behind the other.
pub struct Partition {
    path: PathBuf,
    pub(super) file: CheckedFile,
    /// Where the partition is. A file of one partition ends with its stream, so its end is `u64::MAX`.
    pub(super) bytes: Range<u64>,
}

/// Some batches of a partition.
pub struct Piece {
    /// An IPC stream.
    pub bytes: Bytes,
    /// The next piece.
    pub next: Option<Place>,
}

impl Partition {
    /// Reads the piece at `start`; the first piece is at 0.
    pub fn read(&mut self, start: &Place) -> Result<Piece> {
        let mut bytes = vec![];
        let file = &mut self.file;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let schema = Message::read(file, &mut bytes)?;
        let Some(schema) = schema else {
            return Err(damaged());
        };
        let single = self.bytes.end == u64::MAX;
        let first = if single { schema.length } else { self.bytes.start };
        let mut dictionaries = Dictionaries::of(&bytes[8..]);
        let mut end = first;
        for at in &start.dictionaries {
            // They cannot overlap, so a piece is never larger than its file.
            if *at < end || *at >= start.start {
                return Err(damaged());
            }
            file.seek(SeekFrom::Start(*at)).map_err(unreadable)?;
            let message = Message::read(file, &mut bytes)?.ok_or_else(damaged)?;
            let Kind::Dictionary { id, .. } = message.kind else {
                return Err(damaged());
            };
            dictionaries.add(id, *at, true);
            end = at + message.length;
        }
        // A piece has as many bytes of rows as of dictionaries, which the next piece has again.
        let enough = bytes.len() + PIECE_BYTES.max(bytes.len());
        let mut at = start.start.max(first);
        file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        let next = loop {
            if at >= self.bytes.end {
                break None;
            }
            let before = bytes.len();
            let message = Message::read(file, &mut bytes)?;
            let begun = at;
            at += message
                .as_ref()
                .map_or(IPC_END.len() as u64, |message| message.length);
            match message.map(|message| message.kind) {
                None if single => break None,
                // The end of a stream. The next one has dictionaries of its own.
                None => dictionaries.clear(),
                Some(Kind::Schema) => bytes.truncate(before),
                Some(Kind::Dictionary { id, is_delta }) => dictionaries.add(id, begun, is_delta),
                Some(Kind::Other) => {}
            }
            if bytes.len() >= enough {
                if let Some(next) = dictionaries.place(at) {
                    break Some(next);
                }
            }
        };
        bytes.extend_from_slice(&IPC_END);
        Ok(Piece {
            bytes: bytes.into(),
            next,
        })
    }
}

const CONTINUES: [u8; 4] = [0xff; 4];

struct Message {
    length: u64,
    kind: Kind,
}

enum Kind {
    Schema,
    Dictionary { id: i64, is_delta: bool },
    Other,
}

impl Kind {
    fn of(header: datafusion::arrow::ipc::Message<'_>) -> Self {
        match (header.header_type(), header.header_as_dictionary_batch()) {
            (MessageHeader::Schema, _) => Self::Schema,
            (_, Some(dictionary)) => Self::Dictionary {
                id: dictionary.id(),
                is_delta: dictionary.isDelta(),
            },
            _ => Self::Other,
        }
    }
}

impl Message {
    /// Appends the next message to `bytes`; `None` at the end.
    fn read(file: &mut CheckedFile, bytes: &mut Vec<u8>) -> Result<Option<Self>> {
        let start = bytes.len();
        take(file, bytes, 8)?;
        let (continues, size) = bytes[start..].split_at(4);
        let size = u32::from_le_bytes(size.try_into().expect("the slice has four bytes"));
        if continues != CONTINUES {
            return Err(damaged());
        }
        if size == 0 {
            bytes.truncate(start);
            return Ok(None);
        }
        take(file, bytes, size.into())?;
        let header = root_as_message(&bytes[start + 8..]).map_err(|_| damaged())?;
        let kind = Kind::of(header);
        let body = u64::try_from(header.bodyLength()).map_err(|_| damaged())?;
        take(file, bytes, body)?;
        Ok(Some(Self {
            length: (bytes.len() - start) as u64,
            kind,
        }))
    }
}

/// Fails before it reads anything if the file is too short: a reader may start anywhere, also where no message begins.
fn take(file: &mut CheckedFile, bytes: &mut Vec<u8>, length: u64) -> Result<()> {
    let size = file.metadata().map_err(unreadable)?.len();
    let at = file.stream_position().map_err(unreadable)?;
    if length > size.saturating_sub(at) {
        return Err(damaged());
    }
    let read = file.take(length).read_to_end(bytes).map_err(unreadable)?;
    match read as u64 == length {
        true => Ok(()),
        false => Err(damaged()),
    }
}

fn damaged() -> Error {
    Error::new(Code::Io, "The file of a partition is damaged or incomplete.")
}

fn unreadable(error: std::io::Error) -> Error {
    Error::new(
        Code::Io,
        format!("The file of a partition could not be read: {error}."),
    )
}

/// The error of a partition with fewer or more rows than were written.
pub fn incomplete(executor: &str, rows: u64, written: u64) -> Error {
    let text = format!("Executor {executor} sent {rows} rows of a partition that has {written}.");
    Error::new(Code::Io, text)
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    start: String,
    #[serde(default)]
    sorted: bool,
}

/// `work_dir` is that of the executor.
pub fn routes(work_dir: String, owners: Arc<JobOwners>) -> Router {
    Router::new()
        .route("/partitions/{job}/{stage}/{partition}/{file}", get(piece))
        .with_state((work_dir.into(), owners))
}

async fn piece(
    State((work_dir, owners)): State<(Arc<str>, Arc<JobOwners>)>,
    Path((job, stage, partition, file)): Path<(String, usize, usize, u64)>,
    Query(Wanted { start, sorted }): Query<Wanted>,
    Extension(sender): Extension<Principal>,
) -> Response {
    if !is_job_id(&job) || !owners.reaches(&sender, &job) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Ok(start) = Place::from_str(if start.is_empty() { "0" } else { &start }) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let wanted = PartitionFile {
        job,
        stage,
        partition,
        file,
        sorted,
    };
    let read = spawn_blocking(move || {
        let Some(mut partition) = wanted.open(&work_dir)? else {
            return Ok(None);
        };
        let mut headers = HeaderMap::new();
        let metadata = partition.file.metadata().map_err(unreadable)?;
        let values = [
            (FILE, partition.path.to_str().map(str::to_owned)),
            (IDENTITY, identity(&metadata)),
        ];
        for (name, value) in values {
            let value = value.and_then(|value| HeaderValue::try_from(value).ok());
            headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
        }
        let piece = partition.read(&start)?;
        let next = piece
            .next
            .and_then(|next| HeaderValue::try_from(next.to_string()).ok());
        headers.extend(next.map(|next| (HeaderName::from_static(NEXT), next)));
        Ok::<_, Error>(Some((headers, piece.bytes)))
    });
    match read.await {
        Ok(Ok(Some(piece))) => piece.into_response(),
        Ok(Ok(None)) => (StatusCode::NOT_FOUND, "it no longer has them").into_response(),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, error.message).into_response(),
        Err(panicked) => (StatusCode::INTERNAL_SERVER_ERROR, panicked.to_string()).into_response(),
    }
}
