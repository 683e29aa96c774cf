//! A job on the scheduler: submit, wait, cancel, clean up.

use super::connection::{Connection, SchedulerClient};
use crate::error::{Code, Error, Result};
use crate::udf;
use ballista_core::config::BallistaConfig;
use ballista_core::serde::protobuf::get_job_status_result::FlightProxy;
use ballista_core::serde::protobuf::{
    execute_query_failure_result::Failure, execute_query_params::Query, execute_query_result,
    job_status::Status, CancelJobParams, CleanJobDataParams, ExecuteQueryParams, FailedJob,
    GetJobMetricsParams, GetJobMetricsResult, GetJobStatusParams, GetJobStatusResult, KeyValuePair,
    PartitionLocation,
};
use ballista_core::version;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the scheduler is asked whether it has an executor.
const EXECUTOR_CHECK: Duration = Duration::from_millis(250);
/// How long the scheduler may take to know a job that it has accepted.
const ACCEPTED: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Job {
    pub id: String,
    scheduler: SchedulerClient,
    connection: Arc<Connection>,
    /// Nothing is left to cancel.
    over: AtomicBool,
    cancelled: AtomicBool,
    succeeded: AtomicBool,
}

/// Where the result of a job lies.
pub struct Output {
    pub partitions: Vec<PartitionLocation>,
    pub proxy: Option<FlightProxy>,
}

impl Job {
    pub async fn submit(
        connection: &Arc<Connection>,
        config: &BallistaConfig,
        own: BTreeMap<String, String>,
        plan: Vec<u8>,
    ) -> Result<Arc<Self>> {
        let mut scheduler = connection.scheduler(config).await?;
        let limit = config.grpc_client_max_message_size();
        if plan.len() > limit {
            return Err(Error::new(
                Code::ResourcesExhausted,
                format!(
                    "The query takes {} bytes as a message, more than the limit of {limit}: raise \
                     ballista.client.grpc_max_message_size, or move its data to a table.",
                    plan.len()
                ),
            ));
        }
        let mut settings = connection.settings.read().clone();
        settings.extend(own);
        let settings = settings.into_iter().map(|(key, value)| KeyValuePair {
            key,
            value: Some(value),
        });
        let params = ExecuteQueryParams {
            settings: settings.collect(),
            session_id: connection.session_id.clone(),
            operation_id: uuid::Uuid::new_v4().to_string(),
            query: Some(Query::LogicalPlan(plan)),
        };
        let mut request = tonic::Request::new(params);
        version::insert_version_header(request.metadata_mut());
        // Unary rather than streaming: the id has to be known at once, to cancel by.
        let response = scheduler
            .execute_query(request)
            .await
            .map_err(|status| match status.code() {
                tonic::Code::FailedPrecondition => Error::new(Code::Version, status.message()),
                tonic::Code::OutOfRange | tonic::Code::ResourceExhausted => Error::new(
                    Code::ResourcesExhausted,
                    format!(
                        "The query is too large for one message: {}. Raise \
                         ballista.client.grpc_max_message_size and the scheduler's limit.",
                        status.message()
                    ),
                ),
                _ => connection.lost(&status.message()),
            })?;
        let theirs = version::version_from_metadata(response.metadata()).map(str::to_owned);
        let result = response.into_inner().result;
        let id = match result {
            Some(execute_query_result::Result::Success(success)) => success.job_id,
            Some(execute_query_result::Result::Failure(failure)) => {
                let text = match failure.failure {
                    Some(Failure::PlanParsingFailure(text) | Failure::SessionNotFound(text)) => text,
                    _ => "no reason was given".into(),
                };
                return Err(Error::new(
                    Code::JobFailed,
                    format!("The scheduler refused the query: {text}"),
                ));
            }
            None => {
                return Err(Error::new(Code::Internal, "The scheduler answered nothing."));
            }
        };
        let job = Arc::new(Self {
            id,
            scheduler,
            connection: connection.clone(),
            over: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            succeeded: AtomicBool::new(false),
        });
        connection.add_job(&job);
        if let Err(text) =
            version::check_compatibility(Some(ballista_core::BALLISTA_VERSION), theirs.as_deref())
        {
            job.cancel().await;
            return Err(Error::new(Code::Version, text));
        }
        Ok(job)
    }

