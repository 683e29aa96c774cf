//! What a scheduler of this package reports about its jobs:
//!
//! - `GET /jobs` and `GET /jobs/<id>` answer with `JobReports`. With `?tasks=true`, stages of running jobs have their tasks.
//! - `GET /jobs/<id>/progress` answers with a stream of `JobReport`s, which ends with the job.

use axum::body::Body;
use futures::stream::{self, BoxStream};
use futures::StreamExt;
use prost::bytes::{Buf, Bytes, BytesMut};
use prost::{DecodeError, Enumeration, Message};
use std::error::Error;

/// The content type of all of them. Stock schedulers answer with another.
pub const CONTENT_TYPE: &str = "application/x-ballista-job-report";

/// The most bytes that the length of a report takes.
const LENGTH_BYTES: usize = 10;

#[derive(Clone, Copy, Debug, Enumeration, Eq, PartialEq)]
#[repr(i32)]
pub enum JobState {
    /// The scheduler plans it, or it waits for slots.
    Queued = 0,
    Running = 1,
    Succeeded = 2,
    Failed = 3,
    Cancelled = 4,
}

#[derive(Clone, Copy, Debug, Enumeration, Eq, PartialEq)]
#[repr(i32)]
pub enum StageState {
    /// It waits for stages that it reads from, or for slots.
    Waiting = 0,
    Running = 1,
    Succeeded = 2,
    Failed = 3,
}

impl JobState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl StageState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, PartialEq, Message)]
pub struct JobReports {
    #[prost(message, repeated, tag = "1")]
    pub jobs: Vec<JobReport>,
}

/// Times are in milliseconds since 1970; 0 if not known.
#[derive(Clone, PartialEq, Message)]
pub struct JobReport {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(string, tag = "2")]
    pub name: String,
    #[prost(enumeration = "JobState", tag = "3")]
    pub state: i32,
    #[prost(string, tag = "4")]
    pub session: String,
    #[prost(string, tag = "5")]
    pub owner: String,
    #[prost(uint64, tag = "6")]
    pub queued: u64,
    #[prost(uint64, tag = "7")]
    pub started: u64,
    #[prost(uint64, tag = "8")]
    pub ended: u64,
    /// The text of a failure, as the engine has it.
    #[prost(string, tag = "9")]
    pub error: String,
    /// Whether one executor runs the query alone.
    #[prost(bool, tag = "10")]
    pub whole: bool,
    /// In the order of their numbers. Empty until the job is planned.
    #[prost(message, repeated, tag = "11")]
    pub stages: Vec<StageReport>,
}

impl JobReport {
    /// What ended tasks of all stages have written.
    pub fn rows(&self) -> u64 {
        self.stages.iter().map(|stage| stage.rows).sum()
    }

    pub fn bytes(&self) -> u64 {
        self.stages.iter().map(|stage| stage.bytes).sum()
    }
}

#[derive(Clone, PartialEq, Message)]
pub struct StageReport {
    #[prost(uint32, tag = "1")]
    pub stage: u32,
    #[prost(uint32, tag = "2")]
    pub attempt: u32,
    #[prost(enumeration = "StageState", tag = "3")]
    pub state: i32,
    /// The numbers of partitions: an executor may get several of them as one task.
    #[prost(uint32, tag = "4")]
    pub done: u32,
    #[prost(uint32, tag = "5")]
    pub running: u32,
    #[prost(uint32, tag = "6")]
    pub total: u32,
    /// What ended tasks have written.
    #[prost(uint64, tag = "7")]
    pub rows: u64,
    #[prost(uint64, tag = "8")]
    pub bytes: u64,
    #[prost(message, repeated, tag = "9")]
    pub tasks: Vec<TaskReport>,
}

#[derive(Clone, PartialEq, Message)]
pub struct TaskReport {
    #[prost(uint32, tag = "1")]
    pub task: u32,
    #[prost(string, tag = "2")]
    pub executor: String,
    #[prost(uint32, tag = "3")]
    pub partitions: u32,
    #[prost(enumeration = "StageState", tag = "4")]
    pub state: i32,
    #[prost(uint64, tag = "5")]
    pub rows: u64,
    #[prost(uint64, tag = "6")]
    pub bytes: u64,
    #[prost(uint64, tag = "7")]
    pub launched: u64,
    #[prost(uint64, tag = "8")]
    pub ended: u64,
}

impl JobReport {
    pub fn has_ended(&self) -> bool {
        matches!(
            self.state(),
            JobState::Succeeded | JobState::Failed | JobState::Cancelled
        )
    }

    /// A piece of the stream of reports.
    pub fn framed(&self) -> Bytes {
        self.encode_length_delimited_to_vec().into()
    }
}

/// Takes the first report from the bytes of a stream. `None`: it has not arrived completely.
fn take(bytes: &mut BytesMut) -> Result<Option<JobReport>, DecodeError> {
    let length = match prost::decode_length_delimiter(&bytes[..]) {
        Ok(length) => length,
        Err(_) if bytes.len() < LENGTH_BYTES => return Ok(None),
        Err(error) => return Err(error),
    };
    let start = prost::length_delimiter_len(length);
    if bytes.len() < start.saturating_add(length) {
        return Ok(None);
    }
    bytes.advance(start);
    JobReport::decode(bytes.split_to(length)).map(Some)
}

/// The reports of a stream.
pub fn reports(body: Body) -> BoxStream<'static, Result<JobReport, Box<dyn Error + Send + Sync>>> {
    let state = (body.into_data_stream(), BytesMut::new());
    let reports = stream::try_unfold(state, |(mut body, mut bytes)| async move {
        loop {
            if let Some(report) = take(&mut bytes)? {
                return Ok(Some((report, (body, bytes))));
            }
            match body.next().await {
                Some(piece) => bytes.extend_from_slice(&piece?),
                None => return Ok::<_, Box<dyn Error + Send + Sync>>(None),
            }
        }
    });
    reports.boxed()
}
