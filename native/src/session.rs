//! A session: the catalog and settings of one user, connected to one scheduler.

mod statement;

use crate::arrow::batches_from_ipc;
use crate::catalog::kind;
use crate::client::connection::Connection;
use crate::client::job;
use crate::client::planner::{ClusterPlanner, LocalPlanner};
use crate::cluster::runtime::OwnedRuntime;
use crate::error::{caught, Code, Error, Result};
use crate::expr::parse_json;
use crate::files::staged::StagedFiles;
use crate::literal::Params;
use crate::runtime_env::NativeRuntimeOptions;
use crate::series;
use crate::spark;
use crate::stores::{self, StoresByUrl};
use crate::tables::local::StoredTable;
use crate::tables::provider::InMemoryTable;
use crate::udf::log;
use crate::udf::pool::Pool;
use ballista_core::extension::SessionStateExt;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{MemoryCatalogProviderList, TableProvider};
use datafusion::common::metadata::ScalarAndMetadata;
use datafusion::common::ParamValues;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::{stream, StreamExt};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::task_local;
use tokio_util::sync::CancellationToken;
use url::Url;

#[napi(object)]
pub struct NativeSqlOptions {
    /// JSON: Literal[] for $1…, or an object of them for $name.
    pub params: Option<String>,
    pub allow_ddl: bool,
    pub allow_dml: bool,
    pub allow_statements: bool,
}

#[napi(object)]
pub struct NativeTableRef {
    pub catalog: String,
    pub schema: String,
    pub name: String,
    /// 'table', 'view' or 'temporary'.
    pub kind: String,
}

task_local! {
    /// Ends the plan that is made here.
    pub static STOP: CancellationToken;
}

/// What a session and its DataFrames share.
pub struct Session {
    pub id: String,
    /// Absent: everything runs in this process.
    connection: Option<Arc<Connection>>,
    closed: watch::Sender<bool>,
    /// What runs in this process runs here: the threads that answer JavaScript stay free.
    engine: OnceLock<OwnedRuntime>,
    config: SessionConfig,
    runtime: NativeRuntimeOptions,
    memory_table_limit: usize,
    /// Built on first use: it takes some milliseconds, and the constructor is synchronous.
    context: OnceLock<SessionContext>,
    /// Where functions of TypeScript run, of a session without a cluster.
    pool: Option<Arc<Pool>>,
    /// Calls that JavaScript may give up, by the number it gave them.
    tasks: Mutex<HashMap<u32, Task>>,
}

struct Task {
    given_up: watch::Sender<bool>,
    since: Instant,
}

/// How long a scheduler may take to know of a job of another session.
const ANNOUNCED: Duration = Duration::from_secs(1);

/// How long a call that was given up may take to begin.
const BEGINS: Duration = Duration::from_secs(60);

impl Session {
    pub fn new(
        connection: Option<Connection>,
        config: SessionConfig,
        runtime: NativeRuntimeOptions,
        memory_table_limit: usize,
        pool: Option<Arc<Pool>>,
    ) -> Self {
        Self {
            id: match &connection {
                Some(connection) => connection.session_id.clone(),
                None => uuid::Uuid::new_v4().to_string(),
            },
            connection: connection.map(Arc::new),
            closed: watch::Sender::new(false),
            engine: OnceLock::new(),
            config,
            runtime,
            memory_table_limit,
            context: OnceLock::new(),
            pool,
            tasks: Mutex::default(),
        }
    }

    pub fn context(&self) -> &SessionContext {
        self.context.get_or_init(|| {
            let context = SessionContext::new_with_state(self.state());
            series::register(&context);
            context
        })
    }

    fn state(&self) -> SessionState {
        // The options were checked when the session was made, and nothing here fails on the way.
        let runtime = self.runtime.build().expect("checked options");
        let builder = match &self.connection {
            Some(connection) => {
                let state = SessionState::new_ballista_state(connection.url()).expect("default state");
                SessionStateBuilder::new_from_existing(state)
                    .with_query_planner(Arc::new(ClusterPlanner::new(connection.clone())))
            }
            None => SessionStateBuilder::new()
                .with_default_features()
                .with_physical_optimizer_rule(Arc::new(StagedFiles))
                .with_query_planner(Arc::new(LocalPlanner::new(self.pool.clone(), self.id.clone()))),
        };
        let mut state = builder
            .with_catalog_list(Arc::new(MemoryCatalogProviderList::new()))
            .with_session_id(self.id.clone())
            .with_config(self.config.clone())
            .with_runtime_env(runtime)
            .build();
        spark::register(&mut state).expect("functions of this version");
        state
    }

