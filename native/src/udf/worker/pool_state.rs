//! The state of a pool: its threads, and the calls that wait for a thread.

use super::event::{Event, Worker};
use crate::udf::definition::Definition;
use napi::threadsafe_function::ThreadsafeFunction;
use napi::Status;
use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::Sender;
use std::sync::Arc;

pub type Notify = ThreadsafeFunction<u32, (), u32, Status, false, true>;

/// Callbacks into TypeScript that start and end threads.
pub struct Host {
    pub start: Notify,
    pub end: Notify,
}

/// The state of a thread.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Thread {
    Starts,
    Waits,
    /// Runs the call with this number.
    Runs(u32),
}

#[derive(Default)]
pub(super) struct State {
    pub(super) idle: Vec<Worker>,
    pub(super) threads: HashMap<u32, Thread>,
    /// Calls that have no thread yet.
    pub(super) waiting: VecDeque<(u32, Sender<Event>)>,
    pub(super) calls: HashMap<u32, (Sender<Event>, Arc<Definition>)>,
    pub(super) last: u32,
    /// `None` if the pool is closed.
    pub(super) host: Option<Host>,
}

impl State {
    pub(super) fn next(&mut self) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.last
    }

    /// The number of threads without those that make tables, because the consumer of a table's rows may need
    /// a thread too.
    pub(super) fn counted(&self) -> usize {
        let makes_table = |thread: &Thread| match thread {
            Thread::Runs(call) => self.calls.get(call).is_some_and(|(_, called)| called.is_table()),
            _ => false,
        };
        let threads = self.threads.values();
        threads.filter(|thread| !makes_table(thread)).count()
    }
}
