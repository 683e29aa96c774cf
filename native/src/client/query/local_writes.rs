//! INSERT, UPDATE and DELETE of in-memory tables in this process: only their queries run on the cluster.

use crate::tables::changed::ChangedTable;
use crate::tables::numbered::NumberedTable;
use crate::tables::provider::InMemoryTable;
use crate::tables::stored::StoredTable;
use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::not_impl_err;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::datasource::{provider_as_source, source_as_provider, TableType};
use datafusion::error::Result;
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan, LogicalPlanBuilder, TableScan, TableSource};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

pub fn is_here(target: &Arc<dyn TableSource>) -> bool {
    source_as_provider(target).is_ok_and(|table| table.is::<InMemoryTable>() || table.is::<ChangedTable>())
}

fn changes(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Dml(dml) if is_here(&dml.target))
}

/// The statement, if the plan is one or reads its count, for example by `count` or `limit`.
pub fn statement_below(plan: &LogicalPlan) -> Option<&DmlStatement> {
    match (plan, plan.inputs().as_slice()) {
        (LogicalPlan::Dml(dml), _) if is_here(&dml.target) => Some(dml),
        (LogicalPlan::Copy(_) | LogicalPlan::Dml(_) | LogicalPlan::Explain(_), _) => None,
        (_, [input]) => statement_below(input),
        _ => None,
    }
}

/// Rejects a statement inside a query: on the cluster, it would change a copy of its table. EXPLAIN of a
/// statement is allowed.
pub fn sendable(plan: LogicalPlan) -> Result<LogicalPlan> {
    if let LogicalPlan::Explain(_) = plan {
        return plan.transform_down(without_rows).data();
    }
    match plan.exists(|node| Ok(changes(node)))? {
        true => not_impl_err!(
            "INSERT, UPDATE and DELETE of an in-memory table cannot be part of another query. \
             Run the statement separately."
        ),
        false => Ok(plan),
    }
}

/// Replaces the logical statement in the query by the planned one.
pub fn with_planned(plan: LogicalPlan, statement: &Arc<dyn ExecutionPlan>) -> Result<LogicalPlan> {
    plan.transform_down(|node| match changes(&node) {
        true => {
            let source = provider_as_source(Arc::new(Planned(statement.clone())));
            let count = LogicalPlanBuilder::scan("statement", source, None)?;
            let columns = count.schema().columns().into_iter().map(|column| {
                let name = column.name.clone();
                Expr::Column(column).alias(name)
            });
            let columns: Vec<_> = columns.collect();
            count.project(columns)?.build().map(Transformed::yes)
        }
        false => Ok(Transformed::no(node)),
    })
    .data()
}

#[derive(Debug)]
struct Planned(Arc<dyn ExecutionPlan>);

#[async_trait]
impl TableProvider for Planned {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.schema();
        let columns = projection
            .cloned()
            .unwrap_or_else(|| (0..schema.fields().len()).collect());
        let columns = columns.into_iter().map(|index| {
            let name = schema.field(index).name();
            let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(name, index));
            (column, name.clone())
        });
        let columns: Vec<_> = columns.collect();
        Ok(Arc::new(ProjectionExec::try_new(columns, self.0.clone())?))
    }
}

/// The same statement with an empty table as its target.
fn without_rows(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let LogicalPlan::Dml(dml) = node else {
        return Ok(Transformed::no(node));
    };
    if !is_here(&dml.target) {
        return Ok(Transformed::no(LogicalPlan::Dml(dml)));
    }
    let empty = StoredTable::from_batches(dml.target.schema(), &[])?;
    let target = provider_as_source(Arc::new(InMemoryTable::new(empty, usize::MAX, None)?));
    Ok(Transformed::yes(LogicalPlan::Dml(DmlStatement { target, ..dml })))
}

/// Makes the rows that an UPDATE or DELETE reads an ordinary in-memory table, which can be sent.
pub fn numbered(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let LogicalPlan::TableScan(scan) = node else {
        return Ok(Transformed::no(node));
    };
    let provider = source_as_provider(&scan.source).ok();
    let table = provider.as_ref().and_then(|table| table.downcast_ref());
    let Some(table): Option<&NumberedTable> = table else {
        return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
    };
    let stored = table.stored(scan.projection.as_ref())?;
    Ok(Transformed::yes(LogicalPlan::TableScan(TableScan {
        source: provider_as_source(Arc::new(InMemoryTable::new(stored, usize::MAX, None)?)),
        projection: None,
        ..scan
    })))
}
