//! A call of a UDF, on the tokio thread that waits for its result.

use super::batch::{Input, Output};
use super::event::{Event, Worker};
use super::pool::Pool;
use super::pool_state::Thread;
use super::task::Task;
use crate::udf::definition::Definition;
use crate::udf::failure::Failure;
use napi::threadsafe_function::ThreadsafeFunctionCallMode;
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How long a call may block a tokio thread. A longer call lets other work use the thread, for example work
/// that cancels the call.
const BRIEF: Duration = Duration::from_millis(20);

/// How long loading a function may take, unless the limit of its calls is longer.
const LOADS: Duration = Duration::from_secs(60);

type Called = Result<Event, RecvTimeoutError>;

impl Pool {
    /// Calls a function with a batch, and blocks until it ends. `part` gets every output but the last; it
    /// returns false to stop.
    pub fn call(
        &self,
        task: &Arc<Task>,
        definition: &Arc<Definition>,
        rows: usize,
        input: &Input,
        part: &mut dyn FnMut(Output) -> bool,
    ) -> Result<Output, Failure> {
        let (sender, events) = channel();
        let _watch = task.watch(sender.clone());
        let id = self.state.lock().next();
        let mut worker = self.started(id, sender, &events, definition)?;
        let input = worker.memory.put(input);
        let log = definition.log.clone().or_else(|| task.log.clone());
        let task = task.name.clone();
        let args = (id, definition.hash.clone(), task, rows as u32, input, log).into();
        let loads = worker.loaded.insert(definition.hash.clone());
        worker.run.call(args, ThreadsafeFunctionCallMode::NonBlocking);
        let limit = definition.timeout().unwrap_or(Duration::MAX);
        let end = wait(&events, limit, loads, part);
        self.state.lock().calls.remove(&id);
        self.result(worker, end)
    }

    /// Acquires a thread and marks it as running this call.
    fn started(
        &self,
        id: u32,
        sender: Sender<Event>,
        events: &Receiver<Event>,
        definition: &Arc<Definition>,
    ) -> Result<Worker, Failure> {
        loop {
            let worker = self.acquire(id, &sender, events)?;
            let mut state = self.state.lock();
            // The thread may have ended since.
            if let Some(thread) = state.threads.get_mut(&worker.id) {
                *thread = Thread::Runs(id);
                state.calls.insert(id, (sender, definition.clone()));
                self.grow(&mut state);
                return Ok(worker);
            }
        }
    }

    /// Maps the end of a call to a result, and releases or kills the thread.
    fn result(&self, worker: Worker, end: Called) -> Result<Output, Failure> {
        let failure = match end {
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
        // A running function can only be stopped by killing its thread.
        self.kill(worker.id);
        Err(failure)
    }

    fn acquire(
        &self,
        call: u32,
        sender: &Sender<Event>,
        events: &Receiver<Event>,
    ) -> Result<Worker, Failure> {
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
        // Stops waiting. The call may have got a thread in the same moment, which is released.
        self.state.lock().waiting.retain(|(waiting, _)| *waiting != call);
        for event in events.try_iter() {
            if let Event::Worker(worker) = event {
                self.release(worker);
            }
        }
        Err(failure)
    }
}

/// Waits for the end of a call. `limit` is the time for each part of the result; `loads` adds time to load
/// the function.
fn wait(
    events: &Receiver<Event>,
    limit: Duration,
    loads: bool,
    part: &mut dyn FnMut(Output) -> bool,
) -> Called {
    let mut timeout = match loads {
        true => limit.max(LOADS),
        false => limit,
    };
    loop {
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
                    return Ok(Event::Cancelled);
                }
                timeout = timeout.saturating_sub(began.elapsed());
            }
            event => return event,
        }
    }
}
