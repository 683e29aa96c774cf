//! Binds a task: the partitions of a stage that one executor gets.
//!
//! Works like Ballista, except that some more stages run as one task.
//!
//! One kind is a union with branches that cannot be sliced. Ballista gives each task a slice of every branch,
//! and an empty slice of branches whose partitions go to other tasks. Some operators have no empty slice:
//! those that read a branch whole, such as a sort to one partition, and leaves that are not scans. The task
//! would read such a branch anyway: its rows would come twice, or the job would never end.
//!
//! Another kind is a stage that repartitions its rows within itself. Ballista plans that for a join of two
//! sides with one partition each, and each task would make all of the new partitions.

use super::budget::Budget;
use super::task_config::task_config;
use crate::codec::note::noted;
use crate::config::whole_config;
use crate::plan::whole_query::WholeQueryExec;
use ballista_core::execution_plans::{RangeShuffleReaderExec, ShuffleReaderExec};
use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::scheduler::TaskKey;
use ballista_core::JobId;
use ballista_scheduler::cluster::BoundTask;
use ballista_scheduler::state::execution_graph::{create_task_info, TaskDescription};
use ballista_scheduler::state::execution_stage::RunningStage;
use ballista_scheduler::state::task_builder::restrict_plan_to_partitions;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use std::sync::Arc;

/// Gives an executor as many of the stage's pending partitions as it has slots for the job.
pub fn bind(
    stage: &mut RunningStage,
    session_id: &str,
    job_id: &JobId,
    budget: &mut Budget,
    share: u32,
) -> Option<BoundTask> {
    // If the plan cannot be changed, it is sent as it is.
    let plan = noted(stage.plan.clone()).unwrap_or_else(|_| stage.plan.clone());
    let whole = WholeQueryExec::of(&stage.plan).map(WholeQueryExec::is_small);
    let collapses = whole.is_none() && collapses(&stage.plan);
    let most = match stage.session_config.ballista_config().max_partitions_per_task() {
        _ if whole.is_some() || collapses || splits_badly(&stage.plan) => usize::MAX,
        0 => share as usize,
        limit => limit.min(share as usize),
    };
    let partitions = stage.pending.next_slice(most);
    if partitions.is_empty() {
        return None;
    }
    // A task has one thread for each of its output partitions.
    let vcores_consumed = match whole {
        Some(true) => 0,
        Some(false) => budget.free,
        None if collapses => 1,
        None => budget.free.min(partitions.len() as u32),
    };
    budget.free -= vcores_consumed;
    budget.small += u32::from(whole == Some(true));
    let session_config = match whole {
        Some(_) => Arc::new(whole_config(&stage.session_config, budget.slots as usize)),
        None => {
            if stage.task_infos.is_empty() {
                let last = stage.output_links.is_empty();
                stage.session_config = task_config(&stage.session_config, last);
            }
            stage.session_config.clone()
        }
    };
    let task_id = stage.task_infos.len();
    let attempts = partitions
        .iter()
        .map(|partition| stage.task_failure_numbers[*partition]);
    let task_attempt = attempts.max().unwrap_or(0);
    let mut task = create_task_info(budget.executor.to_string(), task_id);
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
        session_config,
    };
    Some((budget.executor.to_string(), task))
}

/// Whether the stage merges several partitions into one. Only a task that has all of them can do that.
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

/// Whether splitting the stage over tasks gives wrong rows: a branch of a union has no empty slice, or the
/// stage repartitions within itself.
fn splits_badly(node: &Arc<dyn ExecutionPlan>) -> bool {
    if node.is::<RepartitionExec>() {
        return true;
    }
    let bad = |branch| takes_no_empty_slice(branch) || splits_badly(branch);
    match node.is::<UnionExec>() {
        true => node.children().into_iter().any(bad),
        false => node.children().into_iter().any(splits_badly),
    }
}

/// An empty slice also fails if it has other metrics than the branch, because the metrics of all tasks must
/// match.
fn takes_no_empty_slice(branch: &Arc<dyn ExecutionPlan>) -> bool {
    let Ok(slice) = restrict_plan_to_partitions(branch.clone(), &[]) else {
        return true;
    };
    slice.output_partitioning().partition_count() > 0 || measured(&slice) != measured(branch)
}

/// The number of operators that have metrics.
fn measured(node: &Arc<dyn ExecutionPlan>) -> usize {
    let below: usize = node.children().into_iter().map(measured).sum();
    below + usize::from(node.metrics().is_some())
}

fn is_shuffle(node: &Arc<dyn ExecutionPlan>) -> bool {
    node.is::<ShuffleReaderExec>() || node.is::<RangeShuffleReaderExec>()
}
