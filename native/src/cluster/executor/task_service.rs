//! The gRPC service that takes tasks from the scheduler.

use super::tasks::Tasks;
use crate::protocol::job_id::is_job_id;
use crate::protocol::job_owner;
use ballista_core::serde::protobuf::executor_grpc_server::ExecutorGrpc;
use ballista_core::serde::protobuf::{
    CancelTasksParams, CancelTasksResult, LaunchMultiTaskParams, LaunchMultiTaskResult, LaunchTaskParams,
    LaunchTaskResult, RemoveJobDataParams, RemoveJobDataResult, StopExecutorParams, StopExecutorResult,
};
use ballista_core::serde::scheduler::TaskKey;
use std::sync::Arc;
use tonic::{async_trait, Request, Response, Status};

#[derive(Clone)]
pub struct TaskService {
    pub tasks: Arc<Tasks>,
}

#[async_trait]
impl ExecutorGrpc for TaskService {
    /// Schedulers launch tasks only together.
    async fn launch_task(&self, _: Request<LaunchTaskParams>) -> Result<Response<LaunchTaskResult>, Status> {
        Err(Status::unimplemented(
            "this executor takes tasks by launch_multi_task",
        ))
    }

    /// Answers before the plans are decoded. A plan that cannot be decoded fails its tasks, with the reason.
    async fn launch_multi_task(
        &self,
        request: Request<LaunchMultiTaskParams>,
    ) -> Result<Response<LaunchMultiTaskResult>, Status> {
        let mut failed_jobs = Vec::new();
        for mut stage in request.into_inner().multi_tasks {
            let job = stage.job_id.clone();
            if !is_job_id(&job) {
                failed_jobs.push(job);
                continue;
            }
            let owner = job_owner::take(&mut stage.props);
            let launched = self.tasks.launch(stage, owner);
            launched.map_err(|closed| Status::unavailable(closed.message))?;
        }
        Ok(Response::new(LaunchMultiTaskResult { failed_jobs }))
    }

    /// A scheduler stops an executor whose heartbeats did not arrive, and has forgotten its tasks. The next heartbeat
    /// registers the executor again.
    async fn stop_executor(
        &self,
        request: Request<StopExecutorParams>,
    ) -> Result<Response<StopExecutorResult>, Status> {
        if request.into_inner().executor_id == self.tasks.executor() {
            self.tasks.clear().await;
        }
        Ok(Response::new(StopExecutorResult {}))
    }

    async fn cancel_tasks(
        &self,
        request: Request<CancelTasksParams>,
    ) -> Result<Response<CancelTasksResult>, Status> {
        let tasks = request.into_inner().task_infos;
        self.tasks.cancel(tasks.into_iter().map(|task| TaskKey {
            job_id: task.job_id.into(),
            stage_id: task.stage_id as usize,
            task_id: task.task_id as usize,
        }));
        Ok(Response::new(CancelTasksResult { cancelled: true }))
    }

    async fn remove_job_data(
        &self,
        request: Request<RemoveJobDataParams>,
    ) -> Result<Response<RemoveJobDataResult>, Status> {
        let RemoveJobDataParams {
            job_id,
            remove_stage_ids,
        } = request.into_inner();
        if !is_job_id(&job_id) {
            return Err(Status::invalid_argument("the job id is not valid"));
        }
        self.tasks.remove_job(job_id.into(), remove_stage_ids);
        Ok(Response::new(RemoveJobDataResult {}))
    }
}
