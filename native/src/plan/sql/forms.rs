//! Rewrites forms that the parser knows into those that the planner knows, too.

use super::visit::visit_mut;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    self, AccessExpr, BinaryOperator, Expr, Fetch, Ident, Join, JoinOperator, LimitClause, ObjectName, Query,
    Select, SelectFlavor, SelectItem, Set, SetExpr, Subscript, TableFactor, Value, VisitorMut,
    WildcardAdditionalOptions,
};
use std::ops::ControlFlow;

/// `FROM t` becomes `SELECT * FROM t`, SEMI JOIN becomes LEFT SEMI JOIN, FETCH FIRST becomes LIMIT, SET TIME ZONE sets `timezone`,
/// `(s).a` becomes `s['a']`, `a REGEXP b` becomes `a ~ b`, and INSERT takes parameters with names.
pub fn rewrite(statement: &mut Statement) {
    let _ = visit_mut(statement, &mut Forms);
}

struct Forms;

impl VisitorMut for Forms {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &mut ast::Statement) -> ControlFlow<()> {
        if let ast::Statement::Insert(insert) = statement {
            if let Some(SetExpr::Values(values)) = insert.source.as_mut().map(|query| query.body.as_mut()) {
                values
                    .rows
                    .iter_mut()
                    .for_each(|row| row.iter_mut().for_each(nest_named));
            }
        }
        if let ast::Statement::Set(set) = statement {
            if let Set::SetTimeZone { value, .. } = set {
                *set = Set::SingleAssignment {
                    scope: None,
                    hivevar: false,
                    variable: ObjectName::from(vec![Ident::new("timezone")]),
                    values: vec![value.clone()],
                };
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::RLike {
            negated,
            expr: text,
            pattern,
            ..
        } = expr
        {
            let op = match negated {
                true => BinaryOperator::PGRegexNotMatch,
                false => BinaryOperator::PGRegexMatch,
            };
            let (left, right) = (text.clone(), pattern.clone());
            *expr = Expr::BinaryOp { left, op, right };
        }
        let Expr::CompoundFieldAccess { root, access_chain } = expr else {
            return ControlFlow::Continue(());
        };
        // The planner knows `t.s['a']`, where `t` may be a table.
        if matches!(**root, Expr::Identifier(_) | Expr::CompoundIdentifier(_)) {
            return ControlFlow::Continue(());
        }
        for access in access_chain {
            if let AccessExpr::Dot(Expr::Identifier(name)) = access {
                let name = match name.quote_style {
                    Some(_) => name.value.clone(),
                    None => name.value.to_lowercase(),
                };
                let index = Expr::Value(Value::SingleQuotedString(name).into());
                *access = AccessExpr::Subscript(Subscript::Index { index });
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        if let Some(Fetch {
            with_ties: false,
            percent: false,
            quantity,
        }) = &query.fetch
        {
            let one = || Expr::Value(Value::Number("1".into(), false).into());
            let count = quantity.clone().unwrap_or_else(one);
            let limit = query.limit_clause.get_or_insert(LimitClause::LimitOffset {
                limit: None,
                offset: None,
                limit_by: vec![],
            });
            // With LIMIT, too, the planner refuses FETCH.
            if let LimitClause::LimitOffset {
                limit: limit @ None, ..
            } = limit
            {
                *limit = Some(count);
                query.fetch = None;
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        if select.flavor == SelectFlavor::FromFirstNoSelect {
            select.flavor = SelectFlavor::Standard;
            select.projection = vec![SelectItem::Wildcard(WildcardAdditionalOptions::default())];
        }
        for table in &mut select.from {
            with_sides(&mut table.joins);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &mut TableFactor) -> ControlFlow<()> {
        if let TableFactor::NestedJoin { table_with_joins, .. } = table {
            with_sides(&mut table_with_joins.joins);
        }
        ControlFlow::Continue(())
    }
}

/// Puts a parameter with a name in parentheses: in the rows of INSERT, the planner takes all others for numbers.
fn nest_named(cell: &mut Expr) {
    let Expr::Value(value) = cell else { return };
    if matches!(&value.value, Value::Placeholder(name) if name.starts_with(|c: char| !c.is_ascii_digit())) {
        let named = std::mem::replace(cell, Expr::Value(Value::Null.into()));
        *cell = Expr::Nested(Box::new(named));
    }
}

fn with_sides(joins: &mut [Join]) {
    for Join { join_operator, .. } in joins {
        *join_operator = match join_operator.clone() {
            JoinOperator::Semi(on) => JoinOperator::LeftSemi(on),
            JoinOperator::Anti(on) => JoinOperator::LeftAnti(on),
            _ => continue,
        };
    }
}
