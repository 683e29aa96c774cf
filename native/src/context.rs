//! The session as JavaScript holds it.

use crate::arrow::schema_from_ipc;
use crate::catalog::{NativeCatalog, NativeTable};
use crate::client::connection::Connection;
use crate::config;
use crate::dataframe::{unnamed, NativeDataFrame};
use crate::error::{guard, Error, Result};
use crate::options::{listing_table, NativeReadOptions};
use crate::plan::physical::NativeExecutionPlan;
use crate::plan::NativeLogicalPlan;
use crate::runtime_env::NativeRuntimeOptions;
use crate::session::{NativeSqlOptions, NativeTableRef, Session};
use crate::spark;
use crate::udf::aggregate::JsAggregate;
use crate::udf::definition::{Definition, Kind};
use crate::udf::log::{self, LINES};
use crate::udf::pool::Pool;
use crate::udf::scalar::JsScalar;
use crate::udf::table::JsTableFunction;
use crate::udf::window::JsWindow;
use datafusion::catalog::DynamicFileCatalog;
use datafusion::common::DFSchema;
use datafusion::datasource::dynamic_file::DynamicListTableFactory;
use datafusion::execution::FunctionRegistry;
use datafusion::prelude::{DataFrame, SessionContext};
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

#[napi(object)]
pub struct NativeSessionOptions {
    /// The scheduler; absent: everything runs in this process.
    pub host: Option<String>,
    pub port: Option<u16>,
    pub config: HashMap<String, String>,
    /// How long a query may wait for a first executor.
    pub executor_timeout_ms: u32,
    pub memory_table_limit_bytes: f64,
    pub runtime: Option<NativeRuntimeOptions>,
    /// Where functions of TypeScript run, of a session without a cluster.
    pub udf_pool: Option<u32>,
}

/// Asynchronous methods work on clones of what they need: a thread of JavaScript that ends frees its
/// objects, whatever still runs for them.
#[napi]
pub struct NativeSession {
    session: Arc<Session>,
}

#[napi]
impl NativeSession {
    #[napi(constructor, catch_unwind)]
    pub fn new(options: NativeSessionOptions) -> napi::Result<Self> {
        let runtime = options.runtime.unwrap_or_default();
        runtime.build()?;
        let (connection, config) = match (options.host, options.port) {
            (Some(host), Some(port)) => {
                let settings = config::settings(options.config);
                let config = config::session_config(&settings)?;
                let timeout = Duration::from_millis(options.executor_timeout_ms.into());
                (Some(Connection::new(host, port, timeout, settings)), config)
            }
            _ => (None, config::local_config(&options.config.into_iter().collect())?),
        };
        let limit = options.memory_table_limit_bytes as usize;
        let pool = options.udf_pool.map(Pool::find).transpose()?;
        Ok(Self {
            session: Arc::new(Session::new(connection, config, runtime, limit, pool)),
        })
    }

    #[napi(getter)]
    pub fn session_id(&self) -> String {
        self.session.id.clone()
    }

    /// Connects now rather than with the first query.
    #[napi]
    pub async fn ready(&self) -> napi::Result<()> {
        let session = self.session.clone();
        guard(async move { session.connection()?.channel().await.map(|_| ()) }).await
    }

    /// `definition`: JSON of a Definition.
    #[napi(catch_unwind)]
    pub fn register_udf(&self, definition: String) -> napi::Result<()> {
        self.session.check_open()?;
        let definition = Arc::new(Definition::parse(&definition)?);
        let context = self.session.context();
        match definition.kind {
            Kind::Scalar => context.register_udf(JsScalar::udf(definition)?),
            Kind::Aggregate => context.register_udaf(JsAggregate::udaf(definition)?),
            Kind::Window => context.register_udwf(JsWindow::udwf(definition, None)?),
            Kind::Table => {
                context.register_udtf(&definition.name.clone(), Arc::new(JsTableFunction(definition)))
            }
        }
        Ok(())
    }

