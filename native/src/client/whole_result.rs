//! The result of a whole query: in this process, or on an executor in another.

use super::chunk::{Chunk, Chunks};
use super::connection::Connection;
use crate::error::{Code, Error, Result};
use crate::network::http::Answer;
use crate::network::rows_port::RowsPort;
use crate::plan::job_metrics::job_metrics;
use crate::protocol::job_event::Whole;
use crate::results::queue::ResultQueue;
use crate::results::whole_service::{LAST_ROWS, ROWS};
use ballista_core::serde::protobuf::GetJobMetricsResult;
use futures::{stream, StreamExt, TryStreamExt};
use prost::Message;
use std::sync::Arc;
use std::time::Duration;

/// Between two questions whether a task has started.
const PAUSE: Duration = Duration::from_millis(100);

/// Where the rows are.
#[derive(Clone, Debug)]
pub enum WholeResult {
    Here(Arc<ResultQueue>),
    There(Remote),
}

#[derive(Clone, Debug)]
pub struct Remote {
    port: RowsPort,
    /// The URL path of the result.
    path: String,
    task: u64,
}

impl WholeResult {
    pub async fn metrics(&self) -> Result<GetJobMetricsResult> {
        match self {
            Self::Here(queue) => match queue.plan.lock().as_ref() {
                Some(plan) => job_metrics(plan),
                None => Ok(GetJobMetricsResult::default()),
            },
            Self::There(remote) => remote.metrics().await,
        }
    }

    /// Drops the rows that were not read.
    pub async fn drop_rows(&self) {
        match self {
            // JavaScript may hold the job for long, and the plan keeps the executor's threads alive.
            Self::Here(queue) => drop(queue.plan.lock().take()),
            Self::There(remote) => remote.port.delete(&remote.path).await,
        }
    }

    /// The rows from the first one on. If the task `may_start` still, waits for it.
    pub fn chunks(&self, may_start: bool) -> Chunks {
        match self {
            Self::Here(queue) => queue.batches().map_ok(Chunk::Batch).map_err(Error::from).boxed(),
            Self::There(remote) => remote.chunks(may_start),
        }
    }

    pub fn task(&self) -> usize {
        match self {
            Self::Here(queue) => queue.task,
            Self::There(remote) => remote.task as usize,
        }
    }
}

impl Remote {
    pub async fn new(connection: &Connection, session: &str, job: &str, whole: Whole) -> Result<Self> {
        let Whole { host, port, task, .. } = whole;
        Ok(Self {
            port: connection.rows.connect(&host, port as u16).await?,
            path: format!("/results/{session}/{job}"),
            task,
        })
    }

    async fn metrics(&self) -> Result<GetJobMetricsResult> {
        let path = format!("{}/metrics?task={}", self.path, self.task);
        let answer = self.port.get(&path).await?;
        let metrics = GetJobMetricsResult::decode(answer.body);
        metrics.map_err(|error| Error::new(Code::Internal, error.to_string()))
    }

    /// The part of the rows with this number.
    async fn part(&self, number: u64) -> Result<Answer> {
        let path = format!("{}?task={}&part={number}", self.path, self.task);
        self.port.get_again(&path).await
    }

    fn chunks(&self, may_start: bool) -> Chunks {
        let chunks = stream::try_unfold(Some((self.clone(), 0)), move |next| async move {
            let Some((remote, part)) = next else {
                return Ok(None);
            };
            loop {
                let answer = remote.part(part).await?;
                match (answer.status, answer.content_type()) {
                    (200, ROWS) => {
                        let next = Some((remote, part + 1));
                        return Ok(Some((Chunk::Encoded(answer.body), next)));
                    }
                    (200, LAST_ROWS) => return Ok(Some((Chunk::Encoded(answer.body), None))),
                    (204, _) => {}
                    (404, _) if may_start && part == 0 => tokio::time::sleep(PAUSE).await,
                    _ => {
                        let reason = String::from_utf8_lossy(&answer.body).into_owned();
                        return Err(Error::new(Code::Io, reason));
                    }
                }
            }
        });
        chunks.boxed()
    }
}
