//! Waits for a job to end, or for an executor to stream the rows of a whole query.

use super::job::Job;
use super::job_cancel::{cancel, is_cancelled, ACCEPTED};
use crate::error::{without_plea, Code, Error, Result};
use crate::protocol::job_event::{JobEvent, Whole};
use crate::udf::failure;
use ballista_core::serde::protobuf::get_job_status_result::FlightProxy;
use ballista_core::serde::protobuf::{
    job_status::Status, GetJobStatusParams, GetJobStatusResult, PartitionLocation,
};
use prost::Message;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often the client asks whether the scheduler has an executor.
const EXECUTOR_CHECK: Duration = Duration::from_millis(250);

pub enum Outcome {
    /// An executor streams the rows while it makes them.
    Whole(Whole),
    Output(Output),
    /// The rows of a whole query that has ended cannot be had again.
    Lost,
}

/// The location of a job's result.
pub struct Output {
    pub partitions: Vec<PartitionLocation>,
    pub proxy: Option<FlightProxy>,
}

/// The error that an executor of this package put into the message of a failed job.
fn known_failure(text: &str) -> Option<Error> {
    failure::found(text).or_else(|| Error::found_in(text))
}

/// The message of a failed job, for people.
pub fn failure_text(text: &str) -> String {
    match known_failure(text) {
        Some(known) => known.message,
        None => without_plea(text).trim_end().to_owned(),
    }
}

impl Job {
    pub(super) async fn status(&self) -> Result<GetJobStatusResult> {
        let params = GetJobStatusParams {
            job_id: self.id.clone(),
        };
        let answer = self.scheduler.clone().get_job_status(params).await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| self.connection.refused(&status).of_job(&self.id))
    }

    /// Waits until the job ends, or until a task later than `after` runs the whole query.
    pub async fn wait(&self, after: Option<usize>) -> Result<Outcome> {
        tokio::select! {
            outcome = self.outcome(after) => outcome,
            error = self.executors_missing() => {
                cancel(&self.scheduler, &self.id, ACCEPTED).await;
                self.over.store(true, Ordering::Release);
                Err(error)
            }
        }
    }

    async fn outcome(&self, after: Option<usize>) -> Result<Outcome> {
        loop {
            let event = self.connection.job_event(&self.id, after).await;
            match event.map_err(|error| self.unless_cancelled(error.of_job(&self.id)))? {
                // A stock scheduler has no events.
                None => return self.poll().await.map(Outcome::Output),
                Some(JobEvent {
                    whole: Some(whole), ..
                }) => return Ok(Outcome::Whole(whole)),
                Some(JobEvent { lost: true, .. }) => {
                    self.over.store(true, Ordering::Release);
                    // The executor may still hold the rows.
                    self.succeeded.store(true, Ordering::Release);
                    return Ok(Outcome::Lost);
                }
                Some(JobEvent { ended, .. }) if !ended.is_empty() => {
                    let status = GetJobStatusResult::decode(ended.as_slice());
                    let status = status.map_err(|error| Error::new(Code::Internal, error.to_string()))?;
                    if let Some(output) = self.output(status)? {
                        return Ok(Outcome::Output(output));
                    }
                }
                // No event yet. Checks that the scheduler still knows the job.
                Some(_) => {
                    if self.status().await?.status.is_none() {
                        return Err(self.forgotten());
                    }
                }
            }
        }
    }

    /// If the job was cancelled, returns that error: its scheduler may be gone for the same reason.
    fn unless_cancelled(&self, error: Error) -> Error {
        match self.cancelled.load(Ordering::Acquire) {
            true => self.cancelled_error(),
            false => error,
        }
    }

    /// Polls the job's status. The pause is a tenth of the time since the start: no job waits much longer
    /// than it runs, and long jobs poll rarely.
    async fn poll(&self) -> Result<Output> {
        let started = Instant::now();
        let mut known = false;
        loop {
            let answer = self
                .status()
                .await
                .map_err(|error| self.unless_cancelled(error))?;
            match answer.status {
                None if known || started.elapsed() > ACCEPTED => return Err(self.forgotten()),
                None => {}
                Some(_) => {
                    known = true;
                    if let Some(output) = self.output(answer)? {
                        return Ok(output);
                    }
                }
            }
            let pause = started.elapsed() / 10;
            tokio::time::sleep(pause.clamp(Duration::from_micros(500), Duration::from_millis(50))).await;
        }
    }

    fn forgotten(&self) -> Error {
        self.over.store(true, Ordering::Release);
        let forgotten = format!("the scheduler no longer knows job {}", self.id);
        self.connection.lost(&forgotten).of_job(&self.id)
    }

    /// Returns `None` if the job has not ended.
    fn output(&self, answer: GetJobStatusResult) -> Result<Option<Output>> {
        let GetJobStatusResult { status, flight_proxy } = answer;
        match status.and_then(|status| status.status) {
            Some(Status::Successful(success)) => {
                self.over.store(true, Ordering::Release);
                self.succeeded.store(true, Ordering::Release);
                Ok(Some(Output {
                    partitions: success.partition_location,
                    proxy: flight_proxy,
                }))
            }
            Some(Status::Failed(failure)) => {
                self.over.store(true, Ordering::Release);
                if is_cancelled(&failure) {
                    return Err(self.cancelled_error());
                }
                let mut error = known_failure(&failure.error).unwrap_or_else(|| {
                    // From an executor without the code of this package.
                    Error::new(Code::JobFailed, without_plea(&failure.error))
                });
                if error.code == Code::JobFailed {
                    error.message = format!("Job {} failed: {}", self.id, error.message.trim_end());
                }
                Err(self.unless_cancelled(error.of_job(&self.id)))
            }
            _ => Ok(None),
        }
    }

    /// Completes when the scheduler has had no executor for too long.
    async fn executors_missing(&self) -> Error {
        let mut since: Option<Instant> = None;
        loop {
            tokio::time::sleep(EXECUTOR_CHECK).await;
            match self.connection.had_executors(EXECUTOR_CHECK / 2).await {
                Ok(Some(false)) => {
                    let since = *since.get_or_insert_with(Instant::now);
                    if since.elapsed() + EXECUTOR_CHECK >= self.connection.executor_timeout {
                        return self.no_executors();
                    }
                }
                Ok(_) => since = None,
                // If the scheduler is gone or the session is closed, the request for the status fails too.
                Err(_) => {}
            }
        }
    }

    fn no_executors(&self) -> Error {
        self.connection.no_executors().of_job(&self.id)
    }
}
