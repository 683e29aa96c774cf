//! Long chains of UNION, AND and OR as balanced trees, before they are planned. The planner writes the name of an expression once
//! for each of its levels.

use super::chains::{pairwise, LONG};
use crate::plan::sql::visit::visit_mut;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Query, SetExpr, SetOperator, SetQuantifier, Value, Values, VisitorMut,
};
use std::ops::ControlFlow;

/// Balances all chains of a statement.
pub fn balance(statement: &mut Statement) {
    let _ = visit_mut(statement, &mut Chains);
}

struct Chains;

impl VisitorMut for Chains {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let body = std::mem::replace(&mut query.body, Box::new(nothing()));
        query.body = union(body);
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Some(op) = long_condition(expr) {
            let chain = std::mem::replace(expr, Expr::Value(Value::Null.into()));
            *expr = condition(chain, &op);
        }
        ControlFlow::Continue(())
    }
}

/// The operator of a chain of AND or OR that is longer than `LONG`.
fn long_condition(expr: &Expr) -> Option<BinaryOperator> {
    let Expr::BinaryOp {
        op: op @ (BinaryOperator::And | BinaryOperator::Or),
        ..
    } = expr
    else {
        return None;
    };
    let mut first = expr;
    for _ in 0..LONG {
        match first {
            Expr::BinaryOp { left, op: other, .. } if other == op => first = left,
            _ => return None,
        }
    }
    Some(op.clone())
}

fn condition(chain: Expr, op: &BinaryOperator) -> Expr {
    let operands = operands(chain, |expr| match expr {
        Expr::BinaryOp {
            left,
            op: other,
            right,
        } if other == *op => ControlFlow::Continue((*left, *right)),
        first => ControlFlow::Break(first),
    });
    let joined = |left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: op.clone(),
        right: Box::new(right),
    };
    pairwise(operands, joined).expect("a chain has operands")
}

fn union(chain: Box<SetExpr>) -> Box<SetExpr> {
    let SetExpr::SetOperation {
        op: SetOperator::Union,
        set_quantifier: quantifier @ (SetQuantifier::All | SetQuantifier::Distinct | SetQuantifier::None),
        ..
    } = *chain
    else {
        return chain;
    };
    let mut operands = operands(chain, |set| match *set {
        SetExpr::SetOperation {
            op: SetOperator::Union,
            set_quantifier,
            left,
            right,
        } if set_quantifier == quantifier => ControlFlow::Continue((left, right)),
        first => ControlFlow::Break(Box::new(first)),
    });
    // It may be a chain of another kind of union.
    let first = std::mem::replace(&mut operands[0], Box::new(nothing()));
    operands[0] = union(first);
    let united = |left, right| {
        Box::new(SetExpr::SetOperation {
            op: SetOperator::Union,
            set_quantifier: quantifier,
            left,
            right,
        })
    };
    pairwise(operands, united).expect("a chain has operands")
}

/// The operands of a chain that is deep on its left side. `split` returns both sides of an operation, or what is none.
fn operands<T>(chain: T, split: impl Fn(T) -> ControlFlow<T, (T, T)>) -> Vec<T> {
    let (mut operands, mut rest) = (Vec::new(), chain);
    loop {
        match split(rest) {
            ControlFlow::Continue((left, right)) => {
                operands.push(right);
                rest = left;
            }
            ControlFlow::Break(first) => {
                operands.push(first);
                operands.reverse();
                return operands;
            }
        }
    }
}

fn nothing() -> SetExpr {
    SetExpr::Values(Values {
        explicit_row: false,
        value_keyword: false,
        rows: vec![],
    })
}
