//! The scan of a TypeScript table UDF: runs its generator on an executor.

use super::js_function::JsFunction;
use super::table_call::JsTable;
use crate::exec::leaf::{leaf_node, one_partition};
use crate::ipc::memory::batches_from_ipc;
use crate::udf::worker::batch::Output;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{exec_datafusion_err, internal_err};
use datafusion::error::Result;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::execution_plan::EmissionType;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::stream;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// Runs the generator until its end or the limit.
#[derive(Debug)]
pub struct JsTableExec {
    pub table: JsTable,
    pub projection: Vec<usize>,
    pub limit: Option<usize>,
    properties: Arc<PlanProperties>,
}

impl JsTableExec {
    pub fn new(table: JsTable, projection: Vec<usize>, limit: Option<usize>) -> Result<Self> {
        let schema = Arc::new(table.schema.project(&projection)?);
        let properties = one_partition(schema, EmissionType::Incremental);
        Ok(Self {
            table,
            projection,
            limit,
            properties,
        })
    }

    pub fn function(&self) -> &JsFunction {
        &self.table.function
    }

    /// Passes batches to `give` as the generator makes them.
    fn rows(
        function: &JsFunction,
        call: &[ArrayRef],
        schema: &SchemaRef,
        give: &dyn Fn(Result<RecordBatch>) -> bool,
    ) {
        let definition = &function.definition;
        let part = definition.part("rows", &["Utf8", "Int64"], &definition.returns);
        let last = function.run(&part, call, 1, &mut |output| give(to_batch(output, schema)));
        give(last.and_then(|output| to_batch(output, schema)));
    }
}

fn to_batch(output: Output, schema: &SchemaRef) -> Result<RecordBatch> {
    let Output::Stream(bytes) = output else {
        return internal_err!("A worker returned no rows");
    };
    let (_, batches) = batches_from_ipc(&bytes)?;
    let Some(rows) = batches.first().map(|batch| batch.column(0).as_struct()) else {
        return internal_err!("A worker returned no rows");
    };
    let columns = rows.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type()));
    let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(
        schema.clone(),
        columns,
        &options,
    )?)
}

impl DisplayAs for JsTableExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsTableExec: function={}", self.table.definition().name)?;
        self.limit.map_or(Ok(()), |limit| write!(f, ", fetch={limit}"))
    }
}

impl ExecutionPlan for JsTableExec {
    fn name(&self) -> &str {
        "JsTableExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    leaf_node!();

    fn execute(&self, _: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let schema = self.schema();
        let projection = serde_json::json!(self.projection).to_string();
        let mut call: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(vec![projection])),
            Arc::new(Int64Array::from(vec![self.limit.map(|limit| limit as i64)])),
        ];
        call.extend(self.table.args.iter().cloned());
        let (function, kind) = (self.function().clone(), schema.clone());
        let held = MemoryConsumer::new("JsTableExec").register(context.memory_pool());
        let (sender, batches) = mpsc::unbounded_channel();
        // Waiting rows are kept in memory, counted in the memory pool. Blocking a thread until they are
        // read could block one that their reader needs.
        let task = spawn_blocking(move || {
            Self::rows(&function, &call, &kind, &|rows| {
                let rows = rows.and_then(|rows| {
                    let room = held.new_empty();
                    room.try_grow(rows.get_array_memory_size())?;
                    Ok((rows, room))
                });
                let fails = rows.is_err();
                sender.send(rows).is_ok() && !fails
            });
        });
        let batches = stream::unfold((batches, Some(task)), |(mut batches, mut task)| async {
            let rows = match batches.recv().await {
                Some(rows) => rows.map(|(rows, _)| rows),
                // The task panicked, so rows may be missing.
                None => Err(exec_datafusion_err!(
                    "A table function failed: {}.",
                    task.take()?.await.err()?
                )),
            };
            Some((rows, (batches, task)))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches)))
    }
}
