//! A scheduler: Ballista's service, and the routes of this package on the same port.

mod drain;
mod flight_service;
mod grpc_service;
mod job_counts;
mod job_ids;
mod job_reports;
mod job_state;
mod leases;
mod metrics;
mod owners;
mod planning;
mod presence;
mod releases;
mod report_routes;
mod routes;
mod rules;
mod server;
mod state;

use super::address::{advertised, listen, port_of};
use super::ending::{end, wait};
use crate::blobs::cache::BlobCache;
use crate::codec::logical::LogicalCodec;
use crate::codec::physical::PhysicalCodec;
use crate::config::{server_config, MESSAGE_BYTES};
use crate::error::{guard, Code, Error, Result};
use crate::network::access::Access;
use crate::network::authenticator::Authenticator;
use crate::network::connect::of_scheduler;
use crate::network::credentials::Credentials;
use crate::network::guard::Guard;
use crate::network::serve::serve;
use crate::network::tls::NativeTls;
use crate::network::token::NativeToken;
use crate::network::transport::Local;
use crate::runtime::OwnedRuntime;
use crate::stores::limits::{FileLimits, NativeFileLimits};
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpc;
use ballista_core::serde::protobuf::{CleanJobDataParams, RunningTaskInfo};
use ballista_core::serde::BallistaCodec;
use ballista_scheduler::cluster::{BallistaCluster, JobState};
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::metrics::default_metrics_collector;
use datafusion::prelude::SessionConfig;
use drain::drain;
use flight_service::SchedulerFlight;
use job_ids::JobIds;
use job_reports::Reports;
use job_state::Jobs;
use leases::Leases;
use metrics::NativeSchedulerMetrics;
use napi_derive::napi;
use owners::Owners;
use routes::routes;
use server::Server;
use state::cluster_state::Executors;
use state::job_events::Events;
use state::job_failure::Failure;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch, OnceCell};
use tonic::Request;

/// More than the work needs. When Ballista has lost an executor, it waits for the lock of a job while it holds a lock
/// on the list of jobs, and other work then blocks its thread. With too few threads none is left to go on.
const THREADS: usize = 16;

#[napi(object)]
pub struct NativeSchedulerOptions {
    pub host: String,
    /// 0: a free port.
    pub port: u16,
    /// The host that executors connect to, if it is not `host`.
    pub external_host: Option<String>,
    /// Whether the scheduler and its executors take only requests of this process. Only on a loopback address.
    pub process_only: bool,
    /// The authenticator that checks tokens. Absent: requests need no token.
    pub authenticator: Option<u32>,
    pub tls: Option<NativeTls>,
    pub token: Option<NativeToken>,
    /// What the planning of queries may read. Absent: everything.
    pub files: Option<NativeFileLimits>,
    /// How many bytes of in-memory tables and code it holds for clients.
    pub upload_limit_bytes: f64,
    /// How long a job runs though its client shows no sign of life. Clients of this package have their own limit.
    pub client_timeout_ms: f64,
    /// How long it waits for running jobs when it closes.
    pub drain_timeout_ms: u32,
}

#[napi]
pub struct NativeScheduler {
    host: String,
    port: u16,
    runtime: Arc<OwnedRuntime>,
    work: Arc<Work>,
    /// How it ended, once it has.
    ended: watch::Sender<Option<Result<()>>>,
}

/// What a scheduler does. Weak, because it holds connections, which must end with the runtime.
struct Work {
    jobs: Weak<Jobs>,
    leases: Weak<Leases>,
    drain_timeout: Duration,
    drained: OnceCell<()>,
}

impl Work {
    async fn drain(&self) {
        let drained = async {
            if let (Some(jobs), Some(leases)) = (self.jobs.upgrade(), self.leases.upgrade()) {
                drain(&jobs, &leases, self.drain_timeout).await;
            }
        };
        self.drained.get_or_init(|| drained).await;
    }
}

