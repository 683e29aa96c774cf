//! The tasks that executors run: takes the reports of their ends, and cancels them.

use super::cluster_state::Executors;
use crate::error::{Code, Error};
use ballista_core::serde::protobuf::failed_task::FailedReason;
use ballista_core::serde::protobuf::task_status::Status;
use ballista_core::serde::protobuf::{CancelTasksParams, RunningTaskInfo, UpdateTaskStatusParams};
use ballista_core::JobId;
use ballista_scheduler::cluster::ClusterState;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// When a cancellation is sent: at once, and again because tasks may have been on their way. Executors of this package
/// remember cancellations; a stock executor ignores one that arrives before it has begun the task.
const PAUSES: [u64; 7] = [0, 20, 100, 500, 1_000, 4_000, 16_000];

enum DiskFailure {
    /// The executor could not write to its work folder.
    Full,
    /// Rows that an executor had written were damaged when they were read.
    Damage,
}

/// Executors of this package say it by the code of the error.
fn disk_failure(status: &Status) -> Option<DiskFailure> {
    let Status::Failed(failed) = status else {
        return None;
    };
    match (
        failed.failed_reason.as_ref()?,
        Error::found_in(&failed.error)?.code,
    ) {
        (FailedReason::IoError(_), Code::ResourcesExhausted) => Some(DiskFailure::Full),
        (FailedReason::FetchPartitionError(_), Code::Io) => Some(DiskFailure::Damage),
        _ => None,
    }
}

impl Executors {
    /// Keeps reports of tasks that this executor was given and has not reported yet. Executors repeat a report until an
    /// answer arrives, and Ballista would count the rows of a repeated one twice.
    pub async fn keep_new_reports(&self, reports: &mut UpdateTaskStatusParams) {
        let mut jobs = self.jobs.lock().await;
        let executor = &reports.executor_id;
        if self.is_leaving(executor) {
            reports.task_status.clear();
        }
        reports.task_status.retain(|report| {
            let Some(job) = jobs.all.get_mut(&JobId::from(report.job_id.clone())) else {
                return false;
            };
            let task = job.launched.get_mut(&(report.stage_id, report.task_id));
            let Some(task) = task.filter(|task| report.status.is_some() && task.executor == *executor) else {
                return false;
            };
            let new =
                task.attempt == report.stage_attempt_num && !std::mem::replace(&mut task.reported, true);
            match report.status.as_ref().and_then(disk_failure) {
                Some(DiskFailure::Full) if new => {
                    job.disk_failed = true;
                    self.registered.fill(executor);
                }
                Some(DiskFailure::Damage) if new => job.disk_failed = true,
                _ => {}
            }
            new
        });
    }

    /// Cancels the tasks of a job that has failed or was cancelled.
    pub fn stop(self: &Arc<Self>, job: JobId) {
        let executors = self.clone();
        tokio::spawn(async move {
            for pause in PAUSES {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                let Some(running) = executors.running(&job).await else {
                    return;
                };
                for (executor, tasks) in running {
                    executors.cancel(&executor, tasks).await;
                }
            }
        });
    }

    /// The tasks of a job whose end was not reported, by executor. `None`: the job is forgotten.
    async fn running(&self, job: &JobId) -> Option<HashMap<String, Vec<RunningTaskInfo>>> {
        let jobs = self.jobs.lock().await;
        let mut running: HashMap<String, Vec<RunningTaskInfo>> = HashMap::new();
        for ((stage_id, task_id), task) in &jobs.all.get(job)?.launched {
            if !task.reported {
                running
                    .entry(task.executor.clone())
                    .or_default()
                    .push(RunningTaskInfo {
                        task_id: *task_id,
                        job_id: job.to_string(),
                        stage_id: *stage_id,
                    });
            }
        }
        Some(running)
    }

    /// Ignores failures: an executor that does not answer is lost.
    pub async fn cancel(&self, executor: &str, task_infos: Vec<RunningTaskInfo>) {
        let Ok(executor) = self.known.get_executor_metadata(executor).await else {
            return;
        };
        if let Ok(mut client) = self.clients.get(&executor).await {
            let _ = client.cancel_tasks(CancelTasksParams { task_infos }).await;
        }
    }
}
