//! Serves the files that stages write, in pieces: `GET /partitions/<job>/<stage>/<partition>/<file>`.
//!
//! A piece has some megabytes. Its bytes are those of the file, which is an Arrow IPC stream. Between two
//! requests a client holds no connection and no flow-control window, however slowly it reads. A client that
//! can open the file reads it directly.

use super::job_owners::JobOwners;
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
use datafusion::arrow::ipc::{root_as_message, MessageHeader};
use prost::bytes::Bytes;
use serde::Deserialize;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::PathBuf;
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
#[derive(Clone, Debug, Deserialize)]
pub struct PartitionFile {
    pub job: String,
    pub stage: usize,
    pub partition: usize,
    pub file: u64,
}

impl PartitionFile {
    pub fn url_path(&self) -> String {
        let Self {
            job,
            stage,
            partition,
            file,
        } = self;
        format!("/partitions/{job}/{stage}/{partition}/{file}")
    }

    pub fn path(&self, work_dir: &str) -> Result<PathBuf> {
        let job = self.job.as_str().into();
        let path = create_shuffle_path(work_dir, &job, self.stage, self.partition, Some(self.file), false);
        Ok(path?)
    }
}

/// Opens the file of an executor's answer, if this process can read it too.
pub fn open(answer: &HeaderMap) -> Option<File> {
    let told = |name| answer.get(name).and_then(|value| value.to_str().ok());
    // Opening anything else than a file may block.
    let path = std::path::Path::new(told(FILE)?);
    let file = path.is_file().then(|| File::open(path))?.ok()?;
    (identity(&file)? == told(IDENTITY)?).then_some(file)
}

fn identity(file: &File) -> Option<String> {
    let metadata = file.metadata().ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}-{}", metadata.len(), modified.as_nanos()))
}

/// Some batches of a file.
pub struct Piece {
    /// An IPC stream.
    pub bytes: Bytes,
    /// The position of the next piece.
    pub next: Option<u64>,
}

impl Piece {
    /// Reads the piece at `start`; the first piece is at 0.
    pub fn read(file: &mut File, start: u64) -> Result<Self> {
        let mut bytes = vec![];
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let schema = Message::read(file, &mut bytes)?;
        let Some(schema) = schema else {
            return Err(damaged());
        };
        let mut at = start.max(schema.length);
        file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        let mut dictionaries = false;
        let more = loop {
            let Some(message) = Message::read(file, &mut bytes)? else {
                break false;
            };
            at += message.length;
            // Batches need the dictionaries before them, so a piece with dictionaries goes on to the end.
            dictionaries |= message.is_dictionary;
            if bytes.len() >= PIECE_BYTES && !dictionaries {
                break true;
            }
        };
        bytes.extend_from_slice(&IPC_END);
        Ok(Self {
            bytes: bytes.into(),
            next: more.then_some(at),
        })
    }
}

const CONTINUES: [u8; 4] = [0xff; 4];

struct Message {
    length: u64,
    is_dictionary: bool,
}

impl Message {
    /// Appends the next message to `bytes`; `None` at the end.
    fn read(file: &mut File, bytes: &mut Vec<u8>) -> Result<Option<Self>> {
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
        let is_dictionary = header.header_type() == MessageHeader::DictionaryBatch;
        let body = u64::try_from(header.bodyLength()).map_err(|_| damaged())?;
        take(file, bytes, body)?;
        Ok(Some(Self {
            length: (bytes.len() - start) as u64,
            is_dictionary,
        }))
    }
}

fn take(file: &mut File, bytes: &mut Vec<u8>, length: u64) -> Result<()> {
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

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    start: u64,
}

/// `work_dir` is that of the executor.
pub fn routes(work_dir: String, owners: Arc<JobOwners>) -> Router {
    Router::new()
        .route("/partitions/{job}/{stage}/{partition}/{file}", get(piece))
        .with_state((work_dir.into(), owners))
}

async fn piece(
    State((work_dir, owners)): State<(Arc<str>, Arc<JobOwners>)>,
    Path(wanted): Path<PartitionFile>,
    Query(Wanted { start }): Query<Wanted>,
    Extension(sender): Extension<Principal>,
) -> Response {
    if !is_job_id(&wanted.job) || !owners.reaches(&sender, &wanted.job) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let read = spawn_blocking(move || {
        let path = wanted.path(&work_dir)?;
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => file.map_err(unreadable)?,
        };
        let mut headers = HeaderMap::new();
        let values = [
            (FILE, path.to_str().map(str::to_owned)),
            (IDENTITY, identity(&file)),
        ];
        for (name, value) in values {
            let value = value.and_then(|value| HeaderValue::try_from(value).ok());
            headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
        }
        Ok::<_, Error>(Some((headers, Piece::read(&mut file, start)?)))
    });
    match read.await {
        Ok(Ok(Some((mut headers, piece)))) => {
            if let Some(next) = piece.next {
                headers.insert(NEXT, next.into());
            }
            (headers, piece.bytes).into_response()
        }
        Ok(Ok(None)) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, error.message).into_response(),
        Err(panicked) => (StatusCode::INTERNAL_SERVER_ERROR, panicked.to_string()).into_response(),
    }
}
