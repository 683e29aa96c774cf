//! Compares durations with intervals of days, weeks and months by their length.

use super::comparisons::compares;
use super::same_names::with_same_names;
use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::expr::Cast;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Between, BinaryExpr, Expr, ExprSchemable, LogicalPlan};
use datafusion::optimizer::AnalyzerRule;

/// As PostgreSQL does when it compares intervals.
const DAYS_OF_MONTH: i64 = 30;
const DAY: i64 = 24 * 3600 * 1_000_000_000;

/// The engine makes an interval of nanoseconds of a duration, and compares intervals month by month, then day by day: sixty days
/// would be less than one day. So a literal interval becomes nanoseconds, too.
#[derive(Debug)]
pub struct DurationComparisons;

impl AnalyzerRule for DurationComparisons {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| {
            let schema = merge_schema(&node.inputs());
            with_same_names(node, |expr| expr.transform_up(|part| Ok(compared(part, &schema))))
        })
        .data()
    }

    fn name(&self) -> &str {
        "duration_comparisons"
    }
}

fn compared(expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(op) => {
            let (in_left, in_right) = (length(&left), length(&right));
            let changed = match (in_left, in_right) {
                (None, Some(length)) if is_duration(&left, schema) => Some((left.clone(), length.into())),
                (Some(length), None) if is_duration(&right, schema) => Some((length.into(), right.clone())),
                _ => None,
            };
            match changed {
                Some((left, right)) => Transformed::yes(Expr::BinaryExpr(BinaryExpr::new(left, op, right))),
                None => Transformed::no(Expr::BinaryExpr(BinaryExpr::new(left, op, right))),
            }
        }
        Expr::Between(between) if is_duration(&between.expr, schema) => {
            let bound = |bound: &Expr| length(bound).unwrap_or_else(|| bound.clone());
            let (low, high) = (bound(&between.low), bound(&between.high));
            Transformed::yes(Expr::Between(Between::new(
                between.expr,
                between.negated,
                low.into(),
                high.into(),
            )))
        }
        expr => Transformed::no(expr),
    }
}

/// Whether the value was a duration before the engine cast it to an interval.
fn is_duration(expr: &Expr, schema: &DFSchema) -> bool {
    let expr = match expr {
        Expr::Cast(Cast { expr, .. }) => expr.as_ref(),
        expr => expr,
    };
    matches!(expr.get_type(schema), Ok(DataType::Duration(_)))
}

/// A literal interval of days or months, in nanoseconds; `None` for others, and for more than 292 years.
fn length(expr: &Expr) -> Option<Expr> {
    let Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(interval)), metadata) = expr else {
        return None;
    };
    let days = i64::from(interval.months) * DAYS_OF_MONTH + i64::from(interval.days);
    let nanoseconds = days.checked_mul(DAY)?.checked_add(interval.nanoseconds)?;
    let length = IntervalMonthDayNano::new(0, 0, nanoseconds);
    Some(Expr::Literal(
        ScalarValue::IntervalMonthDayNano(Some(length)),
        metadata.clone(),
    ))
}
