//! The JavaScript class for a session.

use super::native_dataframe::NativeDataFrame;
use super::native_prepared::NativePreparedStatement;
use crate::client::remote_session::RemoteSession;
use crate::config;
use crate::error::{guard, Error, Result};
use crate::network::credentials::Credentials;
use crate::network::tls::NativeTls;
use crate::network::token::NativeToken;
use crate::session::plans::planned::Query;
use crate::session::runtime_env::NativeRuntimeOptions;
use crate::session::statement::NativeSqlOptions;
use crate::session::Session;
use crate::udf::definition::Definition;
use crate::udf::log::{self, LINES};
use crate::udf::worker::pool::Pool;
use datafusion::prelude::SessionContext;
use napi::bindgen_prelude::Function;
use napi_derive::napi;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

#[napi(object)]
pub struct NativeSessionOptions {
    /// The host of the scheduler. Absent: everything runs in this process.
    pub host: Option<String>,
    pub port: Option<u16>,
    pub config: HashMap<String, String>,
    /// How long a query waits for the first executor.
    pub executor_timeout_ms: u32,
    pub memory_table_limit_bytes: f64,
    pub runtime: Option<NativeRuntimeOptions>,
    /// The worker pool for the TypeScript UDFs of a session without a cluster.
    pub udf_pool: Option<u32>,
    pub tls: Option<NativeTls>,
    pub token: Option<NativeToken>,
}

/// Asynchronous methods work on clones of what they need: when a JavaScript thread ends, it frees its
/// objects, even while their methods still run.
#[napi]
pub struct NativeSession {
    pub(super) session: Arc<Session>,
}

#[napi]
impl NativeSession {
    #[napi(constructor, catch_unwind)]
    pub fn new(options: NativeSessionOptions) -> napi::Result<Self> {
        let runtime = options.runtime.unwrap_or_default();
        runtime.build(runtime.limits()?.as_ref())?;
        let limit = options.memory_table_limit_bytes as usize;
        let session = match (options.host, options.port) {
            (Some(host), Some(port)) => {
                let settings = config::settings(options.config);
                let config = config::session_config(&settings)?;
                let timeout = Duration::from_millis(options.executor_timeout_ms.into());
                let credentials = Credentials::new(options.tls, options.token)?;
                let remote = RemoteSession::new(host, port, timeout, settings, credentials);
                Session::on_cluster(remote, config, runtime, limit)
            }
            _ => {
                let config = config::local_config(&options.config.into_iter().collect())?;
                let pool = options.udf_pool.map(Pool::find).transpose()?;
                Session::local(pool, config, runtime, limit)
            }
        };
        Ok(Self {
            session: Arc::new(session),
        })
    }

    #[napi(getter)]
    pub fn session_id(&self) -> String {
        self.session.id().to_owned()
    }

    /// Connects now, not with the first query.
    #[napi]
    pub async fn ready(&self) -> napi::Result<()> {
        let session = self.session.clone();
        guard(async move { session.connect().await }).await
    }

    /// `definition`: a Definition as JSON.
    #[napi(catch_unwind)]
    pub fn register_udf(&self, definition: String) -> napi::Result<()> {
        self.session.check_open()?;
        let definition = Definition::parse(&definition)?;
        Ok(self.session.udfs.register(self.session.context(), definition)?)
    }

    /// Passes the console output of UDFs to the listener, as JSON, until the session is closed.
    #[napi]
    pub fn listen(&self, listener: Function<String, ()>) -> napi::Result<()> {
        let listener = listener.build_threadsafe_function().weak::<true>();
        let listener = listener.max_queue_size::<LINES>().build()?;
        log::listen(self.session.id(), listener);
        Ok(())
    }

    /// Cancels the call that was started with this number.
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
        // Statements such as CREATE TABLE AS run their query at once. Boxed: see `NativeDataFrame::task`.
        let planned = owner.abandonable(task, |stop| Box::pin(owner.compute_until(stop, work)));
        let query = guard(planned).await?;
        Ok(NativeDataFrame::new(owner, query))
    }

    #[napi]
    pub async fn prepare(
        &self,
        query: String,
        allow_dml: bool,
        task: Option<u32>,
    ) -> napi::Result<NativePreparedStatement> {
        let (session, owner) = (self.session.clone(), self.session.clone());
        let work = async move { session.prepare(&query, allow_dml).await };
        let prepared = guard(owner.abandonable(task, |stop| owner.compute_until(stop, work))).await?;
        Ok(NativePreparedStatement::new(owner, prepared))
    }
}

/// Converts a limit such as "100M" to a number of bytes.
#[napi(catch_unwind)]
pub fn parse_capacity_limit(name: String, limit: String) -> napi::Result<f64> {
    let bytes = SessionContext::parse_capacity_limit(&name, &limit);
    Ok(bytes.map_err(Error::from)? as f64)
}

pub async fn run<T>(session: Arc<Session>, work: impl Future<Output = Result<T>>) -> napi::Result<T> {
    guard(session.abandonable(None, |_| work)).await
}

pub async fn frame<Q: Into<Query>>(
    session: Arc<Session>,
    work: impl Future<Output = Result<Q>>,
) -> napi::Result<NativeDataFrame> {
    let query = guard(session.abandonable(None, |_| work)).await?;
    Ok(NativeDataFrame::new(session, query))
}
