//! Rewrites EXISTS and IN over a correlated aggregate without GROUP BY, such as `EXISTS (SELECT count(*) FROM u WHERE u.id = t.id)`.
//! It has a row for every row outside. The engine makes a join of it, which has none where nothing matches.

use super::contains::contains;
use super::same_names::with_same_names;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{not_impl_err, Spans};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::{
    lit, when, Expr, Filter, LogicalPlan, LogicalPlanBuilder, Projection, SkipType, Subquery, SubqueryAlias,
};
use datafusion::optimizer::AnalyzerRule;
use std::ops::Not;
use std::sync::Arc;

#[derive(Debug)]
pub struct AggregateSubqueries;

impl AnalyzerRule for AggregateSubqueries {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| match contains(&node, is_condition)? {
            true => with_same_names(node, |expr| expr.transform_up(rewritten)),
            false => Ok(Transformed::no(node)),
        })
        .data()
    }

    fn name(&self) -> &str {
        "aggregate_subqueries"
    }
}

fn is_condition(expr: &Expr) -> bool {
    matches!(expr, Expr::Exists(_) | Expr::InSubquery(_))
}

fn rewritten(expr: Expr) -> Result<Transformed<Expr>> {
    let (Expr::Exists(Exists { subquery, .. }) | Expr::InSubquery(InSubquery { subquery, .. })) = &expr
    else {
        return Ok(Transformed::no(expr));
    };
    let found = match subquery.outer_ref_columns.is_empty() {
        true => None,
        false => {
            refuse_offset(&subquery.subquery)?;
            OneRow::of(&subquery.subquery)?
        }
    };
    let Some(OneRow { row, having }) = found else {
        return Ok(Transformed::no(expr));
    };
    let having = having.map(|having| scalar(having).is_true());
    Ok(Transformed::yes(match expr {
        Expr::InSubquery(InSubquery { expr, negated, .. }) => {
            let compared = match negated {
                true => (*expr).not_eq(scalar(row)),
                false => (*expr).eq(scalar(row)),
            };
            match having {
                Some(having) => when(having, compared).otherwise(lit(negated))?,
                None => compared,
            }
        }
        Expr::Exists(Exists { negated, .. }) => match (having, negated) {
            (Some(having), true) => having.not(),
            (Some(having), false) => having,
            (None, negated) => lit(!negated),
        },
        expr => expr,
    }))
}

/// The join that the engine makes would have the rows that OFFSET leaves out.
fn refuse_offset(plan: &LogicalPlan) -> Result<()> {
    let skips = |node: &LogicalPlan| match node {
        LogicalPlan::Limit(limit) => Ok(!matches!(limit.get_skip_type()?, SkipType::Literal(0))),
        _ => Ok(false),
    };
    match plan.exists(skips)? {
        true => not_impl_err!(
            "OFFSET is not supported in a subquery of EXISTS or IN that uses columns of the outer query. Compare a count instead, as \
             in (SELECT count(*) FROM u WHERE u.id = t.id) > 1."
        ),
        false => Ok(()),
    }
}

fn scalar(plan: LogicalPlan) -> Expr {
    Expr::ScalarSubquery(Subquery {
        outer_ref_columns: plan.all_out_ref_exprs(),
        subquery: Arc::new(plan),
        spans: Spans::new(),
    })
}

/// A subquery that has one row, or none if HAVING is not true.
struct OneRow {
    row: LogicalPlan,
    /// The condition, as the value of one row.
    having: Option<LogicalPlan>,
}

impl OneRow {
    fn of(plan: &LogicalPlan) -> Result<Option<Self>> {
        match plan {
            LogicalPlan::Aggregate(aggregate) if aggregate.group_expr.is_empty() => Ok(Some(Self {
                row: plan.clone(),
                having: None,
            })),
            LogicalPlan::Filter(Filter { predicate, input, .. }) => match Self::of(input)? {
                Some(Self { row, having: None }) => {
                    let condition = predicate.clone().alias("__having");
                    let having = LogicalPlanBuilder::from(row.clone()).project([condition])?;
                    let having = Some(having.build()?);
                    Ok(Some(Self { row, having }))
                }
                _ => Ok(None),
            },
            LogicalPlan::Projection(Projection { input, .. })
            | LogicalPlan::SubqueryAlias(SubqueryAlias { input, .. }) => match Self::of(input)? {
                Some(Self { row, having }) => {
                    let row = plan.with_new_exprs(plan.expressions(), vec![row])?;
                    Ok(Some(Self { row, having }))
                }
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }
}
