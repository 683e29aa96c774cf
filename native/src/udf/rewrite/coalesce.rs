//! Coalesces batches below TypeScript UDFs: a default batch is computed faster than passed to a worker.

use super::called::visit_node;
use crate::exec::map_stream::MapStreamExec;
use crate::udf::definition::Kind;
use crate::udf::worker::batch::is_plain;
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

/// The rows of a call: some hundred microseconds of work.
const ROWS: usize = 1 << 16;

/// Fewer rows if they are large.
const BYTES: usize = 16 << 20;

/// Coalesces the input of nodes whose UDFs take many rows in a call.
pub fn coalesced(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|node| {
        let by_row = node.is::<ProjectionExec>() || node.is::<FilterExec>() || node.is::<AggregateExec>();
        if !by_row || !takes_many(&node)? {
            return Ok(Transformed::no(node));
        }
        let children = node.children().into_iter().cloned();
        let children = children
            .map(|input| MapStreamExec::plan("GatherExec", input, gather))
            .collect();
        #[allow(deprecated)]
        node.with_new_children(children).map(Transformed::yes)
    });
    plan.data()
}

/// Whether all scalar UDFs of the node are faster with many rows. Strings and other non-numeric values become
/// JavaScript objects, and are faster in small batches.
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