#[napi]
impl NativeScheduler {
    /// Resolves when the scheduler accepts connections.
    #[napi(factory)]
    pub async fn start(options: NativeSchedulerOptions) -> napi::Result<Self> {
        guard(start(options)).await
    }

    #[napi(getter)]
    pub fn host(&self) -> String {
        self.host.clone()
    }

    #[napi(getter)]
    pub fn port(&self) -> u16 {
        self.port
    }

    #[napi(catch_unwind)]
    pub fn metrics(&self) -> napi::Result<NativeSchedulerMetrics> {
        let closed = || Error::new(Code::Closed, "The scheduler is closed.");
        let jobs = self.work.jobs.upgrade().ok_or_else(closed)?;
        Ok(NativeSchedulerMetrics::of(&jobs))
    }

    #[napi]
    pub async fn wait_for_termination(&self) -> napi::Result<()> {
        guard(wait(self.ended.subscribe())).await
    }

    /// Takes no new queries, and waits for those that run. Idempotent.
    #[napi]
    pub async fn drain(&self) -> napi::Result<()> {
        let work = self.work.clone();
        guard(async move {
            work.drain().await;
            Ok(())
        })
        .await
    }

    /// Drains the scheduler, and frees the port and the threads. Idempotent.
    #[napi]
    pub async fn close(&self) -> napi::Result<()> {
        let (runtime, work, ended) = (self.runtime.clone(), self.work.clone(), self.ended.clone());
        guard(async move {
            work.drain().await;
            runtime.shutdown().await;
            end(&ended, Ok(()));
            Ok(())
        })
        .await
    }
}

async fn start(options: NativeSchedulerOptions) -> Result<NativeScheduler> {
    let credentials = Credentials::new(options.tls, options.token)?;
    let listener = listen(&options.host, options.port)?;
    let port = port_of(&listener)?;
    let external = advertised(&options.host, options.external_host.as_deref())?;
    let (fail, failures) = mpsc::unbounded_channel();
    let endpoint = format!("{external}:{port}");
    let tokens = options.authenticator.map(Authenticator::find).transpose()?;
    let access = Access::new(&options.host, port, options.process_only, tokens);
    let access = Guard::new(&options.host, options.external_host.as_deref(), access);
    let owners = Arc::new(Owners::default());
    let leases = Leases::new(Duration::from_millis(options.client_timeout_ms as u64));
    let job_ids = JobIds {
        owners: owners.clone(),
        leases: leases.clone(),
    };
    let limits = FileLimits::new("this scheduler", options.files.as_ref())?;
    let events = Arc::new(Events::default());
    let executors = Executors::new(endpoint.clone(), events.clone(), fail, credentials.clone());
    let executors = Arc::new(executors);
    let config = config(
        &options.host,
        port,
        external,
        executors.clone(),
        job_ids,
        &credentials,
    );
    let runtime = OwnedRuntime::new("scheduler", THREADS)?;
    let uploads = options.upload_limit_bytes as usize;
    let host = options.host.clone();
    let ended = watch::Sender::new(None);
    let notify = ended.clone();
    let drain_timeout = Duration::from_millis(options.drain_timeout_ms.into());
    let work = runtime
        .run(async move {
            let jobs = BallistaCluster::new_from_config(&config).await?.job_state();
            let jobs = Arc::new(Jobs::new(jobs, events.clone(), executors.clone(), limits));
            let cluster = BallistaCluster::new(executors.clone(), jobs.clone());
            let mut server = Server::new_with_task_launcher(
                endpoint,
                cluster,
                BallistaCodec::new(
                    Arc::new(LogicalCodec::default()),
                    Arc::new(PhysicalCodec::default()),
                ),
                Arc::new(config),
                default_metrics_collector()?,
                executors.clone(),
            );
            server.init().await?;
            tokio::spawn(fail_jobs(server.clone(), executors.clone(), failures));
            let flight = SchedulerFlight::new(uploads, owners.clone());
            let reports = Reports::new(jobs.clone(), executors.clone(), events.clone(), owners.clone());
            tokio::spawn(leases.clone().expire(server.clone()));
            let work = Work {
                jobs: Arc::downgrade(&jobs),
                leases: Arc::downgrade(&leases),
                drain_timeout,
                drained: OnceCell::new(),
            };
            tokio::spawn(sweep(
                server.clone(),
                jobs,
                flight.held(),
                leases.clone(),
                owners.clone(),
            ));
            let routes = routes(server, executors, events, flight, leases, owners, reports);
            let local = Local::publish(&host, port, routes.clone(), Handle::current());
            tokio::spawn(async move {
                // Held as long as the server runs.
                let _local = local;
                end(&notify, serve(listener, routes, access, credentials).await);
            });
            Ok(work)
        })
        .await?;
    Ok(NativeScheduler {
        host: options.host,
        port,
        runtime: Arc::new(runtime),
        work: Arc::new(work),
        ended,
    })
}

