//! The precedence of IS DISTINCT FROM. The parser takes all that follows for its right side: `a IS DISTINCT FROM (b AND c)`.

use super::visit::visit_mut;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value, VisitMut, VisitorMut};
use std::ops::ControlFlow;

pub fn correct(statement: &mut Statement) {
    let _ = visit_mut(statement, &mut DistinctFrom);
}

pub fn correct_expr(expr: &mut Expr) {
    let _ = expr.visit(&mut DistinctFrom);
}

struct DistinctFrom;

impl VisitorMut for DistinctFrom {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        // A condition without parentheses can only be here if the parser has swallowed it.
        let swallowed = match expr {
            Expr::IsDistinctFrom(_, right) | Expr::IsNotDistinctFrom(_, right) => right,
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => expr,
            Expr::BinaryOp {
                op: BinaryOperator::And,
                right,
                ..
            } if is(right, &[BinaryOperator::Or]) => right,
            _ => return ControlFlow::Continue(()),
        };
        if is(swallowed, &CONDITIONS) {
            let mut condition = std::mem::replace(swallowed.as_mut(), nothing());
            let first = first_operand(&mut condition);
            std::mem::swap(first, swallowed);
            *first = std::mem::replace(expr, nothing());
            *expr = condition;
        }
        ControlFlow::Continue(())
    }
}

const CONDITIONS: [BinaryOperator; 2] = [BinaryOperator::And, BinaryOperator::Or];

fn is(expr: &Expr, operators: &[BinaryOperator]) -> bool {
    matches!(expr, Expr::BinaryOp { op, .. } if operators.contains(op))
}

/// What the operator before the condition applies to.
fn first_operand(condition: &mut Expr) -> &mut Expr {
    let mut first = condition;
    while is(first, &CONDITIONS) {
        let Expr::BinaryOp { left, .. } = first else {
            break;
        };
        first = left.as_mut();
    }
    first
}

fn nothing() -> Expr {
    Expr::Value(Value::Null.into())
}
