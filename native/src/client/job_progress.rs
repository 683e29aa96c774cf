//! Follows how far a job is, for a caller that watches its query. Nothing is requested before the caller has asked once.

use super::job::Job;
use super::reports;
use crate::exec::query_progress::QueryProgress;
use crate::network::http;
use crate::protocol::job_report::{self, JobReport, JobState, CONTENT_TYPE};
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::operator_metric::Metric;
use ballista_core::serde::protobuf::GetJobMetricsResult;
use futures::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How often a stock scheduler is asked for the state of a job, and an executor for the metrics of a whole query.
const PAUSE: Duration = Duration::from_millis(500);

/// How long the last report of a query may take.
const COMPLETE: Duration = Duration::from_secs(1);

/// Dropping the returned set ends it.
pub fn follow(job: Arc<Job>, progress: Arc<QueryProgress>) -> JoinSet<()> {
    progress.begin_job(&job.id);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        progress.wanted().await;
        tokio::join!(follow_reports(&job, &progress), follow_rows(&job, &progress));
    });
    tasks
}

/// Called when all rows have arrived, because the last report may not have.
pub async fn complete(job: &Job, progress: &QueryProgress) {
    let last = async {
        if let Ok(Some(report)) = reports::job(&job.connection, &job.id, false).await {
            progress.change(|seen| seen.report = Some(report));
        }
        count_rows(job, progress).await;
    };
    // The result does not wait for a scheduler or an executor that does not answer.
    let _ = tokio::time::timeout(COMPLETE, last).await;
}

/// Ends with the job.
async fn follow_reports(job: &Job, progress: &QueryProgress) {
    let path = format!("/jobs/{}/progress", job.id);
    loop {
        let Ok(channel) = job.connection.channel().await else {
            return;
        };
        match http::open(channel.clone(), &path).await {
            Ok(answer) if answer.content_type() == CONTENT_TYPE => {
                let mut reports = job_report::reports(answer.body);
                while let Some(Ok(report)) = reports.next().await {
                    let ended = report.has_ended();
                    progress.change(|seen| seen.report = Some(report));
                    if ended {
                        return;
                    }
                }
            }
            // A stock scheduler, or one that has too many clients that wait.
            Ok(_) => match state(job).await {
                Some(report) => progress.change(|seen| seen.report = Some(report)),
                None => return,
            },
            Err(_) => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// All that a stock scheduler tells. `None`: the job has ended.
async fn state(job: &Job) -> Option<JobReport> {
    let status = job.status().await.ok()?.status;
    let state = match status.and_then(|status| status.status) {
        None | Some(Status::Queued(_)) => JobState::Queued,
        Some(Status::Running(_)) => JobState::Running,
        Some(Status::Successful(_) | Status::Failed(_)) => return None,
    };
    let mut report = JobReport::default();
    report.set_state(state);
    Some(report)
}

/// Follows how many rows a whole query has read.
async fn follow_rows(job: &Job, progress: &QueryProgress) {
    loop {
        tokio::time::sleep(PAUSE).await;
        count_rows(job, progress).await;
    }
}

/// Queries in stages tell no rows until their tasks end.
async fn count_rows(job: &Job, progress: &QueryProgress) {
    let result = job.result.lock().clone();
    let Some(result) = result else { return };
    let metrics = result.metrics().await;
    if let Some(rows) = metrics.ok().as_ref().and_then(scanned) {
        progress.change(|seen| seen.scanned = Some(rows));
    }
}

/// The rows that leaves have made. Operators are listed from the root down, with their depths.
fn scanned(metrics: &GetJobMetricsResult) -> Option<u64> {
    let rows = metrics.stages.iter().flat_map(|stage| {
        let operators = &stage.operators;
        let is_leaf = |at: usize| {
            operators
                .get(at + 1)
                .is_none_or(|next| next.depth <= operators[at].depth)
        };
        let leaves = (0..operators.len()).filter(move |at| is_leaf(*at));
        leaves.filter_map(|at| {
            let rows = operators[at]
                .metrics
                .iter()
                .filter_map(|metric| match metric.metric {
                    Some(Metric::OutputRows(rows)) => Some(rows),
                    _ => None,
                });
            rows.reduce(|sum, rows| sum + rows)
        })
    });
    rows.reduce(|sum, rows| sum + rows)
}
