//! An executor: runs tasks that its scheduler pushes to it, and serves their results.

use super::address::{advertised, listen, literal, port_of, resolve};
use super::clients::ClientPool;
use super::drain::drain;
use super::engine::Engine;
use super::runtime::OwnedRuntime;
use super::scheduler::{end, wait};
use super::work_dir::WorkDir;
use crate::client::connection::connect;
use crate::codec::PhysicalCodec;
use crate::config::{server_config, MESSAGE_BYTES};
use crate::error::{guard, Code, Error, Result};
use crate::plan::codec::LogicalCodec;
use crate::stores::RuntimesByStores;
use crate::tables::registry::{Registry, NO_LISTS};
use crate::tables::remote::TableSource;
use crate::udf::log;
use crate::udf::pool::Pool;
use crate::{spark, stores};
use arrow_flight::flight_service_server::FlightServiceServer;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::BallistaCodec;
use ballista_core::utils::default_session_builder;
use ballista_core::RuntimeProducer;
use ballista_executor::executor::Executor;
use ballista_executor::executor_process::{structure_executor_metadata, ExecutorProcessConfig};
use ballista_executor::executor_server;
use ballista_executor::flight_service::BallistaFlightService;
use ballista_executor::health::ExecutorHealth;
use ballista_executor::metrics::LoggingMetricsCollector;
use ballista_executor::runtime_cache::DefaultSessionRuntimeCache;
use ballista_executor::shutdown::ShutdownNotifier;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use napi_derive::napi;
use parking_lot::Mutex;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};

const HEARTBEAT_SECONDS: u64 = 5;
/// Sessions whose caches of file metadata are kept.
const SESSIONS: usize = 16;
/// How the ids of executors begin that run functions of TypeScript: no other message tells the scheduler.
const RUNS_FUNCTIONS: &str = "node-udf-";
const RUNS_NONE: &str = "node-";
/// The engine binds one port by number: another process may take it in between.
const PORT_ATTEMPTS: usize = 5;

#[napi(object)]
pub struct NativeExecutorOptions {
    pub scheduler_host: String,
    pub scheduler_port: u16,
    pub host: String,
    /// Where results are fetched from. 0: one that is free.
    pub port: u16,
    /// Where the scheduler sends tasks to. 0: one that is free.
    pub grpc_port: u16,
    /// What others connect to, if it is not `host`.
    pub external_host: Option<String>,
    pub vcores: u32,
    /// What all tasks together may take before they spill to disk.
    pub memory_limit_bytes: f64,
    /// The folder in which the executor makes its own, and removes it; absent: the system's
    /// temporary folder.
    pub work_dir: Option<String>,
    /// The pool of workers for functions of TypeScript; absent: they are off.
    pub udf_pool: Option<u32>,
}

pub fn runs_functions(id: &str) -> bool {
    id.starts_with(RUNS_FUNCTIONS)
}

#[napi]
pub struct NativeExecutor {
    id: String,
    host: String,
    port: u16,
    running: Arc<Running>,
    ended: watch::Sender<Option<Result<()>>>,
}

struct Running {
    work_dir: WorkDir,
    closing: Arc<AtomicBool>,
    /// Taken when it stops: connections keep descriptors of the runtime.
    parts: Mutex<Option<Parts>>,
    runtime: OwnedRuntime,
}

impl Running {
    async fn close(&self) {
        self.closing.store(true, Ordering::Release);
        let parts = self.parts.lock().take();
        if let (Some(parts), Ok(runtime)) = (parts, self.runtime.handle()) {
            let jobs = self.work_dir.jobs();
            // Dropped there too.
            let stopped = runtime.spawn(async move {
                drain(parts.executor.clone(), parts.scheduler.clone(), &jobs).await;
                let _ = parts.shutdown.send(());
            });
            let _ = stopped.await;
        }
        self.runtime.shutdown().await;
        self.work_dir.remove();
    }

