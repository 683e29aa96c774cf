//! Plans that can be stopped.
//!
//! A plan ends where it yields, and the engine makes only scans and exchanges yield: what makes many
//! rows of few runs on for as long as it likes. And the engine's tasks go on without who asked for
//! them, so that they have to be told.

use crate::error::{Code, Error};
use crate::files::staged::stopped_by;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::unnest::UnnestExec;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::{stream, StreamExt};
use std::fmt;
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
    let stoppable = |input: Arc<dyn ExecutionPlan>| -> Arc<dyn ExecutionPlan> {
        let stop = stop.clone();
        Arc::new(StoppableExec { input, stop })
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

#[derive(Debug)]
struct StoppableExec {
    input: Arc<dyn ExecutionPlan>,
    stop: CancellationToken,
}

impl DisplayAs for StoppableExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ExecutionPlan for StoppableExec {
    fn name(&self) -> &str {
        "StoppableExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self {
            input: children.swap_remove(0),
            stop: self.stop.clone(),
        }))
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let batches = self.input.execute(partition, context)?;
        Ok(until_stopped(batches, self.stop.clone()))
    }
}
