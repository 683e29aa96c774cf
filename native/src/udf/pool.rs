//! Threads of JavaScript that functions are called on. TypeScript starts and ends them, for a thread
//! of JavaScript belongs to the one that made it; who waits for which is decided here.

use super::batch::{Input, Output};
use super::definition::Definition;
use super::log::Line;
use super::room::Room;
use super::task::Task;
use crate::error::{Code, Error, Result};
use crate::tables::remote::TableSource;
use napi::bindgen_prelude::{FnArgs, Uint8Array};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::Status;
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::block_in_place;

/// All pools of the process: threads of JavaScript share nothing else.
static POOLS: Mutex<BTreeMap<u32, Weak<Pool>>> = Mutex::new(BTreeMap::new());

/// How long a call may keep a thread of the engine; what takes longer lets others have it, such as
/// what would cancel the call.
const BRIEF: Duration = Duration::from_millis(20);

/// How many functions a thread loads before another takes its place.
const FUNCTIONS: usize = 64;

/// How long a function may take to be loaded, unless its calls may take longer.
const LOADS: Duration = Duration::from_secs(60);

/// What happens to who waits.
pub enum Event {
    /// It is its turn.
    Worker(Worker),
    /// The function is loaded.
    Ready,
    /// Some of its rows; the others follow.
    Part(Output),
    Done(Output),
    Threw {
        /// As workers write it.
        report: String,
        /// Whether the thread is still busy with it.
        goes_on: bool,
    },
    /// Its task has ended, or the pool is closed.
    Cancelled,
    /// The thread that ran it has ended by itself.
    Lost(String),
}

/// The number of the call, the hash of the function, the task, the number of rows, the input where it is
/// not in the room, the session that listens to what is printed.
pub type Call = FnArgs<(u32, String, String, u32, Option<Uint8Array>, Option<String>)>;
pub type Run = ThreadsafeFunction<Call, (), Call, Status, false>;

/// An idle thread.
pub struct Worker {
    pub id: u32,
    pub run: Run,
    pub room: Arc<Room>,
    /// The functions that it has loaded, by hash: it keeps them as long as it lives.
    pub loaded: HashSet<String>,
}

pub type Notify = ThreadsafeFunction<u32, (), u32, Status, false, true>;

pub struct Pool {
    pub id: u32,
    size: usize,
    /// Where the code of functions is fetched from that this process does not have.
    pub source: Mutex<Option<Arc<TableSource>>>,
    /// Takes what is printed for sessions of other processes.
    pub log: Mutex<Option<mpsc::Sender<Line>>>,
    state: Mutex<State>,
}

/// What TypeScript does for a pool.
pub struct Host {
    pub start: Notify,
    pub end: Notify,
}

/// What a thread does.
#[derive(Clone, Copy, PartialEq)]
enum Thread {
    Starts,
    Waits,
    /// The call with this number.
    Runs(u32),
}

#[derive(Default)]
struct State {
    idle: Vec<Worker>,
    threads: HashMap<u32, Thread>,
    /// Calls that have no thread yet.
    waiting: VecDeque<(u32, Sender<Event>)>,
    calls: HashMap<u32, (Sender<Event>, Arc<Definition>)>,
    last: u32,
    /// Absent: it is closed.
    host: Option<Host>,
}

impl State {
    fn next(&mut self) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.last
    }

    /// Threads, without those that make tables: what takes the rows may need one too.
    fn counted(&self) -> usize {
        let makes_table = |thread: &Thread| match thread {
            Thread::Runs(call) => self.calls.get(call).is_some_and(|(_, called)| called.is_table()),
            _ => false,
        };
        let threads = self.threads.values();
        threads.filter(|thread| !makes_table(thread)).count()
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({})", self.size)
    }
}

