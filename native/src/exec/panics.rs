//! Turns panics of operators into errors. The engine runs a stage's operators in a task of its own, and reports a
//! panic there as a string.

use super::map_stream::MapStreamExec;
use crate::error::panicked;
use datafusion::error::Result;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{replace_children_if_necessary, ExecutionPlan};
use futures::StreamExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// `stage` is a node that writes what its input makes.
pub fn caught_below(stage: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let inputs = stage.children().into_iter().map(|input| {
        MapStreamExec::plan("CaughtExec", input.clone(), |batches| {
            let schema = batches.schema();
            let batches = AssertUnwindSafe(batches).catch_unwind();
            let batches = batches.map(|batch| batch.unwrap_or_else(|panic| Err(panicked(panic).into())));
            Box::pin(RecordBatchStreamAdapter::new(schema, batches))
        })
    });
    let inputs = inputs.collect();
    replace_children_if_necessary(stage, inputs)
}
