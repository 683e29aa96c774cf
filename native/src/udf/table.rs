//! A table function in TypeScript: a table whose rows come from a generator, on an executor.

use super::batch::Output;
use super::definition::Definition;
use super::function::JsFunction;
use crate::arrow::batches_from_ipc;
use async_trait::async_trait;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{exec_datafusion_err, internal_err, plan_datafusion_err, plan_err, DFSchema};
use datafusion::error::Result;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{cast as cast_expr, Expr, TableType};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use futures::stream;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// The function, as SQL calls it.
#[derive(Debug)]
pub struct JsTableFunction(pub Arc<Definition>);

impl TableFunctionImpl for JsTableFunction {
    fn call_with_args(&self, args: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let definition = &self.0;
        let (types, exprs) = (definition.arg_types()?, args.exprs());
        if types.len() != exprs.len() {
            return plan_err!(
                "{} takes {} arguments, not {}",
                definition.name,
                types.len(),
                exprs.len()
            );
        }
        let simplifier = ExprSimplifier::new(
            SimplifyContext::builder()
                .with_schema(DFSchema::empty().into())
                .build(),
        );
        let values = exprs.iter().zip(&types).map(|(expr, kind)| {
            let constant = simplifier.simplify(cast_expr(expr.clone(), kind.clone()));
            match constant.map_err(|error| plan_datafusion_err!("{}({expr}): {error}", definition.name))? {
                Expr::Literal(value, _) => value.cast_to(kind)?.to_array(),
                other => plan_err!("{} takes constants, not {other}", definition.name),
            }
        });
        let args = values.collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(JsTable::new(definition.clone(), args)?))
    }
}

/// A call of the function.
#[derive(Clone, Debug)]
pub struct JsTable {
    function: JsFunction,
    pub args: Vec<ArrayRef>,
    schema: SchemaRef,
}

impl JsTable {
    pub fn new(definition: Arc<Definition>, args: Vec<ArrayRef>) -> Result<Self> {
        let function = JsFunction::new(definition)?;
        let DataType::Struct(fields) = &function.returns else {
            return internal_err!("a table function gives no columns");
        };
        Ok(Self {
            schema: Arc::new(Schema::new(fields.clone())),
            function,
            args,
        })
    }

    pub fn definition(&self) -> &Arc<Definition> {
        &self.function.definition
    }
}

#[async_trait]
impl TableProvider for JsTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // Each plan has functions of its own.
        let table = Self::new(self.definition().clone(), self.args.clone())?;
        let all = || (0..self.schema.fields().len()).collect();
        let projection = projection.cloned().unwrap_or_else(all);
        Ok(Arc::new(JsTableExec::new(table, projection, limit)?))
    }
}

/// Runs the generator, to its end or to the limit.
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
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Self {
            table,
            projection,
            limit,
            properties: Arc::new(properties),
        })
    }

    pub fn function(&self) -> &JsFunction {
        &self.table.function
    }

    /// Gives the rows to who takes them, as they come.
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
        return internal_err!("a worker answered with no rows");
    };
    let (_, batches) = batches_from_ipc(&bytes)?;
    let Some(rows) = batches.first().map(|batch| batch.column(0).as_struct()) else {
        return internal_err!("a worker answered with no rows");
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

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![]
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

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
        // What waits is in the memory of the engine: a thread that waited instead might be the one that
        // who takes the rows needs.
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
                // What was given may not be all of it.
                None => Err(exec_datafusion_err!(
                    "a table function: {}",
                    task.take()?.await.err()?
                )),
            };
            Some((rows, (batches, task)))
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, batches)))
    }
}
