//! A scheduler: the engine's service, the store of in-memory tables and the health routes on one
//! port.

use super::address::{advertised, listen, port_of};
use super::executors::{Executors, Failure};
use super::rules::corrected;
use super::runtime::OwnedRuntime;
use crate::codec::PhysicalCodec;
use crate::config::{server_config, MESSAGE_BYTES};
use crate::error::{guard, Error, Result};
use crate::plan::codec::LogicalCodec;
use crate::tables::registry::{Registry, NO_LISTS};
use crate::tables::service::TableService;
use crate::{spark, stores};
use arrow_flight::flight_service_server::FlightServiceServer;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::serve::ListenerExt;
use axum::Router;
use ballista_core::serde::protobuf::scheduler_grpc_server::{SchedulerGrpc, SchedulerGrpcServer};
use ballista_core::serde::BallistaCodec;
use ballista_core::utils::default_session_builder;
use ballista_core::JobId;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::metrics::default_metrics_collector;
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use napi_derive::napi;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tonic::service::RoutesBuilder;
use tonic::Request;

type Server = SchedulerServer<LogicalPlanNode, PhysicalPlanNode>;

#[napi(object)]
pub struct NativeSchedulerOptions {
    pub host: String,
    /// 0: one that is free.
    pub port: u16,
    /// What executors connect to, if it is not `host`.
    pub external_host: Option<String>,
}

#[napi]
pub struct NativeScheduler {
    host: String,
    port: u16,
    runtime: Arc<OwnedRuntime>,
    /// How it ended, once it has.
    ended: watch::Sender<Option<Result<()>>>,
}

#[napi]
impl NativeScheduler {
    /// Resolves when it serves.
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

    #[napi]
    pub async fn wait_for_termination(&self) -> napi::Result<()> {
        guard(wait(self.ended.subscribe())).await
    }

    /// Frees the port and the threads. Idempotent.
    #[napi]
    pub async fn close(&self) -> napi::Result<()> {
        let (runtime, ended) = (self.runtime.clone(), self.ended.clone());
        guard(async move {
            runtime.shutdown().await;
            end(&ended, Ok(()));
            Ok(())
        })
        .await
    }
}

/// Notes how a server ended; only the first end counts.
pub fn end(ended: &watch::Sender<Option<Result<()>>>, result: Result<()>) {
    ended.send_if_modified(|end| {
        let first = end.is_none();
        end.get_or_insert(result);
        first
    });
}

pub async fn wait(mut ended: watch::Receiver<Option<Result<()>>>) -> Result<()> {
    let end = ended.wait_for(Option::is_some).await;
    end.ok().and_then(|end| end.clone()).unwrap_or(Ok(()))
}

async fn start(options: NativeSchedulerOptions) -> Result<NativeScheduler> {
    let listener = listen(&options.host, options.port)?;
    let port = port_of(&listener)?;
    let external = advertised(&options.host, options.external_host.as_deref())?;
    let (fail, mut failures) = mpsc::unbounded_channel();
    let endpoint = format!("{external}:{port}");
    let executors = Arc::new(Executors::new(endpoint.clone(), fail));
    let config = config(&options.host, port, external, executors.clone());
    let runtime = OwnedRuntime::new("scheduler", 2)?;
    let ended = watch::Sender::new(None);
    let notify = ended.clone();
    runtime
        .run(async move {
            let jobs = BallistaCluster::new_from_config(&config).await?.job_state();
            let cluster = BallistaCluster::new(executors.clone(), jobs);
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
            let scheduler = server.clone();
            tokio::spawn(async move {
                while let Some(Failure { status, running }) = failures.recv().await {
                    let _ = SchedulerGrpc::update_task_status(&scheduler, Request::new(status)).await;
                    if let Some(task) = running {
                        let _ = scheduler
                            .state
                            .executor_manager
                            .cancel_running_tasks(vec![task])
                            .await;
                    }
                }
            });
            let listener = TcpListener::from_std(listener).map_err(Error::from)?;
            let tables = TableService::default();
            let held = tables.held();
            let routes = routes(server, executors, tables);
            tokio::spawn(async move {
                // Nagle's algorithm costs 40 ms a request; accepted sockets do not inherit the
                // option everywhere.
                let listener = listener.tap_io(|socket| {
                    let _ = socket.set_nodelay(true);
                });
                let service = routes.into_make_service_with_connect_info::<SocketAddr>();
                let served = axum::serve(listener, service).await;
                end(&notify, served.map_err(Error::from));
            });
            tokio::spawn(async move {
                let mut minute = tokio::time::interval(Duration::from_secs(60));
                loop {
                    minute.tick().await;
                    held.sweep();
                }
            });
            Ok(())
        })
        .await?;
    Ok(NativeScheduler {
        host: options.host,
        port,
        runtime: Arc::new(runtime),
        ended,
    })
}

