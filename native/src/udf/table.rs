//! A table function in TypeScript: a table whose rows come from a generator, on an executor.

use super::batch::Output;
use super::definition::Definition;
use super::function::JsFunction;
use crate::arrow::{batches_from_ipc, batches_to_ipc};
use crate::error::{Code, Error};
use async_trait::async_trait;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{internal_err, plan_datafusion_err, plan_err, DFSchema};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{cast as cast_expr, Expr, TableType};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use futures::{stream, StreamExt, TryStreamExt};
use prost::Message;
use std::fmt;
use std::sync::Arc;

/// Tells our messages from others'. The last byte is the version.
const MAGIC: &[u8] = b"ballista-udtf\x01";

#[derive(Clone, PartialEq, Message)]
struct Packed {
    #[prost(string, tag = "1")]
    definition: String,
    /// An IPC stream of one row; empty: it takes none.
    #[prost(bytes = "vec", tag = "2")]
    args: Vec<u8>,
    /// Of a scan.
    #[prost(uint32, repeated, tag = "3")]
    projection: Vec<u32>,
    #[prost(uint64, optional, tag = "4")]
    limit: Option<u64>,
}

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
#[derive(Debug)]
pub struct JsTable {
    definition: Arc<Definition>,
    args: Vec<ArrayRef>,
    schema: SchemaRef,
}

impl JsTable {
    fn new(definition: Arc<Definition>, args: Vec<ArrayRef>) -> Result<Self> {
        let DataType::Struct(fields) = definition.return_type()? else {
            return internal_err!("a table function gives no columns");
        };
        Ok(Self {
            definition,
            args,
            schema: Arc::new(Schema::new(fields)),
        })
    }

    fn encode_scan(&self, projection: &[usize], limit: Option<usize>, bytes: &mut Vec<u8>) -> Result<()> {
        let args = match self.args.is_empty() {
            true => Vec::new(),
            false => {
                let field = |array: &ArrayRef| Field::new("", array.data_type().clone(), true);
                let schema = Schema::new(self.args.iter().map(field).collect::<Vec<_>>());
                let batch = RecordBatch::try_new(Arc::new(schema.clone()), self.args.clone())?;
                batches_to_ipc(&[batch], &schema)?
            }
        };
        let packed = Packed {
            definition: self.definition.json()?,
            args,
            projection: projection.iter().map(|column| *column as u32).collect(),
            limit: limit.map(|limit| limit as u64),
        };
        bytes.extend_from_slice(MAGIC);
        bytes.extend(packed.encode_to_vec());
        Ok(())
    }

    pub fn encode(&self, bytes: &mut Vec<u8>) -> Result<()> {
        self.encode_scan(&[], None, bytes)
    }

    fn unpack(bytes: &[u8]) -> Option<Result<(Self, Packed)>> {
        let packed = Packed::decode(bytes.strip_prefix(MAGIC)?);
        let unpacked = packed
            .map_err(|error| DataFusionError::Internal(format!("a bad table function: {error}")))
            .and_then(|packed| {
                let definition = Arc::new(Definition::parse(&packed.definition)?);
                let args = match packed.args.is_empty() {
                    true => vec![],
                    false => batches_from_ipc(&packed.args)?
                        .1
                        .swap_remove(0)
                        .columns()
                        .to_vec(),
                };
                Ok((Self::new(definition, args)?, packed))
            });
        Some(unpacked)
    }

    /// `None`: it is something else.
    pub fn decode(bytes: &[u8]) -> Option<Result<Self>> {
        Some(Self::unpack(bytes)?.map(|(table, _)| table))
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
        let table = Self::new(self.definition.clone(), self.args.clone())?;
        let all = || (0..self.schema.fields().len()).collect();
        let projection = projection.cloned().unwrap_or_else(all);
        Ok(Arc::new(JsTableExec::new(table, projection, limit)?))
    }
}

/// Runs the generator, to its end or to the limit.
#[derive(Debug)]
pub struct JsTableExec {
    table: JsTable,
    projection: Vec<usize>,
    limit: Option<usize>,
    pub function: JsFunction,
    properties: Arc<PlanProperties>,
}

impl JsTableExec {
    fn new(table: JsTable, projection: Vec<usize>, limit: Option<usize>) -> Result<Self> {
        let schema = Arc::new(table.schema.project(&projection)?);
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        Ok(Self {
            function: JsFunction::new(table.definition.clone()),
            table,
            projection,
            limit,
            properties: Arc::new(properties),
        })
    }

    pub fn encode(&self, bytes: &mut Vec<u8>) -> Result<()> {
        self.table.encode_scan(&self.projection, self.limit, bytes)
    }

    /// `None`: it is something else.
    pub fn decode(bytes: &[u8]) -> Option<Result<Self>> {
        Some(JsTable::unpack(bytes)?.and_then(|(table, packed)| {
            let projection = packed.projection.iter().map(|column| *column as usize);
            Self::new(
                table,
                projection.collect(),
                packed.limit.map(|limit| limit as usize),
            )
        }))
    }

    fn rows(function: &JsFunction, call: &[ArrayRef], schema: &SchemaRef) -> Result<RecordBatch> {
        let definition = &function.definition;
        let mut args = vec!["Utf8".to_owned(), "Int64".to_owned()];
        args.extend(definition.args.iter().cloned());
        let part = definition.part("rows", args, &definition.returns);
        let Output::Stream(bytes) = function.call_as(&part, call, 1)? else {
            return Err(Error::new(Code::Internal, "A worker answered with no rows.").into());
        };
        let (_, batches) = batches_from_ipc(&bytes)?;
        let Some(rows) = batches.first().map(|batch| batch.column(0).as_struct()) else {
            return Err(Error::new(Code::Internal, "A worker answered with no rows.").into());
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
}

impl DisplayAs for JsTableExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsTableExec: function={}", self.table.definition.name)?;
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
        let (function, kind) = (self.function.clone(), schema.clone());
        let size = context.session_config().batch_size();
        let rows = stream::once(async move { Self::rows(&function, &call, &kind) });
        let batches = rows.map_ok(move |rows| {
            let starts = (0..rows.num_rows()).step_by(size);
            let batches: Vec<_> = starts
                .map(|start| Ok(rows.slice(start, size.min(rows.num_rows() - start))))
                .collect();
            stream::iter(batches)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            schema,
            batches.try_flatten().boxed(),
        )))
    }
}
