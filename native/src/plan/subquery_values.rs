//! Makes EXISTS, IN, ANY and ALL over a subquery work as values, as in `SELECT EXISTS (…)`. The engine runs them only as conditions.

use super::contains::contains;
use super::not_in::{compared, value_of};
use super::same_names::with_same_names;
use crate::error::{Code, Error};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::Column;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::functions_aggregate::count::count_all;
use datafusion::logical_expr::expr::Exists;
use datafusion::logical_expr::{lit, Expr, LogicalPlan, LogicalPlanBuilder, Subquery};
use datafusion::optimizer::AnalyzerRule;
use std::sync::Arc;

#[derive(Debug)]
pub struct SubqueryValues;

impl AnalyzerRule for SubqueryValues {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_down_with_subqueries(|node| match node {
            LogicalPlan::Projection(_) if contains(&node, is_condition)? => as_values(node),
            LogicalPlan::Aggregate(_) | LogicalPlan::Window(_) | LogicalPlan::Sort(_)
                if contains(&node, is_condition)? =>
            {
                projected_before(node)
            }
            LogicalPlan::Values(_) if contains(&node, |expr| matches!(expr, Expr::ScalarSubquery(_)))? => {
                Err(unsupported(
                    "A subquery in VALUES is not supported. Write SELECT instead: INSERT INTO t SELECT (SELECT max(id) FROM u).",
                ))
            }
            node => Ok(Transformed::no(node)),
        })
        .data()
    }

    fn name(&self) -> &str {
        "subquery_values"
    }
}

fn is_condition(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Exists(_) | Expr::InSubquery(_) | Expr::SetComparison(_)
    )
}

fn unsupported(text: &str) -> datafusion::error::DataFusionError {
    Error::new(Code::NotImplemented, text).into()
}

fn as_values(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let input = node.inputs()[0].clone();
    let node = with_same_names(node, |expr| {
        let expr = expr.transform_down(|part| match part {
            Expr::InSubquery(found) if !found.expr.contains_outer() => {
                value_of(&found, &input).map(|(value, _)| Transformed::yes(value))
            }
            Expr::SetComparison(found) if !found.expr.contains_outer() => {
                compared(&found, &input).map(Transformed::yes)
            }
            part => Ok(Transformed::no(part)),
        })?;
        expr.transform_data(|expr| {
            expr.transform_up(|part| match part {
                Expr::Exists(found) => counted(found).map(Transformed::yes),
                part => Ok(Transformed::no(part)),
            })
        })
    })?;
    node.map_data(LogicalPlan::recompute_schema)
}

/// Moves the subqueries into a projection below, where they may use columns of the outer query. There, this rule rewrites them.
fn projected_before(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let input = node.inputs()[0].clone();
    let columns = node.schema().columns();
    let mut values = vec![];
    let node = with_same_names(node, |expr| {
        expr.transform_down(|part| {
            if !is_condition(&part) {
                return Ok(Transformed::no(part));
            }
            let column = Column::new_unqualified(format!("__subquery_{}", values.len()));
            values.push(part.alias(&column.name));
            Ok(Transformed::new(
                Expr::Column(column),
                true,
                TreeNodeRecursion::Jump,
            ))
        })
    })?;
    let kept = input.schema().columns().into_iter().map(Expr::Column);
    let kept: Vec<_> = kept.chain(values).collect();
    let input = LogicalPlanBuilder::from(input).project(kept)?.build()?;
    let node = node.data.with_new_exprs(node.data.expressions(), vec![input])?;
    if node.schema().fields().len() == columns.len() {
        return Ok(Transformed::yes(node));
    }
    let columns = columns.into_iter().map(Expr::Column);
    let node = LogicalPlanBuilder::from(node).project(columns)?.build()?;
    Ok(Transformed::yes(node))
}

/// Whether the subquery has rows, as a comparison of their number.
fn counted(Exists { subquery, negated }: Exists) -> Result<Expr> {
    let rows = LogicalPlanBuilder::from(subquery.subquery.as_ref().clone())
        .aggregate(Vec::<Expr>::new(), vec![count_all()])?
        .build()?;
    let count = Expr::ScalarSubquery(Subquery {
        subquery: Arc::new(rows),
        ..subquery
    });
    Ok(match negated {
        true => count.eq(lit(0_i64)),
        false => count.gt(lit(0_i64)),
    })
}
