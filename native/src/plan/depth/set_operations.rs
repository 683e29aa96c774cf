//! Long chains of UNION as balanced trees, before they are planned.

use super::chains::pairwise;
use crate::plan::sql::visit::visit_mut;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{Query, SetExpr, SetOperator, SetQuantifier, Values, VisitorMut};
use std::ops::ControlFlow;

/// Balances all chains of a statement.
pub fn balance_unions(statement: &mut Statement) {
    let _ = visit_mut(statement, &mut Unions);
}

struct Unions;

impl VisitorMut for Unions {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let body = std::mem::replace(&mut query.body, Box::new(nothing()));
        query.body = balanced(body);
        ControlFlow::Continue(())
    }
}

fn balanced(chain: Box<SetExpr>) -> Box<SetExpr> {
    let SetExpr::SetOperation {
        op: SetOperator::Union,
        set_quantifier: quantifier @ (SetQuantifier::All | SetQuantifier::Distinct | SetQuantifier::None),
        ..
    } = *chain
    else {
        return chain;
    };
    let mut operands = Vec::new();
    let mut rest = chain;
    loop {
        match *rest {
            SetExpr::SetOperation {
                op: SetOperator::Union,
                set_quantifier,
                left,
                right,
            } if set_quantifier == quantifier => {
                operands.push(right);
                rest = left;
            }
            first => {
                operands.push(balanced(Box::new(first)));
                break;
            }
        }
    }
    operands.reverse();
    let union = |left, right| {
        Box::new(SetExpr::SetOperation {
            op: SetOperator::Union,
            set_quantifier: quantifier,
            left,
            right,
        })
    };
    pairwise(operands, union).unwrap_or_else(|| Box::new(nothing()))
}

fn nothing() -> SetExpr {
    SetExpr::Values(Values {
        explicit_row: false,
        value_keyword: false,
        rows: vec![],
    })
}
