//! Graceful executor shutdown.
//!
//! The executor takes no new tasks, finishes the running ones, waits until their results are read, then
//! leaves the scheduler.

use crate::protocol::executor_facts::CLOSING;
use crate::results::whole_results;
use ballista_core::serde::protobuf::executor_status::Status;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{ExecutorStatus, ExecutorStoppedParams, HeartBeatParams};
use ballista_executor::executor::{Executor, TasksDrainedFuture};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tonic::transport::Channel;

/// How long a closing executor lets its tasks run.
const DRAIN: Duration = Duration::from_secs(10);

/// How long it then keeps results that were not fetched yet.
const READ: Duration = Duration::from_secs(5);

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

pub async fn drain(executor: Arc<Executor>, mut scheduler: SchedulerGrpcClient<Channel>, jobs: &str) {
    let id = executor.metadata.id.clone();
    let fence = HeartBeatParams {
        executor_id: id.clone(),
        metrics: vec![],
        status: Some(ExecutorStatus {
            status: Some(Status::Active(CLOSING.into())),
        }),
        metadata: Some(executor.metadata.clone()),
    };
    // The scheduler is gone, so there is nothing to wait for.
    if scheduler.heart_beat_from_executor(fence).await.is_err() {
        return;
    }
    let _ = tokio::time::timeout(DRAIN, TasksDrainedFuture(executor)).await;
    let _ = tokio::time::timeout(READ, read(jobs, &id)).await;
    let stopped = ExecutorStoppedParams {
        executor_id: id,
        reason: "closed".into(),
    };
    let _ = scheduler.executor_stopped(stopped).await;
}
