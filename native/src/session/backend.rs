//! Where a session runs its queries: in this process or on a cluster. Handles all differences of the two.

use super::local_planner::LocalPlanner;
use crate::cancel::unless_stopped;
use crate::client::job_cancel;
use crate::client::query::cluster_planner::ClusterPlanner;
use crate::client::remote_session::RemoteSession;
use crate::client::system::system_catalog::SystemCatalog;
use crate::config;
use crate::error::{caught, Code, Error, Result};
use crate::exec::stop::STOP;
use crate::json::parse_json;
use crate::plan::rules::RULES;
use crate::plan::single_row::SingleRow;
use crate::runtime::OwnedRuntime;
use crate::stores::{self, StoresByUrl};
use crate::udf::worker::pool::Pool;
use ballista_core::extension::SessionStateExt;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::SessionState;
use datafusion::prelude::SessionContext;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a scheduler may take to learn of a job that another session submitted.
const ANNOUNCED: Duration = Duration::from_secs(1);

pub enum Backend {
    /// In this process.
    Local {
        id: String,
        /// The threads that run plans, so that the threads that answer JavaScript stay free. Created by the
        /// first query.
        engine: OnceLock<OwnedRuntime>,
        /// The worker threads for TypeScript UDFs.
        pool: Option<Arc<Pool>>,
    },
    Cluster(Arc<RemoteSession>),
}

impl Backend {
    pub fn local(pool: Option<Arc<Pool>>) -> Self {
        Self::Local {
            id: uuid::Uuid::new_v4().to_string(),
            engine: OnceLock::new(),
            pool,
        }
    }

    pub fn is_local(&self) -> bool {
        matches!(self, Self::Local { .. })
    }

    pub fn session_id(&self) -> &str {
        match self {
            Self::Local { id, .. } => id,
            Self::Cluster(remote) => &remote.id,
        }
    }

    /// Fails for a local session.
    pub fn cluster(&self) -> Result<&Arc<RemoteSession>> {
        match self {
            Self::Local { .. } => Err(Error::new(
                Code::InvalidArgument,
                "A local session has no cluster. Use a BallistaSessionContext.",
            )),
            Self::Cluster(remote) => Ok(remote),
        }
    }

    /// A session state whose planner is the one for this backend.
    pub fn state(&self) -> SessionStateBuilder {
        match self {
            Self::Local { id, pool, .. } => SessionStateBuilder::new()
                .with_default_features()
                .with_physical_optimizer_rules(RULES.clone())
                .with_analyzer_rule(Arc::new(SingleRow { in_stages: false }))
                .with_query_planner(Arc::new(LocalPlanner::new(pool.clone(), id.clone()))),
            Self::Cluster(remote) => {
                let state = SessionState::new_ballista_state(remote.connection.url())
                    .expect("Ballista's default session is valid");
                SessionStateBuilder::new_from_existing(state)
                    .with_physical_optimizer_rules(RULES.clone())
                    .with_analyzer_rule(Arc::new(SingleRow { in_stages: true }))
                    .with_query_planner(Arc::new(ClusterPlanner::new(remote.clone())))
            }
        }
    }

    /// Adds the tables that describe the cluster.
    pub fn describe(&self, context: &SessionContext) {
        let Self::Cluster(remote) = self else { return };
        let name = context.copied_config().options().catalog.default_catalog.clone();
        if let Some(catalog) = context.catalog(&name) {
            let described = SystemCatalog::new(catalog, &remote.connection);
            context.register_catalog(name, Arc::new(described));
        }
    }

    /// Runs work on the engine's threads if the session is local. `stop` ends the work. Returns `None` if the
    /// session is closed.
    pub async fn compute<T: Send + 'static>(
        &self,
        stop: CancellationToken,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Option<Result<T>> {
        let work = unless_stopped(stop.clone(), work);
        let Self::Local { engine, .. } = self else {
            return Some(work.await);
        };
        let engine = match handle(engine) {
            Ok(engine) => engine,
            Err(error) => return Some(Err(error)),
        };
        let mut task = JoinSet::new();
        task.spawn_on(STOP.scope(stop, caught(work)), &engine);
        task.join_next().await?.ok()
    }

    /// Starts a task that produces rows: on the engine's threads if the session is local.
    pub fn spawn(
        &self,
        tasks: &mut JoinSet<()>,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Result<()> {
        match self {
            Self::Local { engine, .. } => tasks.spawn_on(work, &handle(engine)?),
            Self::Cluster(_) => tasks.spawn(work),
        };
        Ok(())
    }

    /// Called after SET. Runtime settings apply to this process only; all other settings go to the scheduler.
    pub fn set(&self, key: String, value: String) {
        match self {
            Self::Cluster(remote) if !key.starts_with("datafusion.runtime.") => {
                remote.settings.set(key, value);
            }
            Self::Cluster(_) | Self::Local { .. } => {}
        }
    }

    /// Whether this backend handles RESET of the key. DataFusion resets only its own keys, and only to its
    /// own defaults.
    pub fn resets(&self, key: &str) -> bool {
        let has_default = || config::settings(HashMap::new()).contains_key(key);
        !self.is_local() && (key.starts_with("ballista.") || has_default())
    }

    /// Called after RESET.
    pub fn reset(&self, key: String) {
        if let Self::Cluster(remote) = self {
            let default = config::settings(HashMap::new()).remove(&key);
            remote.settings.reset(key, default);
        }
    }

    /// Changes the object stores that are sent along with queries.
    pub fn change_stores(&self, change: impl FnOnce(&mut StoresByUrl)) -> Result<()> {
        let Self::Cluster(remote) = self else {
            return Ok(());
        };
        remote.settings.change(stores::KEY, |json| {
            let mut by_url: StoresByUrl = parse_json(json.unwrap_or("{}"))?;
            change(&mut by_url);
            Ok(serde_json::json!(by_url).to_string())
        })
    }

    pub async fn cancel_job(&self, id: String) -> Result<bool> {
        let remote = self.cluster()?;
        if let Some(job) = remote.job(&id) {
            return Ok(job.cancel().await);
        }
        let scheduler = remote.connection.scheduler(&Default::default()).await?;
        Ok(job_cancel::cancel(&scheduler, &id, ANNOUNCED).await)
    }

    /// Idempotent.
    pub async fn close(&self) {
        match self {
            Self::Local { engine, pool, .. } => {
                if let Some(pool) = pool {
                    pool.close();
                }
                if let Some(engine) = engine.get() {
                    engine.shutdown().await;
                }
            }
            Self::Cluster(remote) => remote.close().await,
        }
    }
}

fn handle(engine: &OnceLock<OwnedRuntime>) -> Result<Handle> {
    if let Some(engine) = engine.get() {
        return engine.handle();
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let started = OwnedRuntime::new("local", threads)?;
    engine.get_or_init(|| started).handle()
}
