//! Makes scalar subqueries that return several rows fail on a cluster too.

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

/// In a query cut into stages, a scalar subquery is a join: several rows of it would add rows instead of
/// failing. So the rows are counted wherever there may be several. Correlated subqueries are aggregates
/// already.
#[derive(Debug)]
pub struct SingleRow;

impl AnalyzerRule for SingleRow {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_down_with_subqueries(|node| node.map_expressions(|expr| expr.transform_up(counted)))
            .data()
    }

    fn name(&self) -> &str {
        "single_row"
    }
}

fn counted(expr: Expr) -> Result<Transformed<Expr>> {
    match expr {
        Expr::ScalarSubquery(found) if needs_count(&found) => {
            Ok(Transformed::yes(Expr::ScalarSubquery(Subquery {
                subquery: Arc::new(one_row(found.subquery.as_ref().clone())?),
                ..found
            })))
        }
        expr => Ok(Transformed::no(expr)),
    }
}

fn needs_count(found: &Subquery) -> bool {
    let alone = found.outer_ref_columns.is_empty() && found.subquery.schema().fields().len() == 1;
    alone && found.subquery.max_rows().is_none_or(|rows| rows > 1)
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
