//! More rows for every call: a batch of the engine's is computed faster than it is handed to a worker.

use super::batch::is_plain;
use super::bind::visit_node;
use super::definition::Kind;
use crate::around::AroundExec;
use datafusion::arrow::compute::BatchCoalescer;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::aggregates::AggregateExec;
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
        let by_row = node.is::<ProjectionExec>() || node.is::<FilterExec>() || node.is::<AggregateExec>();
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

/// Whether all scalar functions that the node calls do. Texts and the like become objects in JavaScript, and are better few.
fn takes_many(node: &Arc<dyn ExecutionPlan>) -> Result<bool> {
    let (mut any, mut all) = (false, true);
    visit_node(node, &mut |function| {
        let definition = &function.definition;
        if definition.kind == Kind::Scalar {
            let plain = definition
                .arg_types()
                .is_ok_and(|types| types.iter().chain([&function.returns]).all(is_plain));
            any = true;
            all &= definition.gathers && plain;
        }
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
