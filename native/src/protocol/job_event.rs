//! The answer of a scheduler of this package to a client that waits for a job: `GET /jobs/<id>/event`.

use prost::Message;

/// The content type of the answer. Stock schedulers answer with another.
pub const CONTENT_TYPE: &str = "application/x-ballista-job-event";

/// The query parameter for the last task that the client knows; only later events are returned.
pub const AFTER: &str = "after";

/// If all fields are unset, no event has come for a while.
#[derive(Clone, PartialEq, Message)]
pub struct JobEvent {
    #[prost(message, optional, tag = "1")]
    pub whole: Option<Whole>,
    /// Ballista's status message of a job that has ended.
    #[prost(bytes = "vec", tag = "2")]
    pub ended: Vec<u8>,
    /// A whole query has ended, and its rows are lost with their executor.
    #[prost(bool, tag = "3")]
    pub lost: bool,
}

/// An executor runs the whole query.
#[derive(Clone, PartialEq, Message)]
pub struct Whole {
    #[prost(string, tag = "1")]
    pub host: String,
    #[prost(uint32, tag = "2")]
    pub port: u32,
    /// The number of the task in the job.
    #[prost(uint64, tag = "3")]
    pub task: u64,
    /// The id of the executor.
    #[prost(string, tag = "4")]
    pub executor: String,
}