    /// Tells what functions print, as JSON, until the session is closed.
    #[napi]
    pub fn listen(&self, listener: Function<String, ()>) -> napi::Result<()> {
        let listener = listener.build_threadsafe_function().weak::<true>();
        let listener = listener.max_queue_size::<LINES>().build()?;
        log::listen(&self.session.id, listener);
        Ok(())
    }

    /// Gives up the call that was started with this number.
    #[napi]
    pub fn abandon(&self, task: u32) {
        self.session.abandon(task);
    }

    #[napi]
    pub async fn sql(
        &self,
        query: String,
        options: NativeSqlOptions,
        task: Option<u32>,
    ) -> napi::Result<NativeDataFrame> {
        let session = self.session.clone();
        let owner = session.clone();
        let work = async move { session.sql(&query, options).await };
        // CREATE TABLE AS and the like compute at once.
        frame(owner.clone(), task, owner.compute(work)).await
    }

    #[napi]
    pub async fn table(&self, name: String) -> napi::Result<NativeDataFrame> {
        let session = self.session.clone();
        frame(session.clone(), None, async move {
            Ok(session.context().table(name).await?)
        })
        .await
    }

    #[napi]
    pub async fn read(
        &self,
        paths: Vec<String>,
        options: NativeReadOptions,
    ) -> napi::Result<NativeDataFrame> {
        let (owner, session) = (self.session.clone(), self.session.clone());
        let read = async move {
            let context = session.context();
            unnamed(context, listing_table(&context.state(), &paths, options).await?)
        };
        frame(owner, None, read).await
    }

    #[napi]
    pub async fn register(
        &self,
        name: String,
        paths: Vec<String>,
        options: NativeReadOptions,
    ) -> napi::Result<()> {
        let session = self.session.clone();
        run(session.clone(), async move {
            let context = session.context();
            let table = listing_table(&context.state(), &paths, options).await?;
            context.register_table(name, table)?;
            Ok(())
        })
        .await
    }

    /// One IPC stream or file per partition.
    #[napi(js_name = "fromIpc")]
    pub async fn read_ipc(&self, partitions: Vec<Uint8Array>) -> napi::Result<NativeDataFrame> {
        let (owner, session) = (self.session.clone(), self.session.clone());
        let read = async move { unnamed(session.context(), session.store_ipc(&partitions)?) };
        frame(owner, None, read).await
    }

    #[napi]
    pub async fn register_ipc(&self, name: String, partitions: Vec<Uint8Array>) -> napi::Result<()> {
        let session = self.session.clone();
        run(session.clone(), async move {
            session
                .context()
                .register_table(name, session.store_ipc(&partitions)?)?;
            Ok(())
        })
        .await
    }

    /// The DataFrame's plan under a name.
    #[napi(catch_unwind)]
    pub fn register_view(&self, name: String, frame: &NativeDataFrame) -> napi::Result<()> {
        let register = || {
            self.session.check_open()?;
            let view = frame.frame().clone().into_view();
            self.session.context().register_table(name, view)?;
            Ok::<_, Error>(())
        };
        Ok(register()?)
    }

    #[napi(catch_unwind)]
    pub fn frame(&self, plan: &NativeLogicalPlan) -> napi::Result<NativeDataFrame> {
        self.session.check_open()?;
        let frame = DataFrame::new(self.session.context().state(), plan.plan().clone());
        Ok(NativeDataFrame::new(self.session.clone(), frame))
    }

    #[napi(catch_unwind)]
    pub fn plan_from_bytes(&self, bytes: Uint8Array) -> napi::Result<NativeLogicalPlan> {
        Ok(NativeLogicalPlan::from_bytes(&self.session, &bytes)?)
    }

    #[napi]
    pub async fn plan_from_substrait(&self, bytes: Uint8Array) -> napi::Result<NativeLogicalPlan> {
        let session = self.session.clone();
        let owner = session.clone();
        run(owner, async move {
            NativeLogicalPlan::from_substrait(&session, &bytes).await
        })
        .await
    }

