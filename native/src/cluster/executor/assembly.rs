//! Assembles an executor from Ballista's parts, registers it with its scheduler and serves.

use super::clients::ClientPool;
use super::engine::Engine;
use super::registration::{process_config, registration, registration_error, NativeExecutorOptions};
use crate::blobs::source::BlobSource;
use crate::cluster::address::without_delay;
use crate::cluster::defaults::ENGINE;
use crate::codec::logical::LogicalCodec;
use crate::codec::physical::PhysicalCodec;
use crate::config::{server_config, MESSAGE_BYTES};
use crate::error::{Error, Result};
use crate::network::connect::connect;
use crate::network::transport::Transport;
use crate::results::{partition_files, whole_results, whole_service};
use crate::stores::{self, RuntimesByStores};
use crate::tables::store_registry::{Registry, NO_LISTS};
use crate::udf::log;
use crate::udf::worker::pool::Pool;
use arrow_flight::flight_service_server::FlightServiceServer;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::BallistaCodec;
use ballista_core::RuntimeProducer;
use ballista_executor::executor::Executor;
use ballista_executor::executor_process::ExecutorProcessConfig;
use ballista_executor::executor_server;
use ballista_executor::flight_service::BallistaFlightService;
use ballista_executor::health::ExecutorHealth;
use ballista_executor::metrics::LoggingMetricsCollector;
use ballista_executor::runtime_cache::DefaultSessionRuntimeCache;
use ballista_executor::shutdown::ShutdownNotifier;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic::transport::Channel;

/// The number of sessions whose caches of file metadata are kept.
const SESSIONS: usize = 16;
/// Ballista binds a port by its number, and another process may take the port first. Then it tries again.
const PORT_ATTEMPTS: usize = 5;

pub struct Parts {
    pub executor: Arc<Executor>,
    pub scheduler: SchedulerGrpcClient<Channel>,
    pub shutdown: broadcast::Sender<()>,
}

/// The folders of an executor: for results, and for data that does not fit in memory.
pub struct Folders {
    pub jobs: String,
    pub spill: String,
}

/// Connects, registers and serves. The receiver gets a message when Ballista wants the executor to stop.
pub async fn assemble(
    options: NativeExecutorOptions,
    flight: TcpListener,
    port: u16,
    folders: Folders,
    functions: JoinHandle<Functions>,
) -> Result<(Parts, mpsc::Receiver<bool>)> {
    let channel = connect(&options.scheduler_host, options.scheduler_port).await?;
    let scheduler = SchedulerGrpcClient::new(channel.clone())
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let here = Transport::here(&options.scheduler_host, options.scheduler_port);
    let transport = here.unwrap_or(Transport::Network(channel));
    let blobs = Arc::new(BlobSource::new(transport.clone()));
    let functions = functions.await.expect("the engine's functions can be collected");
    let notifier = ShutdownNotifier::new();
    let mut attempt = 0;
    let (executor, stop) = loop {
        attempt += 1;
        let config = Arc::new(process_config(&options, port)?);
        let pool = options.udf_pool.map(Pool::find).transpose()?;
        if let Some(pool) = &pool {
            *pool.source.lock() = Some(blobs.clone());
            *pool.log.lock() = Some(log::sender(transport.clone()));
        }
        whole_results::enter(&config.executor_id);
        let engine = Engine::new(
            ClientPool::default(),
            pool,
            config.executor_id.clone(),
            PathBuf::from(&folders.spill),
        );
        let parts = (blobs.clone(), functions.clone(), engine);
        let executor = Arc::new(executor(&options, &config, &folders, parts));
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
            Err(error) => {
                whole_results::forget(&executor.metadata.id);
                if options.grpc_port != 0 || attempt == PORT_ATTEMPTS {
                    return Err(registration_error(&options, error.into()));
                }
            }
        }
    };
    tokio::spawn(sweep(blobs, executor.metadata.id.clone()));
    serve(flight, folders.jobs)?;
    let shutdown = notifier.notify_shutdown;
    let parts = Parts {
        executor,
        scheduler,
        shutdown,
    };
    Ok((parts, stop))
}

/// Serves results: by Flight to stock clients and other executors, in pieces to clients of this package.
fn serve(flight: TcpListener, jobs: String) -> Result<()> {
    let service = BallistaFlightService::new(jobs.clone());
    let service = FlightServiceServer::new(service)
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let listener = tokio::net::TcpListener::from_std(flight).map_err(Error::from)?;
    let routes = Routes::new(service)
        .into_axum_router()
        .merge(whole_service::routes())
        .merge(partition_files::routes(jobs));
    tokio::spawn(async move { axum::serve(without_delay(listener), routes).await });
    Ok(())
}

async fn sweep(blobs: Arc<BlobSource>, executor: String) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        blobs.sweep();
        whole_results::sweep(&executor);
    }
}

fn executor(
    options: &NativeExecutorOptions,
    config: &Arc<ExecutorProcessConfig>,
    folders: &Folders,
    (blobs, functions, engine): (Arc<BlobSource>, Functions, Engine),
) -> Executor {
    let pool = Arc::new(FairSpillPool::new(options.memory_limit_bytes as usize));
    let spill = folders.spill.clone();
    let runtime: RuntimeProducer = Arc::new(move |config| {
        let registry = Arc::new(Registry::with_source(blobs.clone()));
        stores::register(config, &*registry)?;
        RuntimeEnvBuilder::new()
            .with_memory_pool(pool.clone())
            .with_temp_file_path(spill.clone())
            .with_object_store_registry(registry)
            .with_object_list_cache_limit(NO_LISTS)
            .build_arc()
    });
    // All tasks share one memory pool, so the policy returns the runtime unchanged.
    let policy = Arc::new(|runtime, _: &_, _| Ok(runtime));
    let cache = RuntimesByStores(DefaultSessionRuntimeCache::new(runtime.clone(), policy, SESSIONS));
    Executor::new(
        registration(config, options),
        &folders.jobs,
        runtime,
        Arc::new(server_config),
        functions,
        Arc::new(LoggingMetricsCollector::default()),
        options.vcores as usize,
        Arc::new(engine),
    )
    .with_session_runtime_cache(Some(Arc::new(cache)))
}

pub type Functions = Arc<BallistaFunctionRegistry>;

/// All functions of DataFusion, and the Spark functions. An executor's default lacks the array functions.
pub fn functions() -> Functions {
    static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| Arc::new((&*ENGINE).into()));
    FUNCTIONS.clone()
}
