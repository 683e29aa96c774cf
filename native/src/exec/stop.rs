//! Makes plans cancellable.
//!
//! A task ends only where it yields, and in DataFusion only scans and exchanges yield: an operator that makes
//! many rows from few runs on. DataFusion's tasks also go on after their caller is dropped, so they need a
//! cancellation token.

use super::map_stream::MapStreamExec;
use super::time_slice::TimeSliced;
use crate::cancel::until_stopped;
use crate::files::staged::stopped_by;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::unnest::UnnestExec;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;
use tokio::task_local;
use tokio_util::sync::CancellationToken;

task_local! {
    /// Cancels the plans that a local session makes in this task.
    pub static STOP: CancellationToken;
}

/// Makes operators yield that may produce many rows from few.
pub fn cooperative(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|node| {
        Ok(match multiplies(&node) {
            true => Transformed::yes(Arc::new(CooperativeExec::new(node)) as _),
            false => Transformed::no(node),
        })
    });
    plan.data()
}

/// Makes the plan fail when `stop` is cancelled: at its leaves, above operators that multiply rows, and
/// before it writes.
pub fn stoppable(plan: Arc<dyn ExecutionPlan>, stop: &CancellationToken) -> Result<Arc<dyn ExecutionPlan>> {
    let stoppable = |input| {
        let stop = stop.clone();
        MapStreamExec::plan("StoppableExec", input, move |batches| {
            Box::pin(TimeSliced::new(until_stopped(batches, stop.clone())))
        })
    };
    let plan = cooperative(plan)?.transform_up(|node| {
        let write = node.downcast_ref().and_then(|write| stopped_by(write, stop));
        Ok(match write {
            Some(write) => Transformed::yes(write),
            None if node.children().is_empty() || node.is::<CooperativeExec>() => {
                Transformed::yes(stoppable(node))
            }
            None => Transformed::no(node),
        })
    });
    plan.data()
}

fn multiplies(node: &Arc<dyn ExecutionPlan>) -> bool {
    node.is::<CrossJoinExec>()
        || node.is::<NestedLoopJoinExec>()
        || node.is::<HashJoinExec>()
        || node.is::<SortMergeJoinExec>()
        || node.is::<UnnestExec>()
}
