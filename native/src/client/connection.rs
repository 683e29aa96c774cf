//! One connection to a scheduler, and one to each executor, reused for the life of a session.

use super::job::Job;
use crate::config::session_config;
use crate::error::{Code, Error, Result};
use crate::stores;
use crate::tables::local::StoredTable;
use crate::tables::remote::{self, Held};
use crate::udf::definition::Definition;
use crate::udf::log;
use crate::udf::module::stored;
use axum::body::Body;
use ballista_core::client::BallistaClient;
use ballista_core::config::BallistaConfig;
use ballista_core::extension::{BallistaConfigGrpcEndpoint, SessionConfigExt};
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::utils::{create_grpc_client_endpoint, GrpcClientConfig};
use parking_lot::{Mutex, RwLock};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;
use tokio::task::JoinSet;
use tonic::transport::Channel;

pub type SchedulerClient = SchedulerGrpcClient<Channel>;
type ExecutorClient = Arc<OnceCell<BallistaClient>>;

/// What the code of functions may take that no query calls at the moment.
const CODE_BYTES: usize = 64 << 20;

pub struct Connection {
    pub host: String,
    pub port: u16,
    pub session_id: String,
    /// How long a query may wait for a first executor.
    pub executor_timeout: Duration,
    /// Settings that were set by somebody; the others are the scheduler's to decide.
    pub settings: RwLock<BTreeMap<String, String>>,
    channel: OnceCell<Channel>,
    /// Locked for a look only: no executor waits until another is connected.
    executors: Mutex<HashMap<(String, u16), ExecutorClient>>,
    jobs: Mutex<HashMap<String, Weak<Job>>>,
    sent: Mutex<HashMap<String, Weak<StoredTable>>>,
    following: tokio::sync::Mutex<JoinSet<()>>,
    /// Of functions that were called lately: the next query need not send it again.
    code: Held,
    closed: AtomicBool,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Connection").field(&self.url()).finish()
    }
}

impl Connection {
    pub fn new(
        host: String,
        port: u16,
        executor_timeout: Duration,
        settings: BTreeMap<String, String>,
    ) -> Self {
        Self {
            host,
            port,
            session_id: uuid::Uuid::new_v4().to_string(),
            executor_timeout,
            settings: RwLock::new(settings),
            channel: Default::default(),
            executors: Default::default(),
            jobs: Default::default(),
            sent: Default::default(),
            following: Default::default(),
            code: Default::default(),
            closed: AtomicBool::new(false),
        }
    }

    pub fn url(&self) -> String {
        url(&self.host, self.port)
    }

    pub fn check_open(&self) -> Result<()> {
        match self.closed.load(Ordering::Acquire) {
            true => Err(Error::new(
                Code::Closed,
                "The session is closed: create a new BallistaSessionContext.",
            )),
            false => Ok(()),
        }
    }

    pub async fn channel(&self) -> Result<&Channel> {
        self.check_open()?;
        self.channel
            .get_or_try_init(|| async {
                let mut settings = self.settings.read().clone();
                settings.remove(stores::KEY);
                let config = session_config(&settings)?.ballista_config();
                connect_with(&self.host, self.port, &GrpcClientConfig::from(&config)).await
            })
            .await
    }

    pub async fn scheduler(&self, config: &BallistaConfig) -> Result<SchedulerClient> {
        let limit = config.grpc_client_max_message_size();
        Ok(SchedulerGrpcClient::new(self.channel().await?.clone())
            .max_encoding_message_size(limit)
            .max_decoding_message_size(limit))
    }

    /// The Flight client of an executor; clones share its HTTP/2 connection.
    pub async fn executor(&self, host: &str, port: u16, config: &BallistaConfig) -> Result<BallistaClient> {
        let key = (host.to_owned(), port);
        let cell = self.executors.lock().entry(key).or_default().clone();
        let connect = || async {
            let grpc = GrpcClientConfig::from(config);
            BallistaClient::try_new(
                host,
                port,
                grpc.max_message_size,
                false,
                Some(Arc::new(alive(&grpc))),
                // 0 is "unreachable" in the engine.
                grpc.io_retries_times.max(1),
                grpc.io_retry_wait_time_ms,
                grpc.initial_connection_window_size,
                grpc.initial_stream_window_size,
            )
            .await
        };
        Ok(cell.get_or_try_init(connect).await?.clone())
    }

    /// Whether the scheduler has an executor; `None` when it does not say.
    pub async fn has_executors(&self) -> Result<Option<bool>> {
        Ok(match self.get("/readyz").await? {
            200 => Some(true),
            503 => Some(false),
            _ => None,
        })
    }

    pub fn no_executors(&self) -> Error {
        Error::new(
            Code::NoExecutors,
            format!(
                "The scheduler at {}:{} had no executor for {} ms. Start one that connects to it, \
                 or raise executorTimeoutMs.",
                self.host,
                self.port,
                self.executor_timeout.as_millis()
            ),
        )
    }

