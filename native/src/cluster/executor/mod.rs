//! An executor: runs the tasks that its scheduler pushes to it, and serves their results.

mod assembly;
mod clients;
mod disk;
mod drain;
mod engine;
mod flight_service;
mod job_files;
mod metrics;
mod presence;
mod registration;
mod reports;
mod scheduler_link;
mod shuffle;
mod shuffles;
mod stage_files;
mod task_service;
mod tasks;
mod whole_stage;
mod work_dir;
mod worker;

use super::address::{listen, port_of};
use super::ending::{end, wait};
use crate::error::{guard, Code, Error, Result};
use crate::network::credentials::Credentials;
use crate::results::whole_results;
use crate::runtime::OwnedRuntime;
use assembly::{assemble, functions, Folders, Parts, Ports};
use drain::drain;
use metrics::{Gauges, NativeExecutorMetrics};
use napi_derive::napi;
use parking_lot::Mutex;
use registration::NativeExecutorOptions;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use work_dir::WorkDir;

#[napi]
pub struct NativeExecutor {
    id: String,
    host: String,
    port: u16,
    running: Arc<Running>,
    gauges: Gauges,
    ended: watch::Sender<Option<Result<()>>>,
}

struct Running {
    id: String,
    work_dir: WorkDir,
    /// Taken when the executor stops, because connections keep file descriptors of the runtime. A lock,
    /// because `close` and `abandon` may run at the same time.
    parts: Mutex<Option<Parts>>,
    runtime: OwnedRuntime,
    drain_timeout: Duration,
}

impl Running {
    async fn close(&self) {
        let parts = self.parts.lock().take();
        if let (Some(parts), Ok(runtime)) = (parts, self.runtime.handle()) {
            let (jobs, limit) = (self.work_dir.jobs(), self.drain_timeout);
            // Runs on the runtime, so that the parts are dropped there too.
            let stopped = runtime.spawn(async move {
                drain(&parts.tasks, &parts.link, &jobs, limit).await;
                parts.tasks.shutdown().await;
            });
            let _ = stopped.await;
        }
        self.runtime.shutdown().await;
        whole_results::forget(&self.id);
        self.work_dir.remove();
    }

    fn abandon(&self) {
        if let Some(parts) = self.parts.lock().take() {
            parts.tasks.abandon();
        }
        self.runtime.abandon();
        whole_results::forget(&self.id);
        self.work_dir.remove();
    }
}

#[napi]
impl NativeExecutor {
    /// Resolves when the scheduler has registered the executor.
    #[napi(factory)]
    pub async fn start(options: NativeExecutorOptions) -> napi::Result<Self> {
        guard(start(options)).await
    }

    #[napi(getter)]
    pub fn id(&self) -> String {
        self.id.clone()
    }

    #[napi(getter)]
    pub fn host(&self) -> String {
        self.host.clone()
    }

    #[napi(getter)]
    pub fn port(&self) -> u16 {
        self.port
    }

    #[napi(getter)]
    pub fn work_dir(&self) -> String {
        self.running.work_dir.path().to_owned()
    }

    #[napi(catch_unwind)]
    pub fn metrics(&self) -> napi::Result<NativeExecutorMetrics> {
        let closed = || Error::new(Code::Closed, "The executor is closed.");
        Ok(self.gauges.read().ok_or_else(closed)?)
    }

    #[napi]
    pub async fn wait_for_termination(&self) -> napi::Result<()> {
        guard(wait(self.ended.subscribe())).await
    }

    /// Accepts no new tasks, waits for the running tasks, frees ports and threads, and removes the work
    /// folder. Idempotent.
    #[napi]
    pub async fn close(&self) -> napi::Result<()> {
        let (running, ended) = (self.running.clone(), self.ended.clone());
        guard(async move {
            running.close().await;
            end(&ended, Ok(()));
            Ok(())
        })
        .await
    }

    /// Stops immediately and removes the work folder. For a process that is exiting.
    #[napi(catch_unwind)]
    pub fn abandon(&self) {
        self.running.abandon();
    }
}

async fn start(mut options: NativeExecutorOptions) -> Result<NativeExecutor> {
    let credentials = Credentials::new(options.tls.take(), options.token.take())?;
    let flight = listen(&options.host, options.port)?;
    let grpc = listen(&options.host, options.grpc_port)?;
    let (port, grpc_port) = (port_of(&flight)?, port_of(&grpc)?);
    let ports = Ports {
        flight,
        port,
        grpc,
        grpc_port,
    };
    let work_dir = WorkDir::create(options.work_dir.as_deref())?;
    let runtime = OwnedRuntime::new("executor", 2)?;
    // Runs meanwhile: collecting functions takes as long as connecting.
    let functions = runtime.handle()?.spawn_blocking(functions);
    let folders = Folders {
        work: work_dir.path().to_owned(),
        jobs: work_dir.jobs(),
        spill: work_dir.spill(),
    };
    let host = options.host.clone();
    let drain_timeout = Duration::from_millis(options.drain_timeout_ms.into());
    let parts = match runtime
        .run(assemble(options, credentials, ports, folders, functions))
        .await
    {
        Ok(parts) => parts,
        Err(error) => {
            runtime.shutdown().await;
            return Err(error);
        }
    };
    let id = parts.tasks.executor().to_owned();
    Ok(NativeExecutor {
        id: id.clone(),
        host,
        port,
        gauges: Gauges::new(&parts),
        running: Arc::new(Running {
            id,
            work_dir,
            parts: Mutex::new(Some(parts)),
            runtime,
            drain_timeout,
        }),
        ended: watch::Sender::new(None),
    })
}