    async fn status(&self) -> Result<GetJobStatusResult> {
        let params = GetJobStatusParams {
            job_id: self.id.clone(),
        };
        let answer = self.scheduler.clone().get_job_status(params).await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| self.connection.lost(&status.message()).of_job(&self.id))
    }

    /// Waits for the end of the job. The pause between two questions is a tenth of the time the
    /// job has taken: no job waits much longer than it runs, and long ones ask rarely.
    pub async fn wait(&self) -> Result<Output> {
        let started = Instant::now();
        let mut checked = started;
        let mut without_executor: Option<Instant> = None;
        let mut known = false;
        loop {
            let answer = self.status().await;
            // The scheduler may have gone with whom it was cancelled for.
            let answer = answer.map_err(|error| match self.cancelled.load(Ordering::Acquire) {
                true => self.cancelled_error(),
                false => error,
            });
            let GetJobStatusResult { status, flight_proxy } = answer?;
            match status.and_then(|status| status.status) {
                Some(Status::Successful(success)) => {
                    self.over.store(true, Ordering::Release);
                    self.succeeded.store(true, Ordering::Release);
                    return Ok(Output {
                        partitions: success.partition_location,
                        proxy: flight_proxy,
                    });
                }
                Some(Status::Failed(failure)) => {
                    self.over.store(true, Ordering::Release);
                    return Err(
                        match is_cancelled(&failure) || self.cancelled.load(Ordering::Acquire) {
                            true => self.cancelled_error(),
                            false => udf::failure::found(&failure.error)
                                .unwrap_or_else(|| {
                                    let text = failure.error.trim_end();
                                    Error::new(Code::JobFailed, format!("Job {} failed: {text}", self.id))
                                })
                                .of_job(&self.id),
                        },
                    );
                }
                Some(_) => known = true,
                None if known || started.elapsed() > ACCEPTED => {
                    self.over.store(true, Ordering::Release);
                    let forgotten = format!("the scheduler does not know job {} any more", self.id);
                    return Err(self.connection.lost(&forgotten).of_job(&self.id));
                }
                None => {}
            }
            if checked.elapsed() >= EXECUTOR_CHECK {
                checked = Instant::now();
                match self.connection.has_executors().await {
                    Ok(Some(false)) => {
                        let since = *without_executor.get_or_insert(checked);
                        if since.elapsed() + EXECUTOR_CHECK >= self.connection.executor_timeout {
                            cancel(&self.scheduler, &self.id, ACCEPTED).await;
                            self.over.store(true, Ordering::Release);
                            return Err(self.no_executors());
                        }
                    }
                    Ok(_) => without_executor = None,
                    // A scheduler that is gone, or a session that is closed: the status will say so.
                    Err(_) => {}
                }
            }
            let pause = started.elapsed() / 10;
            tokio::time::sleep(pause.clamp(Duration::from_micros(500), Duration::from_millis(50))).await;
        }
    }

    fn no_executors(&self) -> Error {
        self.connection.no_executors().of_job(&self.id)
    }

    pub fn cancelled_error(&self) -> Error {
        Error::new(Code::JobCancelled, format!("Job {} was cancelled.", self.id)).of_job(&self.id)
    }

    pub async fn metrics(&self) -> Result<GetJobMetricsResult> {
        let params = GetJobMetricsParams {
            job_id: self.id.clone(),
        };
        let answer = self.scheduler.clone().get_job_metrics(params).await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| self.connection.lost(&status.message()).of_job(&self.id))
    }

    /// `false`: the job was over already.
    pub async fn cancel(&self) -> bool {
        if self.over.load(Ordering::Acquire) {
            return false;
        }
        self.cancelled.store(true, Ordering::Release);
        let ran = cancel(&self.scheduler, &self.id, ACCEPTED).await;
        self.over.store(true, Ordering::Release);
        ran
    }

    /// Cancels what runs; of a success, removes the result from the executors.
    pub async fn release(&self) {
        if self.succeeded.load(Ordering::Acquire) {
            let params = CleanJobDataParams {
                job_id: self.id.clone(),
                remove_stage_ids: vec![],
            };
            // Best effort: what stays is removed by the scheduler's own timer.
            let _ = self.scheduler.clone().clean_job_data(params).await;
        } else {
            self.cancel().await;
        }
    }
}

/// Cancels until the scheduler says that the job is over: it forgets a request that comes while it
/// plans. One that it does not know, it may get to know in the time of `accepted`. `false`: the job
/// was over already, or never was.
pub async fn cancel(scheduler: &SchedulerClient, id: &str, accepted: Duration) -> bool {
    let started = Instant::now();
    let mut pause = Duration::from_millis(2);
    let mut ran = false;
    let mut asked = false;
    loop {
        let status = GetJobStatusParams { job_id: id.into() };
        let status = scheduler.clone().get_job_status(status).await;
        let status = status.ok().and_then(|answer| answer.into_inner().status?.status);
        match status {
            Some(Status::Queued(_) | Status::Running(_)) => ran = true,
            // It was known, planned and cancelled between two questions.
            Some(Status::Failed(failure)) if asked && is_cancelled(&failure) => return true,
            None if !ran && started.elapsed() < accepted => {}
            _ => return ran,
        }
        let request = CancelJobParams { job_id: id.into() };
        if scheduler.clone().cancel_job(request).await.is_err() {
            return ran;
        }
        asked = true;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(200));
    }
}

/// There is no status for a job that was cancelled, but this text.
fn is_cancelled(failure: &FailedJob) -> bool {
    failure.error == "Cancelled"
}
