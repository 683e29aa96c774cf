//! A session: the catalog and settings of one user, and the backend that runs its queries.

mod backend;
mod calls;
mod external_options;
pub mod external_tables;
mod local_planner;
mod missing_tables;
mod object_stores;
pub mod path_tables;
mod planning;
pub mod plans;
pub mod prepared;
pub mod runtime_env;
pub mod statement;
pub mod tables;
mod udfs;

use crate::client::connection::Connection;
use crate::client::remote_session::RemoteSession;
use crate::error::{caught, Code, Error, Result};
use crate::functions::bounded::Bounded;
use crate::functions::{register, series};
use crate::plan::aggregate_subqueries::AggregateSubqueries;
use crate::plan::durations::Durations;
use crate::plan::logical_rules::LOGICAL_RULES;
use crate::plan::not_in::InWithNulls;
use crate::plan::subquery_values::SubqueryValues;
use crate::session::plans::plan_cache::PlanCache;
use crate::stores::limits::FileLimits;
use crate::tables::dml::InMemoryDml;
use crate::udf::log;
use crate::udf::worker::pool::Pool;
use backend::Backend;
use calls::Calls;
use datafusion::catalog::MemoryCatalogProviderList;
use datafusion::execution::SessionState;
use datafusion::prelude::{SessionConfig, SessionContext};
use external_tables::replace_factories;
use futures::stream::{self, BoxStream};
use futures::StreamExt;
use runtime_env::NativeRuntimeOptions;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use udfs::Udfs;

/// Why building its parts cannot fail.
const CHECKED: &str = "the options were checked when the session was made";

/// What a session shares with its DataFrames.
pub struct Session {
    backend: Backend,
    closed: watch::Sender<bool>,
    config: SessionConfig,
    runtime: NativeRuntimeOptions,
    /// What queries may read and write in this process.
    files: Option<Arc<FileLimits>>,
    memory_table_limit: usize,
    /// Built on first use: building takes some milliseconds, and the constructor is synchronous.
    context: OnceLock<SessionContext>,
    pub plans: Arc<PlanCache>,
    pub udfs: Udfs,
    calls: Calls,
}

impl Session {
    pub fn local(
        pool: Option<Arc<Pool>>,
        config: SessionConfig,
        runtime: NativeRuntimeOptions,
        memory_table_limit: usize,
    ) -> Self {
        Self::new(Backend::local(pool), config, runtime, memory_table_limit)
    }

    pub fn on_cluster(
        remote: RemoteSession,
        config: SessionConfig,
        runtime: NativeRuntimeOptions,
        memory_table_limit: usize,
    ) -> Self {
        let backend = Backend::Cluster(Arc::new(remote));
        Self::new(backend, config, runtime, memory_table_limit)
    }

    fn new(
        backend: Backend,
        config: SessionConfig,
        runtime: NativeRuntimeOptions,
        memory_table_limit: usize,
    ) -> Self {
        let files = runtime.limits().expect(CHECKED);
        Self {
            backend,
            closed: watch::Sender::new(false),
            config,
            runtime,
            files,
            memory_table_limit,
            context: OnceLock::new(),
            plans: PlanCache::new(),
            udfs: Udfs::default(),
            calls: Calls::default(),
        }
    }

    pub fn id(&self) -> &str {
        self.backend.session_id()
    }

    pub fn is_local(&self) -> bool {
        self.backend.is_local()
    }

    pub fn context(&self) -> &SessionContext {
        self.context.get_or_init(|| {
            let context = SessionContext::new_with_state(self.state());
            series::register(&context);
            self.backend.describe(&context);
            context
        })
    }

