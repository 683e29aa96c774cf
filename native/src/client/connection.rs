//! The connections of a session: one to the scheduler and one to each executor, reused while it lives.

use super::settings::Settings;
use crate::config::session_config;
use crate::error::{Code, Error, Result};
use crate::network::connect::{connect_with, to_executor, url};
use crate::network::credentials::Credentials;
use crate::network::failure::Failure;
use crate::network::http::{self, Answer};
use crate::network::refused::{refused, refused_by_http};
use crate::network::rows_port::RowsPorts;
use crate::network::transport::Transport;
use crate::protocol::job_event::{JobEvent, AFTER, CONTENT_TYPE};
use crate::stores;
use ballista_core::client::BallistaClient;
use ballista_core::config::BallistaConfig;
use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::utils::GrpcClientConfig;
use parking_lot::Mutex;
use prost::Message;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;
use tonic::Status;

pub type SchedulerClient = SchedulerGrpcClient<Transport>;
type ExecutorClient = Arc<OnceCell<BallistaClient>>;
/// The version of the credentials that a connection was opened with.
type Version = (u64, u64);

const READY: &str = "/readyz";
/// Requests still go to a connection for a moment after it has failed.
const PAUSE: Duration = Duration::from_millis(100);

pub struct Connection {
    pub host: String,
    pub port: u16,
    /// How long a query may wait for a first executor.
    pub executor_timeout: Duration,
    pub credentials: Credentials,
    /// The settings of the session. Transport settings take effect when it connects.
    settings: Arc<Settings>,
    channel: OnceCell<Transport>,
    ours: OnceCell<bool>,
    /// Whether the scheduler had executors, and when that was asked. Locked while one job asks; the others
    /// wait for its answer.
    seen: tokio::sync::Mutex<Option<(Instant, Option<bool>)>>,
    /// Locked for lookups only, so that connecting to one executor does not block the others.
    executors: Mutex<HashMap<(String, u16), (Version, ExecutorClient)>>,
    pub rows: RowsPorts,
    /// The jobs that the session is done with and the scheduler was not told yet. Locked for changes only.
    pub(super) released: Mutex<Vec<String>>,
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
        settings: Arc<Settings>,
        credentials: Credentials,
    ) -> Self {
        Self {
            rows: RowsPorts::new(credentials.clone()),
            credentials,
            host,
            port,
            executor_timeout,
            settings,
            channel: Default::default(),
            ours: Default::default(),
            seen: Default::default(),
            executors: Default::default(),
            released: Default::default(),
            closed: AtomicBool::new(false),
        }
    }

    pub fn url(&self) -> String {
        url(&self.host, self.port, &self.credentials)
    }

    pub fn check_open(&self) -> Result<()> {
        match self.closed.load(Ordering::Acquire) {
            true => Err(Error::new(
                Code::Closed,
                "The session is closed. Create a new BallistaSessionContext.",
            )),
            false => Ok(()),
        }
    }

    pub async fn channel(&self) -> Result<&Transport> {
        self.check_open()?;
        self.channel
            .get_or_try_init(|| async {
                if !self.credentials.is_token_for_own(&self.host, self.port) {
                    if let Some(here) = Transport::here(&self.host, self.port) {
                        return Ok(here);
                    }
                }
                let mut settings = self.settings.all();
                settings.remove(stores::KEY);
                let config = session_config(&settings)?.ballista_config();
                let grpc = GrpcClientConfig::from(&config);
                let channel = connect_with(&self.host, self.port, &grpc, &self.credentials).await?;
                Ok(Transport::Network(channel))
            })
            .await
    }

    pub async fn scheduler(&self, config: &BallistaConfig) -> Result<SchedulerClient> {
        let limit = config.grpc_client_max_message_size();
        Ok(SchedulerGrpcClient::new(self.channel().await?.clone())
            .max_encoding_message_size(limit)
            .max_decoding_message_size(limit))
    }

    /// The Flight client of an executor. Clones share its HTTP/2 connection.
    pub async fn executor(&self, host: &str, port: u16, config: &BallistaConfig) -> Result<BallistaClient> {
        let cell = {
            let version = self.credentials.version();
            let mut executors = self.executors.lock();
            let (opened, cell) = executors.entry((host.to_owned(), port)).or_default();
            if *opened != version {
                (*opened, *cell) = (version, ExecutorClient::default());
            }
            cell.clone()
        };
        let connect = || async {
            let grpc = GrpcClientConfig::from(config);
            BallistaClient::try_new(
                host,
                port,
                grpc.max_message_size,
                false,
                Some(to_executor(&grpc, &self.credentials)),
                // Ballista reports "unreachable" for 0 retries.
                grpc.io_retries_times.max(1),
                grpc.io_retry_wait_time_ms,
                grpc.initial_connection_window_size,
                grpc.initial_stream_window_size,
            )
            .await
        };
        Ok(cell.get_or_try_init(connect).await?.clone())
    }

    /// Whether the scheduler has an executor; `None` if the scheduler does not say.
    pub async fn has_executors(&self) -> Result<Option<bool>> {
        Ok(match self.get(READY).await?.status {
            200 => Some(true),
            503 => Some(false),
            _ => None,
        })
    }

    /// Like `has_executors`, but takes an answer that is not older than `lately`, because many jobs wait at
    /// once.
    pub async fn had_executors(&self, lately: Duration) -> Result<Option<bool>> {
        let mut seen = self.seen.lock().await;
        if let Some((when, answer)) = *seen {
            if when.elapsed() < lately {
                return Ok(answer);
            }
        }
        let answer = self.has_executors().await?;
        *seen = Some((Instant::now(), answer));
        Ok(answer)
    }

    pub fn no_executors(&self) -> Error {
        Error::new(
            Code::NoExecutors,
            format!(
                "No executor connected to the scheduler at {}:{} within {} ms. Start an executor that \
                 connects to this scheduler, or raise the option executorTimeoutMs of the context.",
                self.host,
                self.port,
                self.executor_timeout.as_millis()
            ),
        )
    }

    /// Waits for a first executor. For plans that need no job, but should fail when no query could run.
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

    /// Whether the scheduler has lost an executor that the job ran on. Stock schedulers do not say; then it
    /// is false.
    pub async fn lost_executor(&self, job: &str) -> Result<bool> {
        Ok(self.get(&format!("/jobs/{job}/executors")).await?.status == 410)
    }

    /// Waits for the next event of a job. `None` for a stock scheduler, which has no events.
    pub async fn job_event(&self, job: &str, after: Option<usize>) -> Result<Option<JobEvent>> {
        let after = after.map(|task| format!("?{AFTER}={task}")).unwrap_or_default();
        let path = &format!("/jobs/{job}/event{after}");
        let answer = self.get(path).await?;
        if answer.content_type() != CONTENT_TYPE {
            return Ok(None);
        }
        let event = JobEvent::decode(answer.body);
        event.map(Some).map_err(|error| self.lost(&error))
    }

    /// Whether the scheduler is one of this package.
    pub async fn is_ours(&self) -> Result<bool> {
        let asked = || async {
            let answer = self.get("/jobs/none/executors").await?;
            // A stock scheduler answers unknown paths with a gRPC error.
            Ok(answer.status == 200 && !answer.content_type().starts_with("application/grpc"))
        };
        self.ours.get_or_try_init(asked).await.copied()
    }

    /// A plain HTTP GET on the scheduler's port. Asks again once if the connection was cut.
    pub(super) async fn get(&self, path: &str) -> Result<Answer> {
        let channel = self.channel().await?;
        let answer = match http::get(channel.clone(), path).await {
            Err(_) => {
                tokio::time::sleep(PAUSE).await;
                http::get(channel.clone(), path).await
            }
            answer => answer,
        };
        let answer = answer.map_err(|error| self.lost(&error))?;
        // The scheduler cannot check the token now. `/readyz` has this status for another reason.
        if answer.status == 503 && path != READY {
            return Err(self.lost(&String::from_utf8_lossy(&answer.body)));
        }
        match refused_by_http(&self.name(), answer.status, &answer.body) {
            Some(error) => Err(error),
            None => Ok(answer),
        }
    }

    /// The error for a failed gRPC request.
    pub fn refused(&self, status: &Status) -> Error {
        refused(&self.name(), status).unwrap_or_else(|| match Failure::behind(status) {
            Some(reason) => self.lost(&reason),
            None => self.lost(&status.message()),
        })
    }

    fn name(&self) -> String {
        format!("The scheduler at {}:{}", self.host, self.port)
    }

    pub fn lost(&self, error: &dyn std::fmt::Display) -> Error {
        Error::new(
            Code::Connection,
            format!(
                "The connection to the scheduler at {}:{} failed: {error}.",
                self.host, self.port
            ),
        )
    }

    /// Returns false if it was closed before.
    pub fn close(&self) -> bool {
        !self.closed.swap(true, Ordering::AcqRel)
    }

    /// Drops the connections to executors.
    pub fn disconnect(&self) {
        self.executors.lock().clear();
        self.rows.clear();
    }

    /// The channel to the scheduler, if one was opened.
    pub fn opened(&self) -> Option<&Transport> {
        self.channel.get()
    }
}
