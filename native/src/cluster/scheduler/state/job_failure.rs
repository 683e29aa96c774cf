//! Ends a job with an error message, by making one of its tasks fail.

use crate::plan::whole_query::WholeQueryExec;
use ballista_core::serde::protobuf::failed_task::FailedReason;
use ballista_core::serde::protobuf::task_status::Status;
use ballista_core::serde::protobuf::{
    job_status, ExecutionError, FailedTask, TaskStatus, UpdateTaskStatusParams,
};
use ballista_scheduler::state::execution_graph::{create_task_info, ExecutionGraphBox, RunningTaskInfo};
use ballista_scheduler::state::execution_stage::ExecutionStage;
use datafusion::common::tree_node::TreeNode;
use datafusion::datasource::sink::DataSinkExec;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

/// The failure of one task, which ends its job. Ballista has no other way to give a reason.
pub struct Failure {
    pub status: UpdateTaskStatusParams,
    /// The task, if it runs on a live executor. It must be cancelled here, because Ballista counts it as
    /// failed and does not cancel it.
    pub running: Option<RunningTaskInfo>,
}

pub fn unfinished(graph: &ExecutionGraphBox) -> bool {
    matches!(graph.status().status, Some(job_status::Status::Running(_)))
}

/// Whether the executor holds results of the job, or half-written files. Other running tasks can run
/// elsewhere, because nothing has read their output.
pub fn needs(graph: &ExecutionGraphBox, executor: &str, launched: bool) -> bool {
    graph.stages().values().any(|stage| {
        let tasks = stage.task_infos().unwrap_or_default();
        tasks.iter().any(|task| match &task.task_status {
            Status::Successful(done) => done.executor_id == executor,
            Status::Running(running) => launched && running.executor_id == executor && writes(stage),
            Status::Failed(_) => false,
        })
    })
}

fn writes(stage: &ExecutionStage) -> bool {
    let ExecutionStage::Running(stage) = stage else {
        return false;
    };
    let writes = |node: &Arc<dyn ExecutionPlan>| {
        let whole = node.downcast_ref().is_some_and(WholeQueryExec::writes);
        Ok(whole || node.is::<DataSinkExec>())
    };
    stage.plan.exists(writes).unwrap_or(true)
}

pub fn failure(graph: &mut ExecutionGraphBox, executor: &str, error: String) -> Option<Failure> {
    let mut tasks = graph.running_tasks();
    tasks.sort_by_key(|task| task.executor_id != executor);
    let task = tasks.into_iter().next();
    let (stage_id, task_id) = match &task {
        Some(task) => (task.stage_id, task.task_id),
        // No task runs now: adds one that never runs.
        None => {
            let stage = graph.fetch_running_stage(&[])?;
            let task_id = stage.task_infos.len();
            stage
                .task_infos
                .push(create_task_info(executor.to_owned(), task_id));
            (stage.stage_id, task_id)
        }
    };
    let Some(ExecutionStage::Running(stage)) = graph.stages().get(&stage_id) else {
        return None;
    };
    let status = TaskStatus {
        task_id: task_id as u32,
        job_id: graph.job_id().to_string(),
        stage_id: stage_id as u32,
        stage_attempt_num: stage.stage_attempt_num as u32,
        status: Some(Status::Failed(FailedTask {
            error,
            retryable: false,
            count_to_failures: false,
            failed_reason: Some(FailedReason::ExecutionError(ExecutionError {})),
        })),
        ..TaskStatus::default()
    };
    Some(Failure {
        status: UpdateTaskStatusParams {
            executor_id: executor.to_owned(),
            task_status: vec![status],
        },
        running: task,
    })
}
