//! Plans the operators `->` and `->>` as calls of functions.

use super::{GET, GET_STR};
use crate::plan::comparisons::compares;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Between, BinaryExpr, InList, Like, ScalarFunction};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ScalarUDF};
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
        Ok(PlannerResult::Planned(of_json(expr.left, expr.right, function)))
    }
}

/// Most dialects parse `'x' = j -> 'a'` as `('x' = j) -> 'a'`. A condition is not JSON, so the JSON is its last operand.
fn of_json(json: Expr, key: Expr, function: &ScalarUDF) -> Expr {
    match json {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(op) => {
            let right = Box::new(of_json(*right, key, function));
            Expr::BinaryExpr(BinaryExpr { left, op, right })
        }
        json => at_key(json, key, function),
    }
}

/// Most dialects parse `j -> 'a' = 'x'` as `j -> ('a' = 'x')`. A condition is not a key, so the key is its first operand.
fn at_key(json: Expr, key: Expr, function: &ScalarUDF) -> Expr {
    let first = |key: Box<Expr>, json| Box::new(at_key(json, *key, function));
    match key {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(op) => {
            let left = first(left, json);
            Expr::BinaryExpr(BinaryExpr { left, op, right })
        }
        Expr::Like(like) => {
            let expr = first(like.expr, json);
            Expr::Like(Like { expr, ..like })
        }
        Expr::SimilarTo(like) => {
            let expr = first(like.expr, json);
            Expr::SimilarTo(Like { expr, ..like })
        }
        Expr::Between(between) => {
            let expr = first(between.expr, json);
            Expr::Between(Between { expr, ..between })
        }
        Expr::InList(list) => {
            let expr = first(list.expr, json);
            Expr::InList(InList { expr, ..list })
        }
        Expr::IsNull(key) => Expr::IsNull(first(key, json)),
        Expr::IsNotNull(key) => Expr::IsNotNull(first(key, json)),
        key => call(json, key, function),
    }
}

fn call(json: Expr, key: Expr, function: &ScalarUDF) -> Expr {
    // A chain of operators is one path, so the JSON in the middle is not read again.
    let mut args = match json {
        Expr::ScalarFunction(ScalarFunction { func, args }) if func == *GET => args,
        json => vec![json],
    };
    args.push(key);
    function.call(args)
}