fn config(host: &str, port: u16, external: String, executors: Arc<Executors>) -> SchedulerConfig {
    SchedulerConfig {
        bind_host: host.to_owned(),
        bind_port: port,
        external_host: external,
        // A task that cannot read what another executor made fails the job: see `Executors`.
        stage_max_failures: 1,
        // An executor that does not answer a launch is dropped at once; this is for the others.
        executor_timeout_seconds: 30,
        expire_dead_executor_interval_seconds: 5,
        no_executors_grace_period_seconds: 30,
        // Clients say when they have read a result; these are for those that cannot.
        finished_job_data_clean_up_interval_seconds: 3600,
        finished_job_state_clean_up_interval_seconds: 300,
        grpc_server_max_decoding_message_size: MESSAGE_BYTES as u32,
        grpc_server_max_encoding_message_size: MESSAGE_BYTES as u32,
        grpc_client_max_message_size: MESSAGE_BYTES as u32,
        override_config_producer: Some(Arc::new(move || session_config(&executors))),
        override_session_builder: Some(Arc::new(|config| {
            let registry = Arc::new(Registry::default());
            stores::register(&config, &*registry)?;
            let runtime = RuntimeEnvBuilder::new()
                .with_object_store_registry(registry)
                .with_object_list_cache_limit(NO_LISTS)
                .build_arc()?;
            let state = default_session_builder(config)?;
            let rules = corrected(state.physical_optimizers());
            let mut state = SessionStateBuilder::new_from_existing(state)
                .with_runtime_env(runtime)
                .with_physical_optimizer_rules(rules)
                .build();
            spark::register(&mut state)?;
            Ok(state)
        })),
        ..SchedulerConfig::default()
    }
}

/// The configuration a query starts from, before its client's settings: as many partitions as the
/// registered executors have slots.
fn session_config(executors: &Executors) -> SessionConfig {
    match executors.slots() {
        0 => server_config(),
        slots => server_config().with_target_partitions(slots),
    }
}

fn routes(server: Server, executors: Arc<Executors>, tables: TableService) -> Router {
    let grpc = SchedulerGrpcServer::new(server.clone())
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(MESSAGE_BYTES);
    let flight = FlightServiceServer::new(tables).max_decoding_message_size(MESSAGE_BYTES);
    let mut services = RoutesBuilder::default();
    services.add_service(grpc).add_service(flight);
    services
        .routes()
        .into_axum_router()
        .route("/healthz", get(|| async { "ok" }))
        .route(
            "/readyz",
            get(move || async move {
                match server.is_ready() {
                    true => (StatusCode::OK, "ready"),
                    false => (StatusCode::SERVICE_UNAVAILABLE, "no executor is registered"),
                }
            }),
        )
        // Whether the executors a job ran on are still there: a client asks when it has failed.
        .route(
            "/jobs/{id}/executors",
            get(move |Path(id): Path<String>| async move {
                match executors.lost(&JobId::from(id)).await {
                    true => (StatusCode::GONE, "an executor is lost"),
                    false => (StatusCode::OK, "no executor is lost"),
                }
            }),
        )
}
