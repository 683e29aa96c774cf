//! A tokio runtime with an owner: shutting it down ends everything that runs on it.

use crate::error::{Code, Error, Result};
use parking_lot::Mutex;
use std::future::Future;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// The engine walks plans and expressions recursively, and a stack overflow would end the process. The limits of
/// `plan::depth` fit this.
const STACK_BYTES: usize = 16 << 20;

/// What may be left of a stack before the engine's recursive functions go on with another one. They are those that
/// `recursive` marks. In between they call others that are recursive, too, and not marked: Drop, Clone, Display.
const LEAST_STACK_BYTES: usize = 1 << 20;

/// Input of fewer bytes is never deep enough for more than a usual stack.
const SHORT: usize = 4 << 10;

/// For work on plans, whose size is not known.
pub const ANY_SIZE: usize = usize::MAX;

/// Prepares the process for deep plans.
pub fn enlarge_stacks() {
    recursive::set_minimum_stack_size(LEAST_STACK_BYTES);
    recursive::set_stack_allocation_size(STACK_BYTES);
}

/// Runs work that is recursive in its input. The threads of JavaScript have stacks of 8 MiB, or 4 MiB in workers.
pub fn on_large_stack<T>(input_bytes: usize, work: impl FnOnce() -> T) -> T {
    match input_bytes < SHORT {
        true => work(),
        false => stacker::maybe_grow(STACK_BYTES / 2, STACK_BYTES, work),
    }
}
const SHUTDOWN: Duration = Duration::from_secs(5);

pub fn builder(name: &str, threads: usize) -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder
        .thread_name(name)
        .worker_threads(threads)
        .thread_stack_size(STACK_BYTES)
        .enable_all();
    builder
}

/// The threads that run tasks of queries. Their stacks are as large as those that decode plans, because expressions are
/// evaluated recursively, too. On Linux they give way to threads that answer requests.
pub fn task_builder(threads: usize) -> Builder {
    let mut builder = builder("task_runner", threads);
    builder.on_thread_start(lower_priority);
    builder
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)]
fn lower_priority() {
    // SAFETY: takes numbers, and changes only the calling thread.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 10) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn lower_priority() {}

/// Locked to take a handle, or to take the runtime at shutdown; `None` after that.
pub struct OwnedRuntime(Mutex<Option<Runtime>>);

impl OwnedRuntime {
    pub fn new(name: &str, threads: usize) -> Result<Self> {
        Self::build(name, builder(name, threads))
    }

    pub fn build(name: &str, mut builder: Builder) -> Result<Self> {
        let runtime = builder.build().map_err(|error| {
            Error::new(
                Code::Io,
                format!("The threads of the {name} runtime could not be started: {error}."),
            )
        })?;
        Ok(Self(Mutex::new(Some(runtime))))
    }

    pub fn handle(&self) -> Result<Handle> {
        let runtime = self.0.lock();
        let runtime = runtime
            .as_ref()
            .ok_or_else(|| Error::new(Code::Closed, "The session, scheduler or executor is closed."))?;
        Ok(runtime.handle().clone())
    }

    /// Runs `work` on this runtime, awaited from another one.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        match self.handle()?.spawn(work).await {
            Ok(result) => result,
            Err(error) => Err(Error::new(
                Code::Internal,
                format!("The engine panicked, which is a bug: {error}."),
            )),
        }
    }

    /// Ends everything that runs on it. Needed because a runtime cannot be dropped on a thread of another
    /// runtime.
    pub async fn shutdown(&self) {
        let Some(runtime) = self.0.lock().take() else {
            return;
        };
        let (done, ended) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            runtime.shutdown_timeout(SHUTDOWN);
            let _ = done.send(());
        });
        let _ = ended.await;
    }

    pub fn abandon(&self) {
        if let Some(runtime) = self.0.lock().take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for OwnedRuntime {
    fn drop(&mut self) {
        self.abandon();
    }
}