    pub fn connection(&self) -> Result<&Arc<Connection>> {
        self.connection.as_ref().ok_or_else(|| {
            Error::new(
                Code::InvalidArgument,
                "A local session has no cluster: use a BallistaSessionContext.",
            )
        })
    }

    pub fn check_open(&self) -> Result<()> {
        match *self.closed.borrow() {
            true => Err(closed()),
            false => Ok(()),
        }
    }

    /// Ends with the session.
    pub async fn ended(&self) -> Error {
        let mut closing = self.closed.subscribe();
        let _ = closing.wait_for(|closed| *closed).await;
        closed()
    }

    /// Where a local session runs its queries.
    fn engine(&self) -> Result<Handle> {
        self.check_open()?;
        if let Some(engine) = self.engine.get() {
            return engine.handle();
        }
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let engine = OwnedRuntime::new("local", threads)?;
        self.engine.get_or_init(|| engine).handle()
    }

    /// Runs what computes here on the engine's threads; dropping it ends it.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let stop = CancellationToken::new();
        let _stops_when_dropped = stop.clone().drop_guard();
        self.compute_until(stop, work).await
    }

    /// As `compute`, for plans that run on after it.
    pub async fn compute_until<T: Send + 'static>(
        &self,
        stop: CancellationToken,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        if self.connection.is_some() {
            return work.await;
        }
        let mut task = JoinSet::new();
        task.spawn_on(STOP.scope(stop, caught(work)), &self.engine()?);
        match task.join_next().await {
            Some(Ok(result)) => result,
            _ => Err(closed()),
        }
    }

    /// Batches that are computed on the engine's threads, a few ahead of their reader.
    pub fn ahead(&self, mut batches: SendableRecordBatchStream) -> Result<SendableRecordBatchStream> {
        if self.connection.is_some() {
            return Ok(batches);
        }
        let schema = batches.schema();
        let (sender, receiver) = mpsc::channel(2);
        let mut tasks = JoinSet::new();
        let run = async move {
            let failed = sender.clone();
            let drive = async move {
                while let Some(batch) = batches.next().await {
                    if sender.send(batch).await.is_err() {
                        break;
                    }
                }
                Ok(())
            };
            if let Err(error) = caught(drive).await {
                let _ = failed.send(Err(error.into())).await;
            }
        };
        tasks.spawn_on(run, &self.engine()?);
        // The task belongs to the stream, and ends with it.
        let batches = stream::unfold((receiver, tasks), |(mut receiver, tasks)| async move {
            let batch = receiver.recv().await?;
            Some((batch, (receiver, tasks)))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches)))
    }

    /// Cancels the session's jobs and forgets its tables. Idempotent.
    pub async fn close(&self) {
        self.closed.send_replace(true);
        log::forget(&self.id);
        if let Some(pool) = &self.pool {
            pool.close();
        }
        if let Some(engine) = self.engine.get() {
            engine.shutdown().await;
        }
        if let Some(connection) = &self.connection {
            connection.close().await;
        }
    }

    /// Runs a call that JavaScript may give up: dropping it cancels the jobs that it started.
    pub async fn abandonable<T>(
        &self,
        task: Option<u32>,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        self.check_open()?;
        let Some(task) = task else { return work.await };
        let mut given_up = self.task(task, watch::Sender::subscribe);
        // Dropped after a panic too.
        let _forget = Forget { session: self, task };
        tokio::select! {
            _ = given_up.wait_for(|given_up| *given_up) => {
                Err(Error::new(Code::JobCancelled, "The call was cancelled."))
            }
            result = work => result,
        }
    }

    /// Gives up the call that has this number, or will have it: the call may not have begun yet. Or
    /// it is over, which JavaScript did not know yet: then nobody but time removes the number.
    pub fn abandon(&self, task: u32) {
        let waits = |task: &Task| task.given_up.receiver_count() > 0 || task.since.elapsed() < BEGINS;
        self.tasks.lock().retain(|_, task| waits(task));
        self.task(task, |given_up| given_up.send_replace(true));
    }

    fn task<T>(&self, task: u32, then: impl FnOnce(&watch::Sender<bool>) -> T) -> T {
        let mut tasks = self.tasks.lock();
        let task = tasks.entry(task).or_insert_with(|| Task {
            given_up: watch::Sender::new(false),
            since: Instant::now(),
        });
        then(&task.given_up)
    }

    /// Takes batches as a table, unless they are too many.
    pub fn store(
        &self,
        schema: SchemaRef,
        batches: &[RecordBatch],
        definition: Option<Arc<dyn TableProvider>>,
    ) -> Result<Arc<InMemoryTable>> {
        let stored = StoredTable::from_batches(schema, batches)?;
        InMemoryTable::new(stored, self.memory_table_limit, definition).map(Arc::new)
    }

    pub fn store_ipc(&self, partitions: &[Uint8Array]) -> Result<Arc<InMemoryTable>> {
        let mut schema: Option<SchemaRef> = None;
        let mut batches = Vec::new();
        for (index, bytes) in partitions.iter().enumerate() {
            let (found, read) = batches_from_ipc(bytes)?;
            let first = schema.get_or_insert_with(|| found.clone());
            if *first != found {
                return Err(Error::new(
                    Code::Schema,
                    format!(
                        "Partition {index} has another schema than the first: {found} instead of {first}."
                    ),
                ));
            }
            batches.extend(read);
        }
        let schema = schema.ok_or_else(|| {
            Error::new(
                Code::InvalidArgument,
                "A table needs a schema: give at least one partition.",
            )
        })?;
        self.store(schema, &batches, None)
    }

    /// The store is for this session, and travels with its queries.
    pub fn register_store(&self, url: &str, options: String) -> Result<()> {
        let parsed = parse_url(url)?;
        let store = stores::build(&options)?;
        self.context().register_object_store(&parsed, store);
        self.change_stores(|by_url| {
            by_url.insert(url.to_owned(), options);
        })
    }

    /// Whether there was one.
    pub fn deregister_store(&self, url: &str) -> Result<bool> {
        let gone = self
            .context()
            .runtime_env()
            .deregister_object_store(&parse_url(url)?);
        self.change_stores(|by_url| {
            by_url.remove(url);
        })?;
        Ok(gone.is_ok())
    }

    fn change_stores(&self, change: impl FnOnce(&mut StoresByUrl)) -> Result<()> {
        let Some(connection) = &self.connection else {
            return Ok(());
        };
        let mut settings = connection.settings.write();
        let json = settings.get(stores::KEY).map_or("{}", String::as_str);
        let mut by_url: StoresByUrl = parse_json(json)?;
        change(&mut by_url);
        settings.insert(stores::KEY.to_owned(), serde_json::json!(by_url).to_string());
        Ok(())
    }

    pub fn table_exists(&self, name: String) -> bool {
        // Fails for an unknown catalog or schema only.
        self.context().table_exist(name).unwrap_or(false)
    }

    pub async fn tables(&self) -> Result<Vec<NativeTableRef>> {
        let mut tables = Vec::new();
        for catalog in self.context().catalog_names() {
            let Some(provider) = self.context().catalog(&catalog) else {
                continue;
            };
            for schema in provider.schema_names() {
                let Some(provider) = provider.schema(&schema) else {
                    continue;
                };
                for name in provider.table_names() {
                    let kind = kind(provider.table_type(&name).await?);
                    tables.push(NativeTableRef {
                        catalog: catalog.clone(),
                        schema: schema.clone(),
                        name,
                        kind: kind.into(),
                    });
                }
            }
        }
        tables.sort_by(|a, b| (&a.catalog, &a.schema, &a.name).cmp(&(&b.catalog, &b.schema, &b.name)));
        Ok(tables)
    }

    pub async fn cancel_job(&self, id: String) -> Result<bool> {
        let connection = self.connection()?;
        if let Some(job) = connection.job(&id) {
            return Ok(job.cancel().await);
        }
        let scheduler = connection.scheduler(&Default::default()).await?;
        Ok(job::cancel(&scheduler, &id, ANNOUNCED).await)
    }
}

fn parse_url(url: &str) -> Result<Url> {
    Url::parse(url)
        .map_err(|error| Error::new(Code::InvalidArgument, format!("\"{url}\" is no URL: {error}.")))
}

fn closed() -> Error {
    Error::new(Code::Closed, "The session is closed: create a new context.")
}

struct Forget<'a> {
    session: &'a Session,
    task: u32,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.session.tasks.lock().remove(&self.task);
    }
}

pub fn values(params: Params) -> ParamValues {
    match params {
        Params::Positional(values) => {
            ParamValues::List(values.into_iter().map(ScalarAndMetadata::from).collect())
        }
        Params::Named(values) => ParamValues::Map(
            values
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect(),
        ),
    }
}
