//! Assembles an executor from its parts, registers it with its scheduler and serves.

use super::clients::ClientPool;
use super::disk::Disk;
use super::engine::Engine;
use super::flight_service::{ExecutorFlight, TICKET_BYTES};
use super::presence;
use super::registration::{registration, registration_error, NativeExecutorOptions};
use super::reports::report;
use super::scheduler_link::SchedulerLink;
use super::shuffle::Source;
use super::task_service::TaskService;
use super::tasks::Tasks;
use super::worker::{Functions, Worker};
use crate::blobs::source::BlobSource;
use crate::cluster::defaults::ENGINE;
use crate::config::MESSAGE_BYTES;
use crate::error::Result;
use crate::network::access::{Access, Own};
use crate::network::authenticator::Authenticator;
use crate::network::credentials::Credentials;
use crate::network::guard::Guard;
use crate::network::rows_port::RowsPorts;
use crate::network::serve::serve;
use crate::network::transport::Local;
use crate::protocol::presence::executor as path_of;
use crate::results::job_disk::JobDisks;
use crate::results::job_owners::JobOwners;
use crate::results::{partition_files, whole_results, whole_service};
use crate::stores::limits::FileLimits;
use crate::stores::options::Chosen;
use crate::stores::{self, RuntimesByStores};
use crate::tables::store_registry::{Registry, NO_LISTS};
use crate::udf::log;
use crate::udf::worker::pool::Pool;
use arrow_flight::flight_service_server::FlightServiceServer;
use axum::routing::get;
use ballista_core::serde::protobuf::executor_grpc_server::ExecutorGrpcServer;
use ballista_core::RuntimeProducer;
use ballista_executor::runtime_cache::{DefaultSessionRuntimeCache, SessionRuntimeCache};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tonic::service::Routes;

/// The number of sessions whose caches of file metadata are kept.
const SESSIONS: usize = 16;
/// How long a scheduler may take to register an executor.
const REGISTRATION: Duration = Duration::from_secs(15);

/// What runs until the executor is closed.
pub struct Parts {
    pub tasks: Arc<Tasks>,
    pub link: Arc<SchedulerLink>,
    /// The memory of all tasks.
    pub memory: Arc<FairSpillPool>,
    /// Makes the executor's service for tasks available within the process.
    _local: Arc<Local>,
}

/// The listeners of an executor, and their ports.
pub struct Ports {
    pub flight: TcpListener,
    pub port: u16,
    pub grpc: TcpListener,
    pub grpc_port: u16,
}

/// The folders of an executor: its work folder, and those in it for results, and for data that does not fit in memory.
pub struct Folders {
    pub work: String,
    pub jobs: String,
    pub spill: String,
}

/// Serves, and resolves when the scheduler has registered the executor.
pub async fn assemble(
    options: NativeExecutorOptions,
    credentials: Credentials,
    ports: Ports,
    folders: Folders,
    functions: JoinHandle<Functions>,
) -> Result<Parts> {
    let registration = registration(&options, ports.port, ports.grpc_port)?;
    let id = registration.id.clone();
    let (host, port) = (options.scheduler_host.clone(), options.scheduler_port);
    let link = Arc::new(SchedulerLink::new(host, port, registration, credentials.clone()));
    let transport = link.transport().await?;
    let is_own = Own::at(&options.scheduler_host, options.scheduler_port).is_some();
    let tokens = options.authenticator.map(Authenticator::find).transpose()?;
    let access = |port| {
        let access = Access::new(&options.host, port, is_own, tokens.clone());
        Guard::new(&options.host, options.external_host.as_deref(), access)
    };
    let owners = Arc::new(JobOwners::default());
    let blobs = Arc::new(BlobSource::new(
        transport.clone(),
        options.upload_limit_bytes as usize,
    ));
    let pool = options.udf_pool.map(Pool::find).transpose()?;
    if let Some(pool) = &pool {
        *pool.source.lock() = Some(blobs.clone());
        *pool.log.lock() = Some(log::sender(transport));
    }
    let source = Source {
        executor: id.clone(),
        ports: RowsPorts::new(credentials.clone()),
        pool: Arc::new(ClientPool::new(credentials.clone())),
    };
    let engine = Engine::new(source, pool, PathBuf::from(&folders.spill));
    let functions = functions.await.expect("the engine's functions can be collected");
    let limits = FileLimits::new("this executor", options.files.as_ref())?;
    let memory = Arc::new(FairSpillPool::new(options.memory_limit_bytes as usize));
    let runtimes = runtimes(memory.clone(), &folders, blobs.clone(), limits);
    let disk = Arc::new(Disk::new(id.clone(), PathBuf::from(&folders.work)));
    let disks = options
        .query_disk_limit_bytes
        .map(|limit| JobDisks::new(limit as u64, id.clone(), &folders.jobs, &folders.spill));
    let worker = Worker::new(
        id.clone(),
        folders.jobs.clone(),
        functions,
        runtimes,
        engine,
        disk,
        disks.clone(),
    );
    let (tasks, ends) = Tasks::new(worker, options.vcores as usize, owners.clone())?;
    whole_results::enter(&id);
    serve_results(
        ports.flight,
        access(ports.port),
        &credentials,
        folders.jobs,
        owners,
        tasks.clone(),
    );
    let local = serve_tasks(
        &options.host,
        (ports.grpc, ports.grpc_port),
        access(ports.grpc_port),
        credentials,
        tasks.clone(),
    );
    let registered = tokio::time::timeout(REGISTRATION, link.register()).await;
    let failure = match &registered {
        Ok(Ok(())) => None,
        Ok(Err(status)) => Some((status.message(), Some(status))),
        Err(_) => Some(("it did not answer", None)),
    };
    if let Some((reason, status)) = failure {
        whole_results::forget(&id);
        return Err(registration_error(&options, reason, status));
    }
    tokio::spawn(report(tasks.clone(), link.clone(), ends));
    tokio::spawn(presence::stay(tasks.clone(), link.clone()));
    tokio::spawn(sweep(blobs, tasks.clone()));
    if let Some(disks) = disks {
        tokio::spawn(disks.watch());
    }
    Ok(Parts {
        tasks,
        link,
        memory,
        _local: local,
    })
}

