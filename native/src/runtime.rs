//! A tokio runtime with an owner: shutting it down ends everything that runs on it.

use crate::error::{Code, Error, Result};
use parking_lot::Mutex;
use std::future::Future;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// Plans are decoded recursively. A stack overflow on a deep plan would end the process.
const STACK_BYTES: usize = 16 << 20;
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

/// Locked to take a handle, or to take the runtime at shutdown; `None` after that.
pub struct OwnedRuntime(Mutex<Option<Runtime>>);

impl OwnedRuntime {
    pub fn new(name: &str, threads: usize) -> Result<Self> {
        let runtime = builder(name, threads).build().map_err(|error| {
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
