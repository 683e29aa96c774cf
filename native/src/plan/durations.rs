//! Compares durations with intervals by their length, and keeps fractions of their seconds.

use super::comparisons::compares;
use super::contains::contains;
use super::same_names::with_same_names;
use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano, IntervalUnit};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::functions::expr_fn::date_part;
use datafusion::logical_expr::expr::{Cast, ScalarFunction};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{cast, lit, Between, BinaryExpr, Expr, ExprSchemable, LogicalPlan};
use datafusion::optimizer::AnalyzerRule;

/// As PostgreSQL does when it compares intervals.
const DAYS_OF_MONTH: i64 = 30;
const DAY: i64 = 24 * 3600 * 1_000_000_000;

/// The engine makes an interval of nanoseconds of a duration, and compares intervals month by month, then day by day: sixty days
/// would be less than one day. So literal intervals become nanoseconds, too. Where an interval is no literal, both become seconds.
#[derive(Debug)]
pub struct Durations;

impl AnalyzerRule for Durations {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| {
            if !contains(&node, |expr| is_cast_to_interval(expr) || is_date_part(expr))? {
                return Ok(Transformed::no(node));
            }
            let schema = merge_schema(&node.inputs());
            with_same_names(node, |expr| {
                expr.transform_up(|part| Ok(corrected(part, &schema)))
            })
        })
        .data()
    }

    fn name(&self) -> &str {
        "durations"
    }
}

fn is_cast_to_interval(expr: &Expr) -> bool {
    matches!(expr, Expr::Cast(Cast { field, .. }) if matches!(field.data_type(), DataType::Interval(_)))
}

fn is_date_part(expr: &Expr) -> bool {
    matches!(expr, Expr::ScalarFunction(call) if call.func.name() == "date_part")
}

fn corrected(expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
    let changed = match &expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(*op) => {
            let sides = by_length([left, right], schema).map(|sides| sides.map(Box::new));
            sides.map(|[left, right]| Expr::BinaryExpr(BinaryExpr::new(left, *op, right)))
        }
        Expr::Between(Between {
            expr,
            negated,
            low,
            high,
        }) => {
            let sides = by_length([expr, low, high], schema).map(|sides| sides.map(Box::new));
            sides.map(|[expr, low, high]| Expr::Between(Between::new(expr, *negated, low, high)))
        }
        Expr::ScalarFunction(call) if is_date_part(&expr) => match call.args.as_slice() {
            [part, value] if matches!(value.get_type(schema), Ok(DataType::Duration(_))) => {
                part_of_duration(call, part, value)
            }
            _ => None,
        },
        _ => None,
    };
    changed.map_or(Transformed::no(expr), Transformed::yes)
}

/// The engine drops fractions of seconds, and counts the hours, minutes and seconds of all days.
fn part_of_duration(call: &ScalarFunction, part: &Expr, value: &Expr) -> Option<Expr> {
    let Expr::Literal(name, _) = part else {
        return None;
    };
    let interval = cast(value.clone(), DataType::Interval(IntervalUnit::MonthDayNano));
    let found = call.func.call(vec![part.clone(), interval]);
    match name.try_as_str().flatten()?.to_ascii_lowercase().as_str() {
        "hour" | "hours" => Some(found % lit(24_i32)),
        "epoch" | "minute" | "minutes" | "second" | "seconds" => Some(found),
        _ => None,
    }
}

/// The values in one unit; `None` if they are not durations and intervals.
fn by_length<const N: usize>(values: [&Expr; N], schema: &DFSchema) -> Option<[Expr; N]> {
    let intervals = values.iter().filter(|value| !is_duration(value, schema));
    let intervals: Vec<_> = intervals.copied().collect();
    let is_interval = |value: &&Expr| matches!(value.get_type(schema), Ok(DataType::Interval(_)));
    if intervals.is_empty() || intervals.len() == N || !intervals.iter().all(is_interval) {
        return None;
    }
    let are_literals = intervals.iter().all(|value| length(value).is_some());
    Some(values.map(|value| match are_literals {
        true => length(value).unwrap_or_else(|| value.clone()),
        false => date_part(lit("epoch"), value.clone()),
    }))
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