    #[napi(catch_unwind)]
    pub fn execution_plan_from_bytes(&self, bytes: Uint8Array) -> napi::Result<NativeExecutionPlan> {
        Ok(NativeExecutionPlan::from_bytes(&self.session, &bytes)?)
    }

    #[napi(catch_unwind)]
    pub fn catalog_names(&self) -> Vec<String> {
        let mut names = self.session.context().catalog_names();
        names.sort();
        names
    }

    #[napi(catch_unwind)]
    pub fn catalog(&self, name: String) -> Option<NativeCatalog> {
        self.session.context().catalog(&name).map(NativeCatalog::new)
    }

    /// The catalog that had the name before.
    #[napi(catch_unwind)]
    pub fn register_catalog(&self, name: String, catalog: &NativeCatalog) -> Option<NativeCatalog> {
        let before = self.session.context().register_catalog(name, catalog.provider());
        before.map(NativeCatalog::new)
    }

    #[napi(catch_unwind)]
    pub fn register_table(&self, name: String, table: &NativeTable) -> napi::Result<()> {
        self.session.check_open()?;
        let registered = self.session.context().register_table(name, table.provider());
        registered.map_err(Error::from)?;
        Ok(())
    }

    #[napi]
    pub async fn table_provider(&self, name: String) -> napi::Result<NativeTable> {
        let session = self.session.clone();
        run(session.clone(), async move {
            Ok(NativeTable::new(session.context().table_provider(name).await?))
        })
        .await
    }

    #[napi]
    pub async fn read_table(&self, table: &NativeTable) -> napi::Result<NativeDataFrame> {
        let (owner, session, table) = (self.session.clone(), self.session.clone(), table.provider());
        frame(owner, None, async move { unnamed(session.context(), table) }).await
    }

    /// `options`: JSON.
    #[napi(catch_unwind)]
    pub fn register_object_store(&self, url: String, options: String) -> napi::Result<()> {
        self.session.check_open()?;
        Ok(self.session.register_store(&url, options)?)
    }

    /// Whether there was one.
    #[napi(catch_unwind)]
    pub fn deregister_object_store(&self, url: String) -> napi::Result<bool> {
        self.session.check_open()?;
        Ok(self.session.deregister_store(&url)?)
    }

    /// The names of all functions of a kind: 'scalar', 'aggregate' or 'window'.
    #[napi(catch_unwind)]
    pub fn function_names(&self, kind: String) -> Vec<String> {
        let state = self.session.context().state_ref();
        let state = state.read();
        let names = match kind.as_str() {
            "scalar" => state.udfs(),
            "aggregate" => state.udafs(),
            _ => state.udwfs(),
        };
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort();
        names
    }

    /// Whether there was one.
    #[napi(catch_unwind)]
    pub fn deregister_function(&self, kind: String, name: String) -> napi::Result<bool> {
        self.session.check_open()?;
        let context = self.session.context();
        let state = context.state_ref();
        let mut state = state.write();
        let gone = match kind.as_str() {
            "scalar" => state.deregister_udf(&name).map(|function| function.is_some()),
            "aggregate" => state.deregister_udaf(&name).map(|function| function.is_some()),
            "window" => state.deregister_udwf(&name).map(|function| function.is_some()),
            _ => state.deregister_udtf(&name).map(|function| function.is_some()),
        };
        Ok(gone.map_err(Error::from)?)
    }

    #[napi(catch_unwind)]
    pub fn enable_spark_functions(&self) -> napi::Result<()> {
        self.session.check_open()?;
        let state = self.session.context().state_ref();
        let taken = spark::take_over(&mut *state.write());
        Ok(taken.map_err(Error::from)?)
    }

    /// Makes names of tables that are paths of files mean these.
    #[napi(catch_unwind)]
    pub fn enable_url_table(&self) -> napi::Result<()> {
        self.session.check_open()?;
        let context = self.session.context();
        let catalogs = context.state_ref().read().catalog_list().clone();
        let factory = Arc::new(DynamicListTableFactory::new(
            datafusion_session::SessionStore::new(),
        ));
        factory.session_store().with_state(context.state_weak_ref());
        context.register_catalog_list(Arc::new(DynamicFileCatalog::new(catalogs, factory)));
        Ok(())
    }

