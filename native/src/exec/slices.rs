//! Gives operators with large constants few rows at a time: many expressions copy a constant for each row.

use super::map_stream::MapStreamExec;
use datafusion::arrow::array::RecordBatch;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::physical_expr::expressions::Literal;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{replace_children_if_necessary, ExecutionPlan};
use futures::{stream, StreamExt};
use std::sync::Arc;

/// Copies of a smaller constant, in bytes, are small even in the largest batch.
const LARGE: usize = 4 << 10;
/// The most bytes of the copies in a batch.
const MOST: usize = 256 << 20;

pub fn sliced(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|node| {
        let bytes = large_constants(&node)?;
        if bytes == 0 || node.children().is_empty() {
            return Ok(Transformed::no(node));
        }
        let rows = (MOST / bytes).max(1);
        let inputs = node
            .children()
            .into_iter()
            .map(|input| slices(input.clone(), rows));
        let inputs = inputs.collect();
        replace_children_if_necessary(node, inputs).map(Transformed::yes)
    });
    plan.data()
}

/// The bytes of all large constants in the expressions of a node.
fn large_constants(node: &Arc<dyn ExecutionPlan>) -> Result<usize> {
    let mut bytes = 0_usize;
    node.apply_expressions(&mut |root| {
        root.apply(|expr| {
            let literal = expr.downcast_ref::<Literal>();
            let size = literal.map_or(0, |literal| literal.value().size());
            if size >= LARGE {
                bytes = bytes.saturating_add(size);
            }
            Ok(TreeNodeRecursion::Continue)
        })
    })?;
    Ok(bytes)
}

fn slices(input: Arc<dyn ExecutionPlan>, rows: usize) -> Arc<dyn ExecutionPlan> {
    MapStreamExec::plan("SlicesExec", input, move |batches| {
        let schema = batches.schema();
        let batches = batches.flat_map(move |batch| stream::iter(parts(batch, rows)));
        Box::pin(RecordBatchStreamAdapter::new(schema, batches))
    })
}

fn parts(batch: Result<RecordBatch>, rows: usize) -> Vec<Result<RecordBatch>> {
    match batch {
        Ok(batch) if batch.num_rows() > rows => {
            let starts = (0..batch.num_rows()).step_by(rows);
            let parts = starts.map(|start| Ok(batch.slice(start, rows.min(batch.num_rows() - start))));
            parts.collect()
        }
        batch => vec![batch],
    }
}