    fn state(&self) -> SessionState {
        let runtime = self.runtime.build(self.files.as_ref()).expect(CHECKED);
        let mut state = self
            .backend
            .state()
            .with_analyzer_rule(Arc::new(AggregateSubqueries))
            .with_analyzer_rule(Arc::new(InWithNulls))
            .with_analyzer_rule(Arc::new(SubqueryValues))
            .with_analyzer_rule(Arc::new(Durations))
            .with_analyzer_rule(Arc::new(InMemoryDml))
            .with_analyzer_rule(Arc::new(Bounded))
            .with_optimizer_rules(LOGICAL_RULES.clone())
            .with_catalog_list(Arc::new(MemoryCatalogProviderList::new()))
            .with_session_id(self.id().to_owned())
            .with_config(self.config.clone())
            .with_runtime_env(runtime)
            .build();
        register(&mut state).expect("the functions can be registered");
        replace_factories(&mut state, self.files.is_some());
        state
    }

    /// Connects now, not with the first query.
    pub async fn connect(&self) -> Result<()> {
        self.backend.cluster()?.connection.channel().await.map(|_| ())
    }

    /// The connection to the cluster. Fails for a local session.
    pub fn connection(&self) -> Result<&Connection> {
        Ok(&self.backend.cluster()?.connection)
    }

    pub fn check_open(&self) -> Result<()> {
        match *self.closed.borrow() {
            true => Err(closed()),
            false => Ok(()),
        }
    }

    /// Completes when the session is closed.
    pub async fn ended(&self) -> Error {
        let mut closing = self.closed.subscribe();
        let _ = closing.wait_for(|closed| *closed).await;
        closed()
    }

    /// Runs work on the engine's threads if the session is local. Dropping the future stops the work.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let stop = CancellationToken::new();
        let _stops_when_dropped = stop.clone().drop_guard();
        self.compute_until(stop, work).await
    }

    /// Like `compute`, for work whose plan runs on after it. `stop` ends both.
    pub async fn compute_until<T: Send + 'static>(
        &self,
        stop: CancellationToken,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.check_engine()?;
        self.backend
            .compute(stop, work)
            .await
            .unwrap_or_else(|| Err(closed()))
    }

    /// Produces items in a task, one item ahead of the reader; on the engine's threads if the session is
    /// local.
    pub fn ahead<T, F>(
        &self,
        make: impl FnOnce(mpsc::Sender<Result<T>>) -> F,
    ) -> Result<BoxStream<'static, Result<T>>>
    where
        T: Send + 'static,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel(1);
        let mut tasks = JoinSet::new();
        let made = make(sender.clone());
        let run = async move {
            if let Err(error) = caught(made).await {
                let _ = sender.send(Err(error)).await;
            }
        };
        self.check_engine()?;
        self.backend.spawn(&mut tasks, run)?;
        // The stream owns the task; dropping the stream ends it.
        let items = stream::unfold((receiver, tasks), |(mut receiver, tasks)| async move {
            let item = receiver.recv().await?;
            Some((item, (receiver, tasks)))
        });
        Ok(items.boxed())
    }

    /// A closed local session must not start threads again. On a cluster, the connection reports that it is
    /// closed.
    fn check_engine(&self) -> Result<()> {
        match self.is_local() {
            true => self.check_open(),
            false => Ok(()),
        }
    }

    /// Cancels the session's jobs and forgets its tables. Idempotent.
    pub async fn close(&self) {
        self.closed.send_replace(true);
        self.plans.clear();
        log::forget(self.id());
        self.backend.close().await;
    }

    /// Runs a call that JavaScript can cancel. Dropping the future cancels the jobs that the call started.
    pub async fn abandonable<T, F: Future<Output = Result<T>>>(
        &self,
        call: Option<u32>,
        work: impl FnOnce(CancellationToken) -> F,
    ) -> Result<T> {
        self.check_open()?;
        self.calls.abandonable(call, work).await
    }

    pub fn abandon(&self, call: u32) {
        self.calls.abandon(call);
    }

    pub async fn cancel_job(&self, id: String) -> Result<bool> {
        self.backend.cancel_job(id).await
    }
}

fn closed() -> Error {
    Error::new(Code::Closed, "The session is closed. Create a new context.")
}
