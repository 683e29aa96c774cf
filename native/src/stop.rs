//! Plans that can be stopped.
//!
//! A plan ends where it yields, and the engine makes only scans and exchanges yield: what makes many
//! rows of few runs on for as long as it likes. And the engine's tasks go on without who asked for
//! them, so that they have to be told.

use crate::around::AroundExec;
use crate::error::{Code, Error};
use crate::files::staged::stopped_by;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::unnest::UnnestExec;
use datafusion::physical_plan::ExecutionPlan;
use futures::{stream, StreamExt};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The plan, yielding wherever it makes many rows of few.
pub fn cooperative(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|node| {
        Ok(match multiplies(&node) {
            true => Transformed::yes(Arc::new(CooperativeExec::new(node)) as _),
            false => Transformed::no(node),
        })
    });
    plan.data()
}

/// The plan, failing as soon as it is told to: where rows come from, where they become many, and
/// before they are written.
pub fn stoppable(plan: Arc<dyn ExecutionPlan>, stop: &CancellationToken) -> Result<Arc<dyn ExecutionPlan>> {
    let stoppable = |input| {
        let stop = stop.clone();
        AroundExec::plan("StoppableExec", input, move |batches| {
            until_stopped(batches, stop.clone())
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

/// The batches, until it is told to stop: then an error, so that nobody takes them for all.
pub fn until_stopped(
    batches: SendableRecordBatchStream,
    stop: CancellationToken,
) -> SendableRecordBatchStream {
    let schema = batches.schema();
    let stopped = stop.clone();
    let failure = stream::once(async move { stopped.is_cancelled().then(|| Err(cancelled())) });
    let batches = batches
        .take_until(stop.cancelled_owned())
        .chain(failure.filter_map(std::future::ready));
    Box::pin(RecordBatchStreamAdapter::new(schema, batches))
}

pub fn cancelled() -> DataFusionError {
    Error::new(Code::JobCancelled, "The query was cancelled.").into()
}
