//! The session as JavaScript holds it.

use crate::client::connection::Connection;
use crate::config;
use crate::dataframe::{unnamed, NativeDataFrame};
use crate::error::{guard, Error, Result};
use crate::options::{listing_table, NativeReadOptions};
use crate::session::{NativeSqlOptions, NativeTableRef, Session};
use datafusion::prelude::DataFrame;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

#[napi(object)]
pub struct NativeSessionOptions {
    pub host: String,
    pub port: u16,
    pub config: HashMap<String, String>,
    /// How long a query may wait for a first executor.
    pub executor_timeout_ms: u32,
    pub memory_table_limit_bytes: f64,
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
        let settings = config::settings(options.config);
        let config = config::session_config(&settings)?;
        let connection = Connection::new(
            options.host,
            options.port,
            Duration::from_millis(options.executor_timeout_ms.into()),
            settings,
        );
        Ok(Self {
            session: Arc::new(Session::new(
                connection,
                config,
                options.memory_table_limit_bytes as usize,
            )),
        })
    }

    #[napi(getter)]
    pub fn session_id(&self) -> String {
        self.session.connection.session_id.clone()
    }

    /// Connects now rather than with the first query.
    #[napi]
    pub async fn ready(&self) -> napi::Result<()> {
        let session = self.session.clone();
        guard(async move { session.connection.channel().await.map(|_| ()) }).await
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
        frame(session.clone(), task, async move {
            session.sql(&query, options).await
        })
        .await
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
            self.session.connection.check_open()?;
            let view = frame.frame().clone().into_view();
            self.session.context().register_table(name, view)?;
            Ok::<_, Error>(())
        };
        Ok(register()?)
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
            session.connection.close().await;
            Ok(())
        })
        .await
    }
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
