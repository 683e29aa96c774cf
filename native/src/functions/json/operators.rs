//! Plans the operators `->` and `->>` as calls of functions.

use super::{GET, GET_STR};
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::Expr;
use datafusion::sql::sqlparser::ast::BinaryOperator;

#[derive(Debug)]
pub struct JsonOperators;

impl ExprPlanner for JsonOperators {
    fn plan_binary_op(&self, expr: RawBinaryExpr, _: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let function = match expr.op {
            BinaryOperator::Arrow => &GET,
            BinaryOperator::LongArrow => &GET_STR,
            _ => return Ok(PlannerResult::Original(expr)),
        };
        // A chain of operators is one path, so the JSON in the middle is not read again.
        let mut args = match expr.left {
            Expr::ScalarFunction(ScalarFunction { func, args }) if func == *GET => args,
            left => vec![left],
        };
        args.push(expr.right);
        Ok(PlannerResult::Planned(function.call(args)))
    }
}
