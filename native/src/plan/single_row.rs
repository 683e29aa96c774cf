//! Makes scalar subqueries of several rows fail on a cluster, too, and those without a row null.

use super::contains::contains;
use super::same_names::with_same_names;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{Column, ScalarValue};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::functions::expr_fn::concat;
use datafusion::functions_aggregate::count::count_all;
use datafusion::functions_aggregate::first_last::first_value;
use datafusion::logical_expr::{cast, lit, when, Expr, LogicalPlan, LogicalPlanBuilder, Subquery};
use datafusion::optimizer::AnalyzerRule;
use std::sync::Arc;

const VALUE: &str = "__value";
const ROWS: &str = "__rows";

/// Counts the rows of scalar subqueries, or makes them nullable, where the engine does neither.
///
/// In a query cut into stages, a scalar subquery is a join: several rows of it would add rows instead of failing. A subquery
/// without a row is null, but the engine takes its type for that of its column: `(SELECT 1 WHERE false) IS NULL` would be false.
/// Correlated subqueries are aggregates already, or joins.
#[derive(Debug)]
pub struct SingleRow {
    /// Whether queries may be cut into stages.
    pub in_stages: bool,
}

impl AnalyzerRule for SingleRow {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let is_scalar = |expr: &Expr| matches!(expr, Expr::ScalarSubquery(_));
        plan.transform_down_with_subqueries(|node| match contains(&node, is_scalar)? {
            true => with_same_names(node, |expr| expr.transform_up(|part| self.checked(part))),
            false => Ok(Transformed::no(node)),
        })
        .data()
    }

    fn name(&self) -> &str {
        "single_row"
    }
}

impl SingleRow {
    fn checked(&self, expr: Expr) -> Result<Transformed<Expr>> {
        let Expr::ScalarSubquery(found) = &expr else {
            return Ok(Transformed::no(expr));
        };
        let plan = found.subquery.as_ref();
        if !found.outer_ref_columns.is_empty() || plan.schema().fields().len() != 1 {
            return Ok(Transformed::no(expr));
        }
        let has_wrong_type = !plan.schema().field(0).is_nullable() && !has_row(plan);
        let plan = match has_several(plan)? {
            true if self.in_stages || has_wrong_type => one_row(plan.clone())?,
            false if has_wrong_type => first_row(plan.clone())?,
            _ => return Ok(Transformed::no(expr)),
        };
        Ok(Transformed::yes(Expr::ScalarSubquery(Subquery {
            subquery: Arc::new(plan),
            ..found.clone()
        })))
    }
}

/// Whether there may be several rows. The engine says of the one row of `SELECT 1` that there is none.
fn has_several(plan: &LogicalPlan) -> Result<bool> {
    let is_union = |node: &LogicalPlan| Ok(matches!(node, LogicalPlan::Union(_) | LogicalPlan::Unnest(_)));
    Ok(plan.max_rows().is_none_or(|rows| rows > 1) || plan.exists(is_union)?)
}

/// Whether there is a row, whatever the data are.
fn has_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Aggregate(aggregate) => aggregate.group_expr.is_empty(),
        LogicalPlan::EmptyRelation(empty) => empty.produce_one_row,
        LogicalPlan::Projection(projection) => has_row(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => has_row(&alias.input),
        _ => false,
    }
}

/// The value of the first row, null if there is none.
fn first_row(plan: LogicalPlan) -> Result<LogicalPlan> {
    let (qualifier, field) = plan.schema().qualified_field(0);
    let (qualifier, field) = (qualifier.cloned(), field.clone());
    let value = Expr::Column(Column::new(qualifier.clone(), field.name()));
    LogicalPlanBuilder::from(plan)
        .aggregate(Vec::<Expr>::new(), vec![first_value(value, vec![]).alias(VALUE)])?
        .project(vec![
            Expr::Column(Column::from_name(VALUE)).alias_qualified(qualifier, field.name())
        ])?
        .build()
}

/// The value of the one row, null if there is none, an error if there are several.
fn one_row(plan: LogicalPlan) -> Result<LogicalPlan> {
    let (qualifier, field) = plan.schema().qualified_field(0);
    let (qualifier, field) = (qualifier.cloned(), field.clone());
    let value = Expr::Column(Column::new(qualifier.clone(), field.name()));
    let rows = Expr::Column(Column::from_name(ROWS));
    // Casting this string to a number fails. No other expression can fail with a message of our own.
    let complaint = concat(vec![
        lit("A scalar subquery must return one row, but it returned "),
        cast(rows.clone(), DataType::Utf8),
    ]);
    let several = when(
        rows.gt(lit(1_i64)),
        cast(complaint, DataType::Int64).gt(lit(0_i64)),
    )
    .otherwise(lit(false))?;
    let nothing = lit(ScalarValue::try_new_null(field.data_type())?);
    let result = when(several, nothing).otherwise(Expr::Column(Column::from_name(VALUE)))?;
    let aggregates = vec![first_value(value, vec![]).alias(VALUE), count_all().alias(ROWS)];
    LogicalPlanBuilder::from(plan)
        .aggregate(Vec::<Expr>::new(), aggregates)?
        .project(vec![result.alias_qualified(qualifier, field.name())])?
        .build()
}
