//! The goodbye of an executor: no new tasks, the running ones end, their results are read, then the
//! scheduler forgets it.

use ballista_core::serde::protobuf::executor_status::Status;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{ExecutorStatus, ExecutorStoppedParams, HeartBeatParams};
use ballista_executor::executor::{Executor, TasksDrainedFuture};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tonic::transport::Channel;

/// What the heartbeats of a closing executor say. The engine has a status for it, `Terminating`,
/// but its scheduler forgets such an executor while the results are still wanted.
pub const CLOSING: &str = "closing";

/// How long a closing executor lets its tasks run on.
const DRAIN: Duration = Duration::from_secs(10);

/// How long it keeps results that nobody has fetched yet.
const READ: Duration = Duration::from_secs(5);

/// Until no job has files here: who has read a result says so, and its files are removed. The
/// scheduler removes those of inner stages itself, and leaves the folder of the job.
async fn read(jobs: &str) {
    let any = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    let held = || {
        let jobs = std::fs::read_dir(jobs).into_iter().flatten().flatten();
        jobs.into_iter().any(|job| any(&job.path()))
    };
    while held() {
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
    // A scheduler that is gone needs no goodbye.
    if scheduler.heart_beat_from_executor(fence).await.is_err() {
        return;
    }
    let _ = tokio::time::timeout(DRAIN, TasksDrainedFuture(executor)).await;
    let _ = tokio::time::timeout(READ, read(jobs)).await;
    let stopped = ExecutorStoppedParams {
        executor_id: id,
        reason: "closed".into(),
    };
    let _ = scheduler.executor_stopped(stopped).await;
}
