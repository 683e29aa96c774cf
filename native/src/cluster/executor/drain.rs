//! Graceful executor shutdown.
//!
//! The executor takes no new tasks, finishes the running ones, waits until their results are read, then
//! leaves the scheduler.

use super::scheduler_link::SchedulerLink;
use super::tasks::Tasks;
use crate::protocol::executor_facts::CLOSING;
use crate::results::whole_results;
use std::path::Path;
use std::time::Duration;

/// How long an executor keeps results that were not fetched yet.
const READ: Duration = Duration::from_secs(5);

/// How long it then waits for the scheduler to note that it leaves.
const LEFT: Duration = Duration::from_secs(2);

/// Waits until no job has files here. A client that has read a result reports it, and the result's files are
/// removed. The scheduler removes the files of inner stages itself, but leaves the folder of the job.
async fn read(jobs: &str, executor: &str) {
    let any = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    let held = || {
        let jobs = std::fs::read_dir(jobs).into_iter().flatten().flatten();
        jobs.into_iter().any(|job| any(&job.path()))
    };
    while held() || whole_results::unread(executor) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// `limit`: how long its tasks may run.
pub async fn drain(tasks: &Tasks, link: &SchedulerLink, jobs: &str, limit: Duration) {
    // The scheduler is gone, so there is nothing to wait for.
    if link.beat(CLOSING).await.is_err() {
        return;
    }
    let _ = tokio::time::timeout(limit, tasks.drained()).await;
    let _ = tokio::time::timeout(READ, read(jobs, tasks.executor())).await;
    let _ = tokio::time::timeout(LEFT, link.leave()).await;
}
