//! The goodbye of an executor: no new tasks, the running ones end, their results are read, then the
//! scheduler forgets it.

use ballista_core::serde::protobuf::executor_status::Status;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{ExecutorStatus, ExecutorStoppedParams, HeartBeatParams};
use ballista_executor::executor::{Executor, TasksDrainedFuture};
use std::sync::Arc;
use std::time::Duration;
use tonic::transport::Channel;

/// How long a closing executor lets its tasks run on.
const DRAIN: Duration = Duration::from_secs(10);

/// How long it keeps results that nobody has fetched yet.
const READ: Duration = Duration::from_secs(5);

/// Until no job has files here: who has read a result says so, and its files are removed.
async fn read(jobs: &str) {
    let has_jobs = || std::fs::read_dir(jobs).is_ok_and(|mut entries| entries.next().is_some());
    while has_jobs() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub async fn drain(executor: Arc<Executor>, mut scheduler: SchedulerGrpcClient<Channel>, jobs: &str) {
    let id = executor.metadata.id.clone();
    let tasks = async {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        let mut drained = TasksDrainedFuture(executor.clone());
        loop {
            tokio::select! {
                _ = &mut drained => return,
                // Repeated: the engine's own heartbeat says that it is active.
                _ = second.tick() => {
                    let fence = HeartBeatParams {
                        executor_id: id.clone(),
                        metrics: vec![],
                        status: Some(ExecutorStatus {
                            status: Some(Status::Terminating(String::new())),
                        }),
                        metadata: Some(executor.metadata.clone()),
                    };
                    // A scheduler that is gone needs no goodbye.
                    if scheduler.clone().heart_beat_from_executor(fence).await.is_err() {
                        return;
                    }
                }
            }
        }
    };
    let _ = tokio::time::timeout(DRAIN, tasks).await;
    let _ = tokio::time::timeout(READ, read(jobs)).await;
    let stopped = ExecutorStoppedParams {
        executor_id: id.clone(),
        reason: "closed".into(),
    };
    let _ = scheduler.executor_stopped(stopped).await;
}
