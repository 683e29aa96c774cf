//! The cluster side of a session: its jobs, the tables and UDF code that it has sent, its console output.

use super::connection::Connection;
use super::job::Job;
use super::lease;
use super::releases;
use super::settings::Settings;
use crate::blobs::blob::Blob;
use crate::blobs::cache::BlobCache;
use crate::blobs::remote;
use crate::error::{Code, Error, Result};
use crate::network::credentials::Credentials;
use crate::udf::code::blob_of;
use crate::udf::definition::Definition;
use crate::udf::log;
use ballista_core::config::BallistaConfig;
use futures::future::join_all;
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::task::JoinSet;

/// How much UDF code is kept for later queries.
const CODE_BYTES: usize = 64 << 20;

/// How long a session that closes waits until its jobs are cancelled.
const CANCELLED: Duration = Duration::from_secs(10);

pub struct RemoteSession {
    pub id: String,
    pub connection: Arc<Connection>,
    pub settings: Arc<Settings>,
    /// Weak: a job lives as long as its rows are read. Locked for lookups only, like `sent`.
    jobs: Mutex<HashMap<String, Weak<Job>>>,
    /// The tables that the scheduler holds. Weak, to notice when the session has dropped one.
    sent: Mutex<HashMap<String, Weak<Blob>>>,
    /// The task that follows console output of UDFs. Locked while it starts, so that there is only one.
    following: tokio::sync::Mutex<JoinSet<()>>,
    /// The task that keeps the session's jobs alive on the scheduler, from the first job on. Locked while it starts.
    lease: Mutex<JoinSet<()>>,
    /// Code of recently called UDFs, which the next query need not send again.
    code: BlobCache,
}

impl std::fmt::Debug for RemoteSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RemoteSession").field(&self.connection).finish()
    }
}

impl RemoteSession {
    pub fn new(
        host: String,
        port: u16,
        executor_timeout: Duration,
        settings: BTreeMap<String, String>,
        credentials: Credentials,
    ) -> Self {
        let settings = Arc::new(Settings::new(settings));
        let connection = Connection::new(host, port, executor_timeout, settings.clone(), credentials);
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            connection: Arc::new(connection),
            settings,
            jobs: Default::default(),
            sent: Default::default(),
            following: Default::default(),
            lease: Default::default(),
            code: Default::default(),
        }
    }

    /// Submits a query with the session's settings and some of its own.
    pub async fn submit(
        &self,
        config: &BallistaConfig,
        own: BTreeMap<String, String>,
        plan: Vec<u8>,
        traceparent: Option<&str>,
    ) -> Result<Arc<Job>> {
        let mut settings = self.settings.all();
        settings.extend(own);
        let job = Job::submit(&self.connection, config, &self.id, settings, plan, traceparent).await?;
        self.keep_jobs();
        let mut jobs = self.jobs.lock();
        jobs.retain(|_, job| job.strong_count() > 0);
        jobs.insert(job.id.clone(), Arc::downgrade(&job));
        drop(jobs);
        Ok(job)
    }

    fn keep_jobs(&self) {
        let mut lease = self.lease.lock();
        while lease.try_join_next().is_some() {}
        if lease.is_empty() {
            lease.spawn(lease::hold(self.connection.clone(), self.id.clone()));
        }
    }

    pub fn job(&self, id: &str) -> Option<Arc<Job>> {
        self.jobs.lock().get(id).and_then(Weak::upgrade)
    }

    /// Sends the code of UDFs to the scheduler unless it has it, and keeps it in this session for a while.
    pub async fn ensure_code(&self, functions: &[Arc<Definition>]) -> Result<Vec<Arc<Blob>>> {
        let mut modules = Vec::new();
        for function in functions {
            let Some(module) = blob_of(function)? else {
                continue;
            };
            // Code stays on the scheduler when the session ends, because other sessions may call it.
            if !self.ensure(&module).await? {
                return Err(Error::new(
                    Code::Udf,
                    "This scheduler does not support TypeScript UDFs, because it is not a scheduler of this \
                     package. Start a scheduler with new BallistaScheduler(), and executors with \
                     new BallistaExecutor({ udf: true }).",
                ));
            }
            self.code.keep(module.clone());
            modules.push(module);
        }
        self.code.sweep();
        // The code of a running query stays.
        self.code.shrink(CODE_BYTES, 1);
        if !modules.is_empty() {
            self.follow_log().await?;
        }
        Ok(modules)
    }

    /// Starts before any query runs, so that no console output is lost.
    async fn follow_log(&self) -> Result<()> {
        if log::listener_of(&self.id).is_none() {
            return Ok(());
        }
        let mut following = self.following.lock().await;
        while following.try_join_next().is_some() {}
        if following.is_empty() {
            let channel = self.connection.channel().await?.clone();
            *following = log::follow(channel, &self.id).await?;
        }
        Ok(())
    }

    /// Sends a blob to the scheduler unless it has it. The blob stays there when the session ends.
    pub async fn ensure(&self, blob: &Blob) -> Result<bool> {
        remote::ensure(self.connection.channel().await?, blob).await
    }

    /// Sends the table to the scheduler unless it has it. Returns false for a stock scheduler, which takes no
    /// tables.
    pub async fn ensure_table(&self, table: &Arc<Blob>) -> Result<bool> {
        let channel = self.connection.channel().await?;
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

    /// Cancels the session's jobs and forgets its tables. Idempotent.
    pub async fn close(&self) {
        if !self.connection.close() {
            return;
        }
        let jobs: Vec<_> = self
            .jobs
            .lock()
            .drain()
            .filter_map(|(_, job)| job.upgrade())
            .collect();
        // The end of the lease cancels those that take longer.
        let cancelled = join_all(jobs.iter().map(|job| job.cancel()));
        let _ = tokio::time::timeout(CANCELLED, cancelled).await;
        releases::send(&self.connection).await;
        let sent: Vec<String> = self.sent.lock().drain().map(|(id, _)| id).collect();
        if let Some(channel) = self.connection.opened() {
            for id in sent {
                remote::drop_remote(channel, &id).await;
            }
        }
        self.following.lock().await.abort_all();
        self.lease.lock().abort_all();
        self.connection.disconnect();
    }
}
