//! Plans an interval or a duration multiplied with a number, or divided by one, as `n * INTERVAL '1 day'`. The engine cannot.

use super::wrapped::SPARK;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::functions::expr_fn::{date_part, round, trunc};
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{binary_expr, cast, lit, BinaryExpr, Expr, ExprSchemable, Operator};
use datafusion::sql::sqlparser::ast::BinaryOperator;

const DAYS_OF_MONTH: f64 = 30.0;
const SECONDS_OF_DAY: f64 = 86_400.0;

#[derive(Debug)]
pub struct IntervalOperators;

impl ExprPlanner for IntervalOperators {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let op = match expr.op {
            BinaryOperator::Multiply => Operator::Multiply,
            BinaryOperator::Divide => Operator::Divide,
            _ => return Ok(PlannerResult::Original(expr)),
        };
        let (left, right) = (type_of(&expr.left, schema), type_of(&expr.right, schema));
        let scaled = match (left, right) {
            (Some(kind), Some(number)) if number.is_numeric() => scaled(&kind, &expr.left, op, &expr.right),
            (Some(number), Some(kind)) if number.is_numeric() && op == Operator::Multiply => {
                scaled(&kind, &expr.right, op, &expr.left)
            }
            _ => None,
        };
        let Some(scaled) = scaled else {
            return Ok(PlannerResult::Original(expr));
        };
        let name = binary_expr(expr.left, op, expr.right).schema_name().to_string();
        Ok(PlannerResult::Planned(scaled.alias(name)))
    }
}

/// `None` for a chain of products. The engine finds its type level by level, so asking at each level would take long.
fn type_of(expr: &Expr, schema: &DFSchema) -> Option<DataType> {
    let is_product = |op| matches!(op, Operator::Multiply | Operator::Divide | Operator::Modulo);
    match expr {
        Expr::BinaryExpr(BinaryExpr { op, .. }) if is_product(*op) => Some(DataType::Float64),
        // Its type follows from its value, which must be a number.
        Expr::Placeholder(Placeholder { field: None, .. }) => Some(DataType::Float64),
        expr => expr.get_type(schema).ok(),
    }
}

/// `None` if the value is neither an interval nor a duration.
fn scaled(kind: &DataType, value: &Expr, op: Operator, factor: &Expr) -> Option<Expr> {
    let factor = cast(factor.clone(), DataType::Float64);
    let times = |value: Expr| binary_expr(cast(value, DataType::Float64), op, factor.clone());
    match kind {
        DataType::Interval(_) => Some(interval(value, times)),
        DataType::Duration(_) => {
            let amount = round(vec![times(cast(value.clone(), DataType::Int64))]);
            Some(cast(cast(amount, DataType::Int64), kind.clone()))
        }
        _ => None,
    }
}

/// As in PostgreSQL, the fraction of a month becomes days, and that of a day becomes seconds.
fn interval(value: &Expr, times: impl Fn(Expr) -> Expr) -> Expr {
    let part = |name| cast(date_part(lit(name), value.clone()), DataType::Float64);
    let whole = |number: &Expr| trunc(vec![number.clone()]);
    let (months, days) = (part("year") * lit(12.0) + part("month"), part("day"));
    let seconds = part("epoch") - (months.clone() * lit(DAYS_OF_MONTH) + days.clone()) * lit(SECONDS_OF_DAY);
    let months = times(months);
    let days = times(days) + (months.clone() - whole(&months)) * lit(DAYS_OF_MONTH);
    let seconds = times(seconds) + (days.clone() - whole(&days)) * lit(SECONDS_OF_DAY);
    let none = || lit(0_i32);
    let integer = |number: Expr| cast(whole(&number), DataType::Int32);
    SPARK["make_interval"].call(vec![
        none(),
        integer(months),
        none(),
        integer(days),
        none(),
        none(),
        seconds,
    ])
}
