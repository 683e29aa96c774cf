//! A job on the scheduler.

use super::connection::{Connection, SchedulerClient};
use super::job_cancel::{cancel, ACCEPTED};
use super::releases::release;
use super::whole_result::WholeResult;
use crate::error::{Code, Error, Result};
use ballista_core::serde::protobuf::{CleanJobDataParams, GetJobMetricsParams, GetJobMetricsResult};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

#[derive(Debug)]
pub struct Job {
    pub id: String,
    pub(super) scheduler: SchedulerClient,
    pub(super) connection: Arc<Connection>,
    /// The job has ended, so there is nothing to cancel.
    pub(super) over: AtomicBool,
    pub(super) cancelled: AtomicBool,
    pub(super) succeeded: AtomicBool,
    /// Where the rows of a whole query are, from the first request for them on. Locked for short accesses only.
    pub result: Mutex<Option<WholeResult>>,
}

impl Job {
    pub(super) fn new(id: String, scheduler: SchedulerClient, connection: Arc<Connection>) -> Self {
        Self {
            id,
            scheduler,
            connection,
            over: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            succeeded: AtomicBool::new(false),
            result: Mutex::default(),
        }
    }

    /// Called when an executor's rows of a whole query were read to the end.
    pub fn finish(&self) {
        self.over.store(true, Ordering::Release);
    }

    pub fn cancelled_error(&self) -> Error {
        Error::new(Code::JobCancelled, format!("Job {} was cancelled.", self.id)).of_job(&self.id)
    }

    pub async fn metrics(&self) -> Result<GetJobMetricsResult> {
        let result = self.result.lock().clone();
        if let Some(result) = result {
            return result.metrics().await.map_err(|error| error.of_job(&self.id));
        }
        let params = GetJobMetricsParams {
            job_id: self.id.clone(),
        };
        let answer = self.scheduler.clone().get_job_metrics(params).await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| self.connection.refused(&status).of_job(&self.id))
    }

    /// Returns false if the job was over already.
    pub async fn cancel(&self) -> bool {
        if self.over.load(Ordering::Acquire) {
            return false;
        }
        self.cancelled.store(true, Ordering::Release);
        let ran = cancel(&self.scheduler, &self.id, ACCEPTED).await;
        self.over.store(true, Ordering::Release);
        ran
    }

    /// Cancels a running job. If its stages succeeded, removes their results from the executors.
    pub async fn release(&self) {
        let result = self.result.lock().clone();
        if let Some(result) = result {
            result.drop_rows().await;
        }
        if self.succeeded.load(Ordering::Acquire) {
            let params = CleanJobDataParams {
                job_id: self.id.clone(),
                remove_stage_ids: vec![],
            };
            // Ignores failures: the scheduler's own timer removes what stays.
            let _ = self.scheduler.clone().clean_job_data(params).await;
        } else {
            self.cancel().await;
            release(&self.connection, &self.id);
        }
    }
}