    fn abandon(&self) {
        self.closing.store(true, Ordering::Release);
        self.parts.lock().take();
        self.runtime.abandon();
        self.work_dir.remove();
    }
}

#[napi]
impl NativeExecutor {
    /// Resolves when the scheduler has registered it.
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

    #[napi]
    pub async fn wait_for_termination(&self) -> napi::Result<()> {
        guard(wait(self.ended.subscribe())).await
    }

    /// Takes no new tasks, lets the running ones end, frees ports and threads and removes the
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

    /// Stops at once and removes the folder: for a process that is ending.
    #[napi(catch_unwind)]
    pub fn abandon(&self) {
        self.running.abandon();
    }
}

async fn start(options: NativeExecutorOptions) -> Result<NativeExecutor> {
    let flight = listen(&options.host, options.port)?;
    let port = port_of(&flight)?;
    let work_dir = WorkDir::create(options.work_dir.as_deref())?;
    let runtime = OwnedRuntime::new("executor", 2)?;
    let folders = (work_dir.jobs(), work_dir.spill());
    let host = options.host.clone();
    let parts = runtime.run(assemble(options, flight, port, folders)).await;
    let (parts, mut stop) = match parts {
        Ok(parts) => parts,
        Err(error) => {
            runtime.shutdown().await;
            return Err(error);
        }
    };
    let ended = watch::Sender::new(None);
    let notify = ended.clone();
    let closing = Arc::new(AtomicBool::new(false));
    let ours = closing.clone();
    // The engine asks to stop when the scheduler says so. When that does not answer any more, it
    // stops of itself, and with it goes the other end.
    runtime.handle()?.spawn(async move {
        stop.recv().await;
        if !ours.load(Ordering::Acquire) {
            let lost = Error::new(Code::Connection, "The executor lost its scheduler.");
            end(&notify, Err(lost));
        }
    });
    Ok(NativeExecutor {
        id: parts.executor.metadata.id.clone(),
        host,
        port,
        running: Arc::new(Running {
            work_dir,
            closing,
            parts: Mutex::new(Some(parts)),
            runtime,
        }),
        ended,
    })
}

struct Parts {
    executor: Arc<Executor>,
    scheduler: SchedulerGrpcClient<Channel>,
    shutdown: broadcast::Sender<()>,
}

async fn assemble(
    options: NativeExecutorOptions,
    flight: TcpListener,
    port: u16,
    (jobs, spill): (String, String),
) -> Result<(Parts, mpsc::Receiver<bool>)> {
    let channel = connect(&options.scheduler_host, options.scheduler_port).await?;
    let scheduler = SchedulerGrpcClient::new(channel.clone())
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let lines = channel.clone();
    let tables = Arc::new(TableSource::new(channel));
    let notifier = ShutdownNotifier::new();
    tokio::spawn(sweep(tables.clone()));

    let mut attempt = 0;
    let (executor, stop) = loop {
        attempt += 1;
        let config = Arc::new(process_config(&options, port)?);
        let pool = options.udf_pool.map(Pool::find).transpose()?;
        if let Some(pool) = &pool {
            *pool.source.lock() = Some(tables.clone());
            *pool.log.lock() = Some(log::sender(lines.clone()));
        }
        let engine = Engine::new(ClientPool::default(), pool);
        let executor = Arc::new(executor(&options, &config, &jobs, &spill, tables.clone(), engine));
        let (stop_sender, stop) = mpsc::channel(1);
        let codec: BallistaCodec<LogicalPlanNode, PhysicalPlanNode> = BallistaCodec::new(
            Arc::new(LogicalCodec::default()),
            Arc::new(PhysicalCodec::default()),
        );
        let started = executor_server::startup(
            scheduler.clone(),
            config,
            executor.clone(),
            codec,
            stop_sender,
            &notifier,
            ExecutorHealth::new(),
        );
        match started.await {
            Ok(_) => break (executor, stop),
            Err(_) if options.grpc_port == 0 && attempt < PORT_ATTEMPTS => {}
            Err(error) => return Err(registration_error(&options, error.into())),
        }
    };

    let service = BallistaFlightService::new(jobs);
    let service = FlightServiceServer::new(service)
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let listener = tokio::net::TcpListener::from_std(flight).map_err(Error::from)?;
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    tokio::spawn(
        Server::builder()
            .add_service(service)
            .serve_with_incoming(incoming),
    );
    let shutdown = notifier.notify_shutdown;
    let parts = Parts {
        executor,
        scheduler,
        shutdown,
    };
    Ok((parts, stop))
}