    /// Checks SQL text against columns. `schema`: an IPC stream that holds only the schema.
    #[napi(catch_unwind)]
    pub fn parse_sql_expr(&self, sql: String, schema: Uint8Array) -> napi::Result<()> {
        self.session.check_open()?;
        let schema = DFSchema::try_from(schema_from_ipc(&schema)?).map_err(Error::from)?;
        let parsed = self.session.context().parse_sql_expr(&sql, &schema);
        parsed.map_err(Error::from)?;
        Ok(())
    }

    /// A DataFrame with columns and without rows.
    #[napi(catch_unwind)]
    pub fn empty_table(&self) -> napi::Result<NativeDataFrame> {
        self.session.check_open()?;
        let frame = self.session.context().read_empty().map_err(Error::from)?;
        Ok(NativeDataFrame::new(self.session.clone(), frame))
    }

    /// A setting as it is now.
    #[napi(catch_unwind)]
    pub fn config(&self) -> HashMap<String, String> {
        let state = self.session.context().state_ref();
        let entries = state.read().config_options().entries();
        entries
            .into_iter()
            .filter_map(|entry| Some((entry.key, entry.value?)))
            .collect()
    }

    /// In milliseconds since the epoch.
    #[napi(getter, catch_unwind)]
    pub fn start_time(&self) -> f64 {
        let start = self.session.context().session_start_time();
        start.timestamp_millis() as f64
    }

    /// Whether there was such a rule.
    #[napi(catch_unwind)]
    pub fn remove_optimizer_rule(&self, name: String) -> bool {
        self.session.context().remove_optimizer_rule(&name)
    }

    #[napi]
    pub async fn refresh_catalogs(&self) -> napi::Result<()> {
        let session = self.session.clone();
        run(session.clone(), async move {
            Ok(session.context().refresh_catalogs().await?)
        })
        .await
    }

    #[napi]
    pub async fn deregister_table(&self, name: String) -> napi::Result<bool> {
        let session = self.session.clone();
        run(session.clone(), async move {
            Ok(session.context().deregister_table(name)?.is_some())
        })
        .await
    }

    #[napi]
    pub async fn table_exists(&self, name: String) -> napi::Result<bool> {
        let session = self.session.clone();
        run(session.clone(), async move { Ok(session.table_exists(name)) }).await
    }

    #[napi]
    pub async fn tables(&self) -> napi::Result<Vec<NativeTableRef>> {
        let session = self.session.clone();
        run(session.clone(), async move { session.tables().await }).await
    }

    /// Whether there was a running job of that id to cancel.
    #[napi]
    pub async fn cancel_job(&self, job_id: String) -> napi::Result<bool> {
        let session = self.session.clone();
        run(session.clone(), async move { session.cancel_job(job_id).await }).await
    }

    /// Cancels the session's running jobs. Idempotent.
    #[napi]
    pub async fn close(&self) -> napi::Result<()> {
        let session = self.session.clone();
        guard(async move {
            session.close().await;
            Ok(())
        })
        .await
    }
}

/// "100M" as bytes.
#[napi(catch_unwind)]
pub fn parse_capacity_limit(name: String, limit: String) -> napi::Result<f64> {
    let bytes = SessionContext::parse_capacity_limit(&name, &limit);
    Ok(bytes.map_err(Error::from)? as f64)
}

async fn run<T>(session: Arc<Session>, work: impl Future<Output = Result<T>>) -> napi::Result<T> {
    guard(session.abandonable(None, work)).await
}

async fn frame(
    session: Arc<Session>,
    task: Option<u32>,
    work: impl Future<Output = Result<DataFrame>>,
) -> napi::Result<NativeDataFrame> {
    let frame = guard(session.abandonable(task, work)).await?;
    Ok(NativeDataFrame::new(session, frame))
}
