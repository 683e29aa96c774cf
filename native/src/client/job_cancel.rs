//! Cancels a job by its id.

use super::connection::SchedulerClient;
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::{CancelJobParams, FailedJob, GetJobStatusParams};
use std::time::{Duration, Instant};

/// How long the scheduler may take to know a job that it has accepted.
pub const ACCEPTED: Duration = Duration::from_secs(30);

/// Repeats the request until the scheduler reports that the job is over, because the scheduler ignores a
/// request while it plans. Waits up to `accepted` for a job that the scheduler does not know yet. Returns
/// false if the job was over already or never existed.
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
            // The job was planned and cancelled between two requests for its status.
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

/// Ballista has no status for a cancelled job, only this message.
pub fn is_cancelled(failure: &FailedJob) -> bool {
    failure.error == "Cancelled"
}