async fn sweep(tables: Arc<TableSource>) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        tables.sweep();
    }
}

fn registration_error(options: &NativeExecutorOptions, error: Error) -> Error {
    Error::new(
        Code::Connection,
        format!(
            "The scheduler at {}:{} did not register the executor: {}",
            options.scheduler_host, options.scheduler_port, error.message
        ),
    )
}

fn process_config(options: &NativeExecutorOptions, port: u16) -> Result<ExecutorProcessConfig> {
    let grpc_port = match options.grpc_port {
        // Free when asked; the engine binds it by number a moment later.
        0 => port_of(&listen(&options.host, 0)?)?,
        chosen => {
            listen(&options.host, chosen)?;
            chosen
        }
    };
    let prefix = match options.udf_pool {
        Some(_) => RUNS_FUNCTIONS,
        None => RUNS_NONE,
    };
    Ok(ExecutorProcessConfig {
        executor_id: format!("{prefix}{}", uuid::Uuid::new_v4()),
        bind_host: literal(resolve(&options.host)?),
        external_host: Some(advertised(&options.host, options.external_host.as_deref())?),
        port,
        grpc_port,
        vcores: options.vcores as usize,
        task_scheduling_policy: TaskSchedulingPolicy::PushStaged,
        grpc_max_decoding_message_size: MESSAGE_BYTES as u32,
        grpc_max_encoding_message_size: MESSAGE_BYTES as u32,
        executor_heartbeat_interval_seconds: HEARTBEAT_SECONDS,
        ..ExecutorProcessConfig::default()
    })
}

fn executor(
    options: &NativeExecutorOptions,
    config: &Arc<ExecutorProcessConfig>,
    jobs: &str,
    spill: &str,
    tables: Arc<TableSource>,
    engine: Engine,
) -> Executor {
    let pool = Arc::new(FairSpillPool::new(options.memory_limit_bytes as usize));
    let spill = spill.to_owned();
    let runtime: RuntimeProducer = Arc::new(move |config| {
        let registry = Arc::new(Registry::with_source(tables.clone()));
        stores::register(config, &*registry)?;
        RuntimeEnvBuilder::new()
            .with_memory_pool(pool.clone())
            .with_temp_file_path(spill.clone())
            .with_object_store_registry(registry)
            .with_object_list_cache_limit(NO_LISTS)
            .build_arc()
    });
    // One pool for all tasks, so nothing is left to do for each.
    let policy = Arc::new(|runtime, _: &_, _| Ok(runtime));
    let cache = RuntimesByStores(DefaultSessionRuntimeCache::new(runtime.clone(), policy, SESSIONS));
    Executor::new(
        structure_executor_metadata(config, options.vcores),
        jobs,
        runtime,
        Arc::new(server_config),
        Arc::new(functions()),
        Arc::new(LoggingMetricsCollector::default()),
        options.vcores as usize,
        Arc::new(engine),
    )
    .with_session_runtime_cache(Some(Arc::new(cache)))
}

/// All functions of the engine, and Spark's: the default of an executor lacks those of arrays.
fn functions() -> BallistaFunctionRegistry {
    let mut state = default_session_builder(server_config()).expect("the engine's own defaults");
    spark::register(&mut state).expect("functions of this version");
    (&state).into()
}