/// How a call ended without a result.
pub enum Failure {
    /// What the function threw, as workers write it.
    Thrown(String),
    Cancelled,
    TimedOut,
    Lost(String),
    Closed,
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
        pool.ok_or_else(|| Error::new(Code::Closed, "The pool of workers is closed."))
    }

    /// Calls a function with a batch; blocks, as computing it here would. `part` takes what comes before
    /// the last of its result; `false`: no more is wanted.
    pub fn call(
        &self,
        task: &Arc<Task>,
        definition: &Arc<Definition>,
        rows: usize,
        input: &Input,
        part: &mut dyn FnMut(Output) -> bool,
    ) -> std::result::Result<Output, Failure> {
        let (sender, events) = channel();
        let _watch = task.watch(sender.clone());
        let id = self.state.lock().next();
        let mut worker = loop {
            let worker = self.acquire(id, &sender, &events)?;
            let mut state = self.state.lock();
            // It may have ended since.
            if let Some(thread) = state.threads.get_mut(&worker.id) {
                *thread = Thread::Runs(id);
                state.calls.insert(id, (sender, definition.clone()));
                self.grow(&mut state);
                break worker;
            }
        };
        let input = worker.room.put(input);
        let log = definition.log.clone().or_else(|| task.log.clone());
        let task = task.name.clone();
        let args = (id, definition.hash.clone(), task, rows as u32, input, log).into();
        let loads = worker.loaded.insert(definition.hash.clone());
        worker.run.call(args, ThreadsafeFunctionCallMode::NonBlocking);
        let limit = definition.timeout().unwrap_or(Duration::MAX);
        let mut timeout = match loads {
            true => limit.max(LOADS),
            false => limit,
        };
        let event = loop {
            let began = Instant::now();
            let event = match events.recv_timeout(timeout.min(BRIEF)) {
                Err(RecvTimeoutError::Timeout) => {
                    block_in_place(|| events.recv_timeout(timeout - timeout.min(BRIEF)))
                }
                event => event,
            };
            match event {
                Ok(Event::Ready) => timeout = limit,
                Ok(Event::Part(output)) => {
                    if !part(output) {
                        break Ok(Event::Cancelled);
                    }
                    timeout = timeout.saturating_sub(began.elapsed());
                }
                event => break event,
            }
        };
        self.state.lock().calls.remove(&id);
        let failure = match event {
            Ok(Event::Done(output)) => {
                self.release(worker);
                return Ok(output);
            }
            Ok(Event::Threw { report, goes_on }) => {
                match goes_on {
                    true => self.kill(worker.id),
                    false => self.release(worker),
                }
                return Err(Failure::Thrown(report));
            }
            Ok(Event::Lost(reason)) => return Err(Failure::Lost(reason)),
            Ok(Event::Cancelled | Event::Part(_) | Event::Ready) => Failure::Cancelled,
            Ok(Event::Worker(other)) => {
                self.release(other);
                Failure::Closed
            }
            Err(RecvTimeoutError::Timeout) => Failure::TimedOut,
            Err(RecvTimeoutError::Disconnected) => Failure::Closed,
        };
        // Nothing else stops a function.
        self.kill(worker.id);
        Err(failure)
    }

    fn acquire(
        &self,
        call: u32,
        sender: &Sender<Event>,
        events: &Receiver<Event>,
    ) -> std::result::Result<Worker, Failure> {
        {
            let mut state = self.state.lock();
            if state.host.is_none() {
                return Err(Failure::Closed);
            }
            if let Some(worker) = state.idle.pop() {
                return Ok(worker);
            }
            state.waiting.push_back((call, sender.clone()));
            self.grow(&mut state);
        }
        let failure = match block_in_place(|| events.recv()) {
            Ok(Event::Worker(worker)) => return Ok(worker),
            Ok(Event::Cancelled) => Failure::Cancelled,
            Ok(Event::Lost(reason)) => Failure::Lost(reason),
            _ => Failure::Closed,
        };
        // It may have got a thread in the same moment, and gets none from now on.
        self.state.lock().waiting.retain(|(waiting, _)| *waiting != call);
        for event in events.try_iter() {
            if let Event::Worker(worker) = event {
                self.release(worker);
            }
        }
        Err(failure)
    }

    /// A thread for each that waits, as long as there is room.
    fn grow(&self, state: &mut State) {
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
        // One more than there should be, now that a table is made.
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

    fn kill(&self, worker: u32) {
        let mut state = self.state.lock();
        if state.threads.remove(&worker).is_none() {
            return;
        }
        if let Some(host) = &state.host {
            host.end.call(worker, ThreadsafeFunctionCallMode::NonBlocking);
        }
        self.grow(&mut state);
    }

    /// The thread is no more, and this is why.
    pub fn lost(&self, worker: u32, reason: String) {
        let mut state = self.state.lock();
        let told = match state.threads.remove(&worker) {
            Some(Thread::Runs(call)) => state.calls.remove(&call).map(|(caller, _)| caller),
            // So would the next.
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

    /// The function of a call.
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
                "A worker asked for the function of a call that is over.",
            )
        })
    }

    /// The call has its result, or has failed.
    pub fn end(&self, call: u32, event: Event) {
        if let Some((caller, _)) = self.state.lock().calls.remove(&call) {
            let _ = caller.send(event);
        }
    }

    /// Something that is not the end of the call.
    pub fn tell(&self, call: u32, event: Event) {
        if let Some((caller, _)) = self.state.lock().calls.get(&call) {
            let _ = caller.send(event);
        }
    }

    /// TypeScript ends the threads. Who waits is told at once.
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