    /// For what needs no job, and yet should not answer where no query does.
    pub async fn await_executors(&self) -> Result<()> {
        let began = Instant::now();
        while self.has_executors().await? == Some(false) {
            if began.elapsed() >= self.executor_timeout {
                return Err(self.no_executors());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Whether the scheduler has lost an executor that the job ran on. Stock ones do not say.
    pub async fn lost_executor(&self, job: &str) -> Result<bool> {
        Ok(self.get(&format!("/jobs/{job}/executors")).await? == 410)
    }

    /// The status of a plain GET on the port of the scheduler.
    async fn get(&self, path: &str) -> Result<u16> {
        use tonic::codegen::Service;
        let mut channel = self.channel().await?.clone();
        let request = axum::http::Request::get(self.url() + path)
            .body(tonic::body::Body::new(Body::empty()))
            .expect("a request of constant parts and an id");
        std::future::poll_fn(|context| channel.poll_ready(context))
            .await
            .map_err(|error| self.lost(&error))?;
        let response = channel.call(request).await;
        Ok(response.map_err(|error| self.lost(&error))?.status().as_u16())
    }

    pub fn lost(&self, error: &dyn std::fmt::Display) -> Error {
        Error::new(
            Code::Connection,
            format!(
                "The connection to the scheduler at {}:{} failed: {error}",
                self.host, self.port
            ),
        )
    }

    /// Makes the scheduler hold the code of functions, and this session for a while.
    pub async fn ensure_code(&self, functions: &[Arc<Definition>]) -> Result<Vec<Arc<StoredTable>>> {
        let mut modules = Vec::new();
        for function in functions {
            let Some(module) = stored(function)? else { continue };
            // Not as a table, which goes with its session: others call the same code.
            if !self.ensure(&module).await? {
                return Err(Error::new(
                    Code::Udf,
                    "Functions of TypeScript run on executors of this package, and this scheduler is another: start one with new \
                     BallistaScheduler(), and executors with new BallistaExecutor({ udf: true }).",
                ));
            }
            self.code.keep(module.clone());
            modules.push(module);
        }
        self.code.sweep();
        self.code.shrink(CODE_BYTES);
        if !modules.is_empty() {
            self.follow_log().await?;
        }
        Ok(modules)
    }

    /// Before anything is printed.
    async fn follow_log(&self) -> Result<()> {
        if log::listener_of(&self.session_id).is_none() {
            return Ok(());
        }
        let mut following = self.following.lock().await;
        while following.try_join_next().is_some() {}
        if following.is_empty() {
            let channel = self.channel().await?.clone();
            *following = log::follow(channel, &self.session_id).await?;
        }
        Ok(())
    }

    /// Makes the scheduler hold a table, or code, that stays there when the session ends.
    pub async fn ensure(&self, table: &Arc<StoredTable>) -> Result<bool> {
        remote::ensure(self.channel().await?, table).await
    }

    /// Makes the scheduler hold the table. `false`: it is a stock one, which cannot.
    pub async fn ensure_table(&self, table: &Arc<StoredTable>) -> Result<bool> {
        let channel = self.channel().await?;
        let gone: Vec<String> = {
            let mut sent = self.sent.lock();
            let gone = sent.iter().filter(|(_, table)| table.strong_count() == 0);
            let gone = gone.map(|(id, _)| id.clone()).collect::<Vec<_>>();
            sent.retain(|_, table| table.strong_count() > 0);
            gone
        };
        for id in gone {
            remote::drop_remote(channel, &id).await;
        }
        let taken = self.ensure(table).await?;
        if taken {
            self.sent.lock().insert(table.id.clone(), Arc::downgrade(table));
        }
        Ok(taken)
    }

    pub fn add_job(&self, job: &Arc<Job>) {
        let mut jobs = self.jobs.lock();
        jobs.retain(|_, job| job.strong_count() > 0);
        jobs.insert(job.id.clone(), Arc::downgrade(job));
    }

    pub fn job(&self, id: &str) -> Option<Arc<Job>> {
        self.jobs.lock().get(id).and_then(Weak::upgrade)
    }

    /// Cancels the session's jobs and forgets its tables. Idempotent.
    pub async fn close(&self) {
        if self.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        let jobs: Vec<_> = self
            .jobs
            .lock()
            .drain()
            .filter_map(|(_, job)| job.upgrade())
            .collect();
        for job in jobs {
            job.cancel().await;
        }
        let sent: Vec<String> = self.sent.lock().drain().map(|(id, _)| id).collect();
        if let Some(channel) = self.channel.get() {
            for id in sent {
                remote::drop_remote(channel, &id).await;
            }
        }
        self.following.lock().await.abort_all();
        self.executors.lock().clear();
    }
}

fn url(host: &str, port: u16) -> String {
    match host.contains(':') && !host.starts_with('[') {
        true => format!("http://[{host}]:{port}"),
        false => format!("http://{host}:{port}"),
    }
}

/// What the engine gives its other connections: one to an executor that is gone ends, in the end.
fn alive(grpc: &GrpcClientConfig) -> BallistaConfigGrpcEndpoint {
    let grpc = grpc.clone();
    BallistaConfigGrpcEndpoint::new(Arc::new(move |endpoint| {
        Ok(endpoint
            .connect_timeout(Duration::from_secs(grpc.connect_timeout_seconds))
            .tcp_nodelay(true)
            .tcp_keepalive(Some(Duration::from_secs(grpc.tcp_keepalive_seconds)))
            .http2_keep_alive_interval(Duration::from_secs(grpc.http2_keepalive_interval_seconds))
            .keep_alive_timeout(Duration::from_secs(20))
            .keep_alive_while_idle(true))
    }))
}

/// Connects to a scheduler with the engine's own times, as an executor does.
pub async fn connect(host: &str, port: u16) -> Result<Channel> {
    connect_with(host, port, &GrpcClientConfig::from(&BallistaConfig::default())).await
}

async fn connect_with(host: &str, port: u16, grpc: &GrpcClientConfig) -> Result<Channel> {
    let url = url(host, port);
    let endpoint = create_grpc_client_endpoint(url.clone(), Some(grpc)).map_err(|error| {
        Error::new(
            Code::InvalidArgument,
            format!("{url} is not the address of a scheduler: {error}"),
        )
    })?;
    endpoint.connect().await.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| cause.to_string());
        Error::new(
            Code::Connection,
            format!(
                "No scheduler answers at {host}:{port}: {}. Check the address, and that the \
                 scheduler runs.",
                cause.unwrap_or_else(|| error.to_string())
            ),
        )
    })
}