/// Ends jobs that the scheduler's state reports as failed.
async fn fail_jobs(
    server: Server,
    executors: Arc<Executors>,
    mut failures: mpsc::UnboundedReceiver<Failure>,
) {
    while let Some(Failure { status, running }) = failures.recv().await {
        let _ = SchedulerGrpc::update_task_status(&server, Request::new(status)).await;
        if let Some(task) = running {
            let cancelled = RunningTaskInfo {
                task_id: task.task_id as u32,
                job_id: task.job_id.to_string(),
                stage_id: task.stage_id as u32,
            };
            let executors = executors.clone();
            // Not awaited: other jobs of a lost executor must fail before it is removed.
            tokio::spawn(async move { executors.cancel(&task.executor_id, vec![cancelled]).await });
        }
    }
}

/// Removes old entries once a minute.
async fn sweep(
    server: Server,
    jobs: Arc<Jobs>,
    held: Arc<BlobCache>,
    leases: Arc<Leases>,
    owners: Arc<Owners>,
) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        held.sweep();
        leases.sweep(&server).await;
        if let Ok(known) = jobs.get_all_jobs().await {
            owners.sweep(&known);
        }
        for job in jobs.sweep() {
            let unread = CleanJobDataParams {
                job_id: job.into(),
                remove_stage_ids: vec![],
            };
            let _ = SchedulerGrpc::clean_job_data(&server, Request::new(unread)).await;
        }
    }
}

fn config(
    host: &str,
    port: u16,
    external: String,
    executors: Arc<Executors>,
    job_ids: JobIds,
    credentials: &Credentials,
) -> SchedulerConfig {
    SchedulerConfig {
        bind_host: host.to_owned(),
        bind_port: port,
        external_host: external,
        // A task that cannot read another executor's output fails the job: see `Executors`.
        stage_max_failures: 1,
        // An executor that does not answer a launch is dropped at once; this timeout is for the others.
        executor_timeout_seconds: 30,
        expire_dead_executor_interval_seconds: 5,
        no_executors_grace_period_seconds: 30,
        // 0 turns off the timer of each job: `Jobs::sweep` does its work.
        finished_job_data_clean_up_interval_seconds: 0,
        finished_job_state_clean_up_interval_seconds: 0,
        grpc_server_max_decoding_message_size: MESSAGE_BYTES as u32,
        grpc_server_max_encoding_message_size: MESSAGE_BYTES as u32,
        grpc_client_max_message_size: MESSAGE_BYTES as u32,
        override_create_grpc_client_endpoint: Some(of_scheduler(credentials)),
        job_id_generator: Some(Arc::new(job_ids)),
        override_config_producer: Some(Arc::new(move || session_config(&executors))),
        ..SchedulerConfig::default()
    }
}

/// The configuration of a query before the client's settings: as many partitions as the registered executors
/// have slots.
fn session_config(executors: &Executors) -> SessionConfig {
    match executors.registered.slots() {
        0 => server_config(),
        slots => server_config().with_target_partitions(slots),
    }
}
