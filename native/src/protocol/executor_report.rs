//! What a scheduler of this package reports about its executors: `GET /executors`.

use prost::Message;

/// The content type of the answer. Stock schedulers answer with another.
pub const CONTENT_TYPE: &str = "application/x-ballista-executor-report";

pub const PATH: &str = "/executors";

#[derive(Clone, PartialEq, Message)]
pub struct ExecutorReports {
    #[prost(message, repeated, tag = "1")]
    pub executors: Vec<ExecutorReport>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ExecutorReport {
    #[prost(string, tag = "1")]
    pub id: String,
    #[prost(string, tag = "2")]
    pub host: String,
    #[prost(uint32, tag = "3")]
    pub port: u32,
    #[prost(uint32, tag = "4")]
    pub grpc_port: u32,
    #[prost(uint32, tag = "5")]
    pub slots: u32,
    #[prost(uint32, tag = "6")]
    pub free_slots: u32,
    #[prost(uint32, tag = "7")]
    pub running_tasks: u32,
    /// The memory for all tasks in bytes; 0 if not known.
    #[prost(uint64, tag = "8")]
    pub task_memory: u64,
    #[prost(bool, tag = "9")]
    pub runs_functions: bool,
    #[prost(bool, tag = "10")]
    pub closing: bool,
    #[prost(bool, tag = "11")]
    pub disk_full: bool,
    /// The last heartbeat, in milliseconds since 1970; 0 if there was none.
    #[prost(uint64, tag = "12")]
    pub seen: u64,
}

impl ExecutorReport {
    pub fn state(&self) -> &'static str {
        match (self.closing, self.disk_full) {
            (true, _) => "closing",
            (false, true) => "diskFull",
            (false, false) => "active",
        }
    }
}
