//! A pool of JavaScript threads that run UDFs. The pool decides which call gets which thread. TypeScript
//! starts and ends the threads, because a JavaScript thread belongs to the thread that made it.

use super::event::{Event, Worker};
use super::pool_state::{Host, State, Thread};
use crate::blobs::source::BlobSource;
use crate::error::{Code, Error, Result};
use crate::udf::definition::Definition;
use crate::udf::log::Line;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Weak};
use tokio::sync::mpsc;

/// All pools of the process, because JavaScript threads share nothing else. Weak: a pool belongs to its
/// executor or session.
static POOLS: Mutex<BTreeMap<u32, Weak<Pool>>> = Mutex::new(BTreeMap::new());

/// How many functions a thread loads before a new thread replaces it.
const FUNCTIONS: usize = 64;

pub struct Pool {
    pub id: u32,
    size: usize,
    /// Where to fetch UDF code that this process does not have. A lock, like `log`, because an executor
    /// connects after it has made the pool.
    pub source: Mutex<Option<Arc<BlobSource>>>,
    /// Takes console output for sessions of other processes.
    pub log: Mutex<Option<mpsc::Sender<Line>>>,
    /// Locked for short changes only; callers wait for a thread without it.
    pub(super) state: Mutex<State>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({})", self.size)
    }
}

impl Pool {
    pub fn open(size: usize, host: Host) -> Arc<Self> {
        let mut pools = POOLS.lock();
        let id = pools.last_key_value().map_or(0, |(last, _)| last + 1);
        let state = State {
            host: Some(host),
            ..State::default()
        };
        let pool = Arc::new(Self {
            id,
            size,
            source: Mutex::default(),
            log: Mutex::default(),
            state: Mutex::new(state),
        });
        pools.insert(id, Arc::downgrade(&pool));
        pool
    }

    pub fn find(id: u32) -> Result<Arc<Self>> {
        let pool = POOLS.lock().get(&id).and_then(Weak::upgrade);
        pool.ok_or_else(|| Error::new(Code::Closed, "The worker pool is closed."))
    }

    /// Starts a thread for a waiting call, if the pool may grow.
    pub(super) fn grow(&self, state: &mut State) {
        let threads = state.threads.values();
        let starting = threads.filter(|thread| **thread == Thread::Starts).count();
        if state.counted() < self.size && starting < state.waiting.len() {
            let id = state.next();
            state.threads.insert(id, Thread::Starts);
            if let Some(host) = &state.host {
                host.start.call(id, ThreadsafeFunctionCallMode::NonBlocking);
            }
        }
    }

    pub fn release(&self, mut worker: Worker) {
        if worker.loaded.len() >= FUNCTIONS {
            return self.kill(worker.id);
        }
        let mut state = self.state.lock();
        match state.threads.get_mut(&worker.id) {
            Some(thread) => *thread = Thread::Waits,
            None => return,
        }
        // While a thread makes a table, one more is allowed. Its table is finished, so this thread ends.
        if state.counted() > self.size {
            drop(state);
            return self.kill(worker.id);
        }
        while let Some((_, waiting)) = state.waiting.pop_front() {
            match waiting.send(Event::Worker(worker)) {
                Ok(()) => return,
                Err(unsent) => match unsent.0 {
                    Event::Worker(back) => worker = back,
                    _ => return,
                },
            }
        }
        state.idle.push(worker);
    }

    pub(super) fn kill(&self, worker: u32) {
        let mut state = self.state.lock();
        if state.threads.remove(&worker).is_none() {
            return;
        }
        if let Some(host) = &state.host {
            host.end.call(worker, ThreadsafeFunctionCallMode::NonBlocking);
        }
        self.grow(&mut state);
    }

    /// Called when a thread has ended by itself, with the reason.
    pub fn lost(&self, worker: u32, reason: String) {
        let mut state = self.state.lock();
        let told = match state.threads.remove(&worker) {
            Some(Thread::Runs(call)) => state.calls.remove(&call).map(|(caller, _)| caller),
            // Fails the first waiting call, because another new thread would probably end too.
            Some(Thread::Starts) => state.waiting.pop_front().map(|(_, first)| first),
            Some(Thread::Waits) => None,
            None => return,
        };
        state.idle.retain(|idle| idle.id != worker);
        if let Some(caller) = told {
            let _ = caller.send(Event::Lost(reason));
        }
        self.grow(&mut state);
    }

    /// The UDF of a call.
    pub fn definition(&self, call: u32) -> Result<Arc<Definition>> {
        let called = self
            .state
            .lock()
            .calls
            .get(&call)
            .map(|(_, definition)| definition.clone());
        called.ok_or_else(|| {
            Error::new(
                Code::Internal,
                "A worker requested the function of a call that has ended.",
            )
        })
    }

    /// Ends the call with its result or failure.
    pub fn end(&self, call: u32, event: Event) {
        if let Some((caller, _)) = self.state.lock().calls.remove(&call) {
            let _ = caller.send(event);
        }
    }

    /// Sends an event that does not end the call.
    pub fn tell(&self, call: u32, event: Event) {
        if let Some((caller, _)) = self.state.lock().calls.get(&call) {
            let _ = caller.send(event);
        }
    }

    /// Ends the threads, and cancels waiting callers at once.
    pub fn close(&self) {
        let closed = State {
            last: self.state.lock().last,
            ..State::default()
        };
        let open = std::mem::replace(&mut *self.state.lock(), closed);
        let running = open.calls.values().map(|(caller, _)| caller);
        let waiting = open.waiting.iter().map(|(_, caller)| caller);
        for caller in running.chain(waiting) {
            let _ = caller.send(Event::Cancelled);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        POOLS.lock().remove(&self.id);
    }
}
