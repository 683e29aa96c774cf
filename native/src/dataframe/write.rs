//! Writes the rows of a DataFrame to files and tables.

use crate::error::{Code, Error, Result};
use crate::exec::query_progress::collect_watched;
use crate::expr::column_names::no_column;
use crate::files::write_mode::WriteMode;
use crate::stores::password::check_url;
use crate::tables::provider::InMemoryTable;
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::datatypes::UInt64Type;
use datafusion::common::TableReference;
use datafusion::common::{Column, DFSchema};
use datafusion::datasource::file_format::format_as_file_type;
use datafusion::datasource::DefaultTableSource;
use datafusion::execution::SessionState;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::{cast, Expr, LogicalPlan};
use datafusion::logical_expr::{LogicalPlanBuilder, SortExpr};
use datafusion::prelude::DataFrame;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Write {
    pub target: Target,
    /// JSON of SortNode[].
    pub sort_by: String,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Target {
    Files {
        /// 'parquet', 'csv', 'json' or 'arrow'.
        format: String,
        path: String,
        /// By DataFusion's names, for example `format.compression`.
        options: HashMap<String, String>,
        partition_by: Vec<String>,
        mode: WriteMode,
    },
    Table {
        name: String,
        /// 'append', 'overwrite' or 'replace'.
        insert_op: String,
    },
}

/// Returns the number of rows written.
pub async fn write(frame: DataFrame, target: Target, sort_by: Vec<SortExpr>) -> Result<f64> {
    let (mut state, mut plan) = frame.into_parts();
    state.mark_start_execution();
    if !sort_by.is_empty() {
        plan = LogicalPlanBuilder::from(plan).sort(sort_by)?.build()?;
    }
    let plan = match target {
        Target::Files {
            format,
            path,
            options,
            partition_by,
            mode,
        } => {
            check_url(&path)?;
            state.config_mut().options_mut().extensions.insert(mode);
            check_columns(plan.schema(), &options, &partition_by)?;
            let factory = state.get_file_format_factory(&format);
            let factory = factory.ok_or_else(|| Error::unknown(Code::Plan, "file format", &format))?;
            let kind = format_as_file_type(factory);
            LogicalPlanBuilder::copy_to(plan, path, kind, options, partition_by)?.build()?
        }
        Target::Table { name, insert_op } => insert(&state, plan, name.into(), &insert_op).await?,
    };
    let written = collected(DataFrame::new(state, plan)).await?;
    let counts = written.iter().flat_map(|batch| {
        let column = batch
            .columns()
            .first()
            .and_then(|column| column.as_primitive_opt::<UInt64Type>());
        column.map(|counts| counts.values().to_vec()).unwrap_or_default()
    });
    Ok(counts.sum::<u64>() as f64)
}

/// The result of a query that may be watched.
pub async fn collected(frame: DataFrame) -> Result<Vec<RecordBatch>> {
    let context = Arc::new(frame.task_ctx());
    let plan = frame.create_physical_plan().await?;
    Ok(collect_watched(plan, context).await?)
}

async fn insert(
    state: &SessionState,
    plan: LogicalPlan,
    name: TableReference,
    op: &str,
) -> Result<LogicalPlan> {
    let op = match op {
        "append" => InsertOp::Append,
        "overwrite" => InsertOp::Overwrite,
        "replace" => InsertOp::Replace,
        other => return Err(Error::unknown(Code::Plan, "insert operation", other)),
    };
    let schema = state.schema_for_ref(name.clone())?;
    let table = schema.table(name.table()).await?;
    let table = table.ok_or_else(|| Error::unknown(Code::Plan, "table", &name.to_string()))?;
    if op != InsertOp::Append && !table.is::<InMemoryTable>() {
        return Err(Error::new(
            Code::NotImplemented,
            format!("{op} is not supported for tables over files. Write to another folder."),
        ));
    }
    let plan = fitted(plan, &table.schema())?;
    let source = Arc::new(DefaultTableSource::new(table));
    Ok(LogicalPlanBuilder::insert_into(plan, name, source, op)?.build()?)
}

/// Puts the columns into the order and types of the table. Columns match by name.
fn fitted(plan: LogicalPlan, table: &Schema) -> Result<LogicalPlan> {
    let mut given: Vec<_> = plan
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let mut wanted: Vec<_> = table.fields().iter().map(|field| field.name().as_str()).collect();
    let message = format!(
        "The columns do not match. The table has {}. The DataFrame has {}.",
        wanted.join(", "),
        given.join(", ")
    );
    given.sort_unstable();
    wanted.sort_unstable();
    if given != wanted {
        return Err(Error::new(Code::Schema, message));
    }
    let columns = table.fields().iter().map(|field| {
        let (relation, _) = plan
            .schema()
            .qualified_field_with_unqualified_name(field.name())?;
        let column = Expr::Column(Column::new(relation.cloned(), field.name()));
        Ok(cast(column, field.data_type().clone()).alias(field.name()))
    });
    let columns: Vec<Expr> = columns.collect::<Result<_>>()?;
    Ok(LogicalPlanBuilder::from(plan).project(columns)?.build()?)
}

/// Checks the columns that options name.
fn check_columns(schema: &DFSchema, options: &HashMap<String, String>, folders: &[String]) -> Result<()> {
    let own = options.keys().filter_map(|key| Some(key.split_once("::")?.1));
    for name in own.clone().chain(folders.iter().map(String::as_str)) {
        if !schema.has_column_with_unqualified_name(name) {
            return Err(no_column(name, schema));
        }
    }
    if let Some(name) = own.clone().find(|name| name.contains('.')) {
        return Err(Error::new(
            Code::NotImplemented,
            format!(
                "The column \"{name}\" cannot have its own options: the engine reads the dot in its name \
                 as the field of a struct."
            ),
        ));
    }
    let kept = options
        .get("execution.keep_partition_by_columns")
        .is_some_and(|keep| keep == "true");
    if !kept && !folders.is_empty() && schema.fields().iter().all(|field| folders.contains(field.name())) {
        return Err(Error::new(
            Code::InvalidArgument,
            "partitionBy contains all columns, so no column remains for the files. Remove a column from \
             partitionBy, or set keepPartitionByColumns.",
        ));
    }
    Ok(())
}
