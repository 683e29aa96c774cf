//! Plans a SQL statement, or takes its plan from the plan cache.

use super::missing_tables::missing_table;
use super::Session;
use crate::error::{Error, Result};
use crate::functions::missing;
use crate::plan::depth::into_shallow;
use crate::plan::depth::sql_text::parse_statement;
use crate::plan::sql::visit::visit_mut;
use crate::plan::sql::{clauses, distinct_from, forms};
use crate::session::plans::basis::{Basis, Tables};
use crate::session::plans::plan_cache::LONGEST;
use crate::session::plans::planned::{is_query, Planned};
use datafusion::common::TableReference;
use datafusion::execution::SessionState;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    self, ObjectName, ObjectNamePart, TableFactor, Visit, Visitor, VisitorMut,
};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

impl Session {
    /// The plan of a statement: the cached one if the settings, functions and tables are still the same.
    pub(super) async fn plan(
        &self,
        state: &SessionState,
        basis: &Arc<Basis>,
        query: &str,
    ) -> Result<Arc<Planned>> {
        if let Some((planned, tables)) = self.plans.get(basis, query) {
            if tables.are_those_of(state).await {
                return Ok(planned);
            }
        }
        let parsed = parse_statement(state, query);
        let mut statement = parsed.map_err(|error| clauses::unparsed(state, query, error))?;
        distinct_from::correct(&mut statement);
        clauses::check(&statement)?;
        forms::rewrite(&mut statement);
        let _ = visit_mut(&mut statement, &mut NamedFiles(state));
        let tables = match query.len() <= LONGEST && reads_named_tables(&statement) {
            true => Tables::find(state, state.resolve_table_references(&statement)?).await,
            false => None,
        };
        let plan = match state.statement_to_plan(statement).await {
            Ok(plan) => plan,
            Err(error) => return Err(explained(state, query, error.into()).await),
        };
        let planned = Arc::new(Planned::new(into_shallow(plan)?)?);
        // Tables may have changed during planning, and some providers return a new table each time.
        if let Some(tables) = tables.filter(|_| is_query(&planned.plan)) {
            if tables.are_those_of(state).await && self.check_open().is_ok() {
                self.plans.keep(basis, query, planned.clone(), tables);
            }
        }
        Ok(planned)
    }
}

/// Makes `'x.parquet'` the path `'./x.parquet'`, if there is such a file and no such table. In a message to a scheduler, the engine
/// would take the dot for that between a schema and a table.
struct NamedFiles<'a>(&'a SessionState);

impl VisitorMut for NamedFiles<'_> {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &mut ObjectName) -> ControlFlow<()> {
        let [ObjectNamePart::Identifier(name)] = relation.0.as_mut_slice() else {
            return ControlFlow::Continue(());
        };
        let path = &name.value;
        let is_path = name.quote_style == Some('\'') && path.contains('.') && !path.contains(['/', '\\']);
        let is_table = || {
            let schema = self.0.schema_for_ref(TableReference::bare(path.as_str()));
            schema.is_ok_and(|schema| schema.table_exist(path))
        };
        if is_path && (path.contains('*') || Path::new(path).exists()) && !is_table() {
            name.value.insert_str(0, "./");
        }
        ControlFlow::Continue(())
    }
}

/// The planner consumed the statement, so it is parsed again.
async fn explained(state: &SessionState, query: &str, error: Error) -> Error {
    let Ok(statement) = parse_statement(state, query) else {
        return error;
    };
    if let Some(missing) = missing_table(state, &statement).await {
        return missing;
    }
    missing::explained(state, &statement, error)
}

/// Whether all tables of the query have names. The planner calls table functions, and each call may return
/// another table.
fn reads_named_tables(statement: &Statement) -> bool {
    struct Unnamed;
    impl Visitor for Unnamed {
        type Break = ();

        fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
            match factor {
                TableFactor::Table { args: None, .. }
                | TableFactor::Derived { .. }
                | TableFactor::NestedJoin { .. }
                | TableFactor::UNNEST { .. } => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        }
    }
    match statement {
        Statement::Statement(statement) => {
            matches!(**statement, ast::Statement::Query(_)) && statement.visit(&mut Unnamed).is_continue()
        }
        _ => false,
    }
}
