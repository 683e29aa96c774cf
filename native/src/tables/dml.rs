//! Rewrites UPDATE, DELETE and TRUNCATE of in-memory tables as queries and row changes.

use super::changed::{Change, ChangedTable};
use super::numbered::NumberedTable;
use super::provider::InMemoryTable;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{not_impl_err, Column};
use datafusion::config::ConfigOptions;
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan, LogicalPlanBuilder, TableSource, WriteOp};
use datafusion::optimizer::AnalyzerRule;
use std::sync::Arc;

/// DataFusion would let the table evaluate conditions and new values itself. Instead, the statement becomes
/// an INSERT OVERWRITE. Its query gives the numbers of the changed rows, runs like any other query and may
/// have subqueries. Its target (`ChangedTable`) changes these rows. All other rows stay as they are, in
/// order.
#[derive(Debug)]
pub struct InMemoryDml;

impl AnalyzerRule for InMemoryDml {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_down(|node| match node {
            LogicalPlan::Dml(dml) => rewritten(dml),
            node => Ok(Transformed::no(node)),
        })
        .data()
    }

    fn name(&self) -> &str {
        "in_memory_dml"
    }
}

fn rewritten(dml: DmlStatement) -> Result<Transformed<LogicalPlan>> {
    let provider = source_as_provider(&dml.target).ok();
    let table = provider.as_ref().and_then(|table| table.downcast_ref());
    let Some(table): Option<&InMemoryTable> = table else {
        return Ok(Transformed::no(LogicalPlan::Dml(dml)));
    };
    let (query, change) = match (&dml.op, dml.input.as_ref()) {
        (WriteOp::Truncate, _) | (WriteOp::Delete, LogicalPlan::TableScan(_)) => {
            (LogicalPlanBuilder::empty(false).build()?, Change::Clear)
        }
        (WriteOp::Delete, input) => deleted(input, table)?,
        (WriteOp::Update, input) => updated(input, table)?,
        (WriteOp::MergeInto(_), _) => {
            return not_impl_err!(
                "MERGE INTO is not supported for in-memory tables. Use UPDATE, DELETE and INSERT."
            )
        }
        _ => return Ok(Transformed::no(LogicalPlan::Dml(dml))),
    };
    let target = ChangedTable::new(dml.table_name.to_string(), table.contents().clone(), change);
    Ok(Transformed::yes(LogicalPlan::Dml(DmlStatement::new(
        dml.table_name,
        provider_as_source(Arc::new(target)),
        WriteOp::Insert(InsertOp::Overwrite),
        Arc::new(query),
    ))))
}

fn deleted(input: &LogicalPlan, table: &InMemoryTable) -> Result<(LogicalPlan, Change)> {
    let read = table.snapshot();
    let rows = over(
        input,
        &provider_as_source(Arc::new(NumberedTable::new(read.clone()))),
    )?;
    let query = LogicalPlanBuilder::from(rows.clone()).project([number(&rows)])?;
    Ok((query.build()?, Change::Delete { read }))
}

/// The statement's own query has one expression for each column of the table.
fn updated(input: &LogicalPlan, table: &InMemoryTable) -> Result<(LogicalPlan, Change)> {
    let LogicalPlan::Projection(values) = input else {
        return not_impl_err!("UPDATE is not supported for this plan: {}.", input.display());
    };
    let read = table.snapshot();
    let fields = read.schema.fields().iter();
    let changed = values.expr.iter().zip(fields).enumerate();
    let changed = changed.filter(|(_, (value, field))| {
        let same = |column: &Column| column.name() == field.name();
        !matches!(Expr::clone(value).unalias(), Expr::Column(column) if same(&column))
    });
    let (columns, values_of): (Vec<_>, Vec<_>) = changed
        .map(|(column, (value, _))| (column, value.clone()))
        .unzip();
    let rows = over(
        &values.input,
        &provider_as_source(Arc::new(NumberedTable::new(read.clone()))),
    )?;
    let exprs = [number(&rows)].into_iter().chain(values_of);
    let query = LogicalPlanBuilder::from(rows.clone()).project(exprs)?;
    Ok((query.build()?, Change::Update { read, columns }))
}

fn number(rows: &LogicalPlan) -> Expr {
    let last = rows.schema().fields().len() - 1;
    Expr::Column(Column::from(rows.schema().qualified_field(last)))
}

/// Replaces the table at the bottom of the plan, and passes on all of its columns.
fn over(plan: &LogicalPlan, table: &Arc<dyn TableSource>) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::TableScan(scan) => {
            LogicalPlanBuilder::scan(scan.table_name.clone(), table.clone(), None)?.build()
        }
        LogicalPlan::Filter(_) | LogicalPlan::Limit(_) | LogicalPlan::SubqueryAlias(_) => {
            let inputs = plan.inputs().into_iter().map(|input| over(input, table));
            plan.with_new_exprs(plan.expressions(), inputs.collect::<Result<_>>()?)
        }
        _ => not_impl_err!("UPDATE of several tables is not supported. Read the other tables in subqueries."),
    }
}
