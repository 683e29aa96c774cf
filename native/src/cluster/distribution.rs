//! Which partitions of a stage go to which executor.
//!
//! As the engine does it, the largest executor first, but for one kind of stage. To split a union
//! over tasks, the engine gives each task a slice of every branch, and an empty slice of a branch
//! that is none of its business. It cannot make an empty slice of some operators: those that read
//! a branch whole, such as a sort to one partition, and leaves that are no scan. The task then
//! reads the branch nevertheless, and its rows come twice, or the job never ends. Such a stage
//! runs as one task.

use super::executor::runs_functions;
use crate::codec::noted;
use crate::udf::bind::calls_any;
use ballista_core::execution_plans::{RangeShuffleReaderExec, ShuffleReaderExec};
use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::protobuf::{job_status, AvailableVcores};
use ballista_core::serde::scheduler::TaskKey;
use ballista_core::JobId;
use ballista_scheduler::cluster::BoundTask;
use ballista_scheduler::state::execution_graph::{create_task_info, TaskDescription};
use ballista_scheduler::state::execution_stage::RunningStage;
use ballista_scheduler::state::task_manager::JobInfoCache;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::Distribution;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// The tasks, and the jobs that wait for executors which run functions of TypeScript.
pub async fn bind_tasks(
    budgets: &mut [AvailableVcores],
    jobs: &HashMap<JobId, JobInfoCache>,
) -> (Vec<BoundTask>, Vec<JobId>) {
    budgets.sort_by_key(|budget| Reverse(budget.vcores));
    let (mut bound, mut waiting) = (vec![], vec![]);
    for (job_id, job) in jobs {
        if !matches!(job.status, Some(job_status::Status::Running(_))) {
            continue;
        }
        let mut graph = job.execution_graph.write().await;
        let session_id = graph.session_id().to_owned();
        let mut done = vec![];
        while let Some(stage) = graph.fetch_running_stage(&done) {
            let mut free = budgets.iter_mut().filter(|budget| budget.vcores > 0).peekable();
            if free.peek().is_none() {
                return (bound, waiting);
            }
            // A plan that cannot be searched calls none.
            let calls = calls_any(&stage.plan).unwrap_or_default();
            let Some(budget) = free.find(|budget| !calls || runs_functions(&budget.executor_id)) else {
                waiting.push(job_id.clone());
                done.push(stage.stage_id);
                continue;
            };
            match bind(stage, &session_id, job_id, budget) {
                Some(task) => bound.push(task),
                None => done.push(stage.stage_id),
            }
        }
    }
    (bound, waiting)
}

/// Gives an executor as many of the stage's pending partitions as it has vcores.
fn bind(
    stage: &mut RunningStage,
    session_id: &str,
    job_id: &JobId,
    budget: &mut AvailableVcores,
) -> Option<BoundTask> {
    // A plan that cannot be changed travels as it is.
    let plan = noted(stage.plan.clone()).unwrap_or_else(|_| stage.plan.clone());
    let collapses = collapses(&stage.plan);
    let most = match stage.session_config.ballista_config().max_partitions_per_task() {
        _ if collapses || splits_badly(&stage.plan) => usize::MAX,
        0 => budget.vcores as usize,
        limit => limit.min(budget.vcores as usize),
    };
    let partitions = stage.pending.next_slice(most);
    if partitions.is_empty() {
        return None;
    }
    // A task has one thread for each of its output partitions.
    let vcores_consumed = match collapses {
        true => 1,
        false => budget.vcores.min(partitions.len() as u32),
    };
    budget.vcores -= vcores_consumed;
    let task_id = stage.task_infos.len();
    let attempts = partitions
        .iter()
        .map(|partition| stage.task_failure_numbers[*partition]);
    let task_attempt = attempts.max().unwrap_or(0);
    let mut task = create_task_info(budget.executor_id.clone(), task_id);
    task.global_input_partition_ids = partitions.clone();
    task.vcores_consumed = vcores_consumed;
    stage.task_infos.push(task);
    let task = TaskDescription {
        session_id: session_id.to_owned(),
        key: TaskKey {
            job_id: job_id.clone(),
            stage_id: stage.stage_id,
            task_id,
        },
        stage_attempt_num: stage.stage_attempt_num,
        task_attempt,
        global_input_partition_ids: partitions,
        vcores_consumed,
        plan,
        session_config: stage.session_config.clone(),
    };
    Some((budget.executor_id.clone(), task))
}

/// Whether the stage makes one partition of several, which only a task that has all of them can.
fn collapses(stage: &Arc<dyn ExecutionPlan>) -> bool {
    let mut node = stage;
    while let [child] = node.children().as_slice() {
        if is_shuffle(child) {
            return false;
        }
        if child.output_partitioning().partition_count() == 1 {
            return true;
        }
        node = child;
    }
    false
}

fn splits_badly(node: &Arc<dyn ExecutionPlan>) -> bool {
    match node.is::<UnionExec>() {
        true => node.children().into_iter().any(takes_no_empty_slice),
        false => node.children().into_iter().any(splits_badly),
    }
}

fn takes_no_empty_slice(node: &Arc<dyn ExecutionPlan>) -> bool {
    let children = node.children();
    if children.is_empty() {
        return !is_shuffle(node) && !node.is::<DataSourceExec>();
    }
    let required = node.input_distribution_requirements();
    let whole = node.is::<CoalescePartitionsExec>()
        || node.is::<SortPreservingMergeExec>()
        || required
            .per_child_distributions()
            .all(|required| matches!(required, Distribution::SinglePartition));
    whole || children.into_iter().any(takes_no_empty_slice)
}

fn is_shuffle(node: &Arc<dyn ExecutionPlan>) -> bool {
    node.is::<ShuffleReaderExec>() || node.is::<RangeShuffleReaderExec>()
}
