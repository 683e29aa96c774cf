//! Events that a pool sends to the caller of a UDF; an idle thread is one of them.

use super::batch::Output;
use super::shared_memory::SharedMemory;
use napi::bindgen_prelude::{FnArgs, Uint8Array};
use napi::threadsafe_function::ThreadsafeFunction;
use napi::Status;
use std::collections::HashSet;
use std::sync::Arc;

/// An event for the caller.
pub enum Event {
    /// A thread is free for the call.
    Worker(Worker),
    /// The function is loaded.
    Ready,
    /// Some of the result's rows; more follow.
    Part(Output),
    Done(Output),
    Threw {
        /// As workers write it.
        report: String,
        /// Whether the thread is still busy with the call.
        goes_on: bool,
    },
    /// The task has ended, or the pool is closed.
    Cancelled,
    /// The thread ended by itself.
    Lost(String),
}

/// The number of the call, the hash of the function, the task, the number of rows, the input if it does not
/// fit in the shared memory, the session that listens to the console output.
pub type Call = FnArgs<(u32, String, String, u32, Option<Uint8Array>, Option<String>)>;
pub type Run = ThreadsafeFunction<Call, (), Call, Status, false>;

/// An idle thread.
pub struct Worker {
    pub id: u32,
    pub run: Run,
    pub memory: Arc<SharedMemory>,
    /// The loaded functions, by hash. A thread keeps them until it ends.
    pub loaded: HashSet<String>,
}
