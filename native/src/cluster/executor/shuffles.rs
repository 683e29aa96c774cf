//! Which partitions the plan of a task may read and write. Schedulers make such plans, but clients may send physical plans,
//! in which the engine trusts the ids of jobs. It makes paths of them.

use crate::error::{Code, Error};
use ballista_core::execution_plans::{
    RangeShuffleReaderExec, RangeShuffleWriterExec, ShuffleReaderExec, ShuffleWriterExec,
    SortShuffleWriterExec,
};
use ballista_core::serde::scheduler::PartitionLocation;
use ballista_core::JobId;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

/// Checks that a task reads only partitions of its job, and writes only its own: a writer is the root of its plan.
pub fn check_shuffles(plan: &Arc<dyn ExecutionPlan>, job: &JobId) -> Result<()> {
    for child in plan.children() {
        child.apply(|node| match is_foreign(node, job) {
            false => Ok(TreeNodeRecursion::Continue),
            true => Err(Error::new(
                Code::Forbidden,
                "The plan reads or writes partitions of another job. Send a logical plan.",
            )
            .into()),
        })?;
    }
    Ok(())
}

fn is_foreign(node: &Arc<dyn ExecutionPlan>, job: &JobId) -> bool {
    if let Some(reader) = node.downcast_ref::<ShuffleReaderExec>() {
        return reads_other(&reader.partition, job);
    }
    if let Some(reader) = node.downcast_ref::<RangeShuffleReaderExec>() {
        return reads_other(&reader.partition, job);
    }
    node.is::<ShuffleWriterExec>()
        || node.is::<SortShuffleWriterExec>()
        || node.is::<RangeShuffleWriterExec>()
}

fn reads_other(partitions: &[Vec<PartitionLocation>], job: &JobId) -> bool {
    let mut locations = partitions.iter().flatten();
    locations.any(|location| location.partition_id.job_id != *job)
}
