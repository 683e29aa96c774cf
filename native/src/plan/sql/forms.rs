//! Rewrites forms that the parser knows into those that the planner knows, too.

use super::visit::visit_mut;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    Expr, Fetch, Join, JoinOperator, LimitClause, Query, Select, SelectFlavor, SelectItem, TableFactor,
    Value, VisitorMut, WildcardAdditionalOptions,
};
use std::ops::ControlFlow;

/// `FROM t` becomes `SELECT * FROM t`, SEMI JOIN becomes LEFT SEMI JOIN, and FETCH FIRST becomes LIMIT.
pub fn rewrite(statement: &mut Statement) {
    let _ = visit_mut(statement, &mut Forms);
}

struct Forms;

impl VisitorMut for Forms {
    type Break = ();

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

fn with_sides(joins: &mut [Join]) {
    for Join { join_operator, .. } in joins {
        *join_operator = match join_operator.clone() {
            JoinOperator::Semi(on) => JoinOperator::LeftSemi(on),
            JoinOperator::Anti(on) => JoinOperator::LeftAnti(on),
            _ => continue,
        };
    }
}