/// Serves results: by Flight to stock clients and other executors, in pieces to clients of this package.
fn serve_results(
    listener: TcpListener,
    access: Guard,
    credentials: &Credentials,
    jobs: String,
    owners: Arc<JobOwners>,
    tasks: Arc<Tasks>,
) {
    let service = ExecutorFlight::new(jobs.clone(), owners.clone());
    let service = FlightServiceServer::new(service)
        .max_decoding_message_size(TICKET_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let own = path_of(tasks.executor());
    let routes = Routes::new(service)
        .into_axum_router()
        // Tells the scheduler that this executor still has the port.
        .route(&own, get(|| async {}))
        .merge(whole_service::routes(Arc::new(move |job| tasks.has_ended(job))))
        .merge(partition_files::routes(jobs, owners));
    tokio::spawn(serve(listener, routes, access, credentials.clone()));
}

/// Serves tasks, to a scheduler in this process without a connection.
fn serve_tasks(
    host: &str,
    ports: (TcpListener, u16),
    access: Guard,
    credentials: Credentials,
    tasks: Arc<Tasks>,
) -> Arc<Local> {
    let (listener, port) = ports;
    let service = ExecutorGrpcServer::new(TaskService { tasks })
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let routes = Routes::new(service).into_axum_router();
    tokio::spawn(serve(listener, routes.clone(), access, credentials));
    Local::publish(host, port, routes, Handle::current())
}

async fn sweep(blobs: Arc<BlobSource>, tasks: Arc<Tasks>) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        blobs.sweep();
        tasks.sweep();
        whole_results::sweep(tasks.executor());
    }
}

/// The runtimes of tasks, which all share one memory pool.
fn runtimes(
    pool: Arc<FairSpillPool>,
    folders: &Folders,
    blobs: Arc<BlobSource>,
    limits: Option<Arc<FileLimits>>,
) -> Arc<dyn SessionRuntimeCache> {
    let spill = folders.spill.clone();
    let runtime: RuntimeProducer = Arc::new(move |config| {
        let registry = Registry::new(Some(blobs.clone()), limits.as_ref(), Chosen::Elsewhere);
        stores::register(config, &*registry, limits.as_ref())?;
        RuntimeEnvBuilder::new()
            .with_memory_pool(pool.clone())
            .with_temp_file_path(spill.clone())
            .with_object_store_registry(registry)
            .with_object_list_cache_limit(NO_LISTS)
            .build_arc()
    });
    let same = Arc::new(|runtime, _: &_, _| Ok(runtime));
    Arc::new(RuntimesByStores(DefaultSessionRuntimeCache::new(
        runtime, same, SESSIONS,
    )))
}

/// All functions of DataFusion, and the Spark functions. An executor's default lacks the array functions.
pub fn functions() -> Functions {
    static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| Arc::new((&*ENGINE).into()));
    FUNCTIONS.clone()
}
