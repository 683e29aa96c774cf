//! More rows for every call: a batch of the engine's is computed faster than it is handed to a worker.

use super::bind::visit_node;
use crate::around::AroundExec;
use datafusion::arrow::compute::BatchCoalescer;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::ExecutionPlan;
use futures::{stream, StreamExt};
use std::sync::Arc;

/// Rows of a call: some hundred microseconds of work.
const ROWS: usize = 1 << 16;

/// Fewer rows where they are long.
const BYTES: usize = 16 << 20;

/// The plan, with rows gathered below what calls functions that take many.
pub fn gathered(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|node| {
        let by_row = node.is::<ProjectionExec>() || node.is::<FilterExec>();
        if !by_row || !takes_many(&node)? {
            return Ok(Transformed::no(node));
        }
        let children = node.children().into_iter().cloned();
        let children = children
            .map(|input| AroundExec::plan("GatherExec", input, gather))
            .collect();
        #[allow(deprecated)]
        node.with_new_children(children).map(Transformed::yes)
    });
    plan.data()
}

/// Whether all functions that the node calls do.
fn takes_many(node: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let (mut any, mut all) = (false, true);
    visit_node(node, &mut |function| {
        any = true;
        all &= function.definition.gathers;
    })?;
    Ok(any && all)
}

fn gather(input: SendableRecordBatchStream) -> SendableRecordBatchStream {
    let schema = input.schema();
    let gathered = BatchCoalescer::new(schema.clone(), ROWS);
    let batches = stream::try_unfold(
        (input, gathered, false),
        |(mut input, mut gathered, mut ended)| async move {
            loop {
                if let Some(batch) = gathered.next_completed_batch() {
                    return Ok(Some((batch, (input, gathered, ended))));
                }
                if ended {
                    return Ok(None);
                }
                match input.next().await.transpose()? {
                    Some(batch) => {
                        gathered.push_batch(batch)?;
                        if gathered.size() > BYTES {
                            gathered.finish_buffered_batch()?;
                        }
                    }
                    None => {
                        ended = true;
                        gathered.finish_buffered_batch()?;
                    }
                }
            }
        },
    );
    Box::pin(RecordBatchStreamAdapter::new(schema, batches))
}
