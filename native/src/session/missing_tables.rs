//! The error for SQL with a table that does not exist.

use crate::error::{did_you_mean, Code, Error};
use datafusion::common::TableReference;
use datafusion::execution::SessionState;
use datafusion::sql::parser::Statement;

/// A longer list is no help.
const MOST_NAMES: usize = 10;

/// Names the first table that does not exist, and what may be meant. The engine's message has only its full name.
pub async fn missing_table(state: &SessionState, statement: &Statement) -> Option<Error> {
    for name in state.resolve_table_references(statement).ok()? {
        let Ok(schema) = state.schema_for_ref(name.clone()) else {
            continue;
        };
        // With `enableUrlTable`, a name can be a path.
        if let Ok(None) = schema.table(name.table()).await {
            let hint = hint(&name, schema.table_names());
            let text = format!("The table \"{name}\" does not exist.{hint}");
            return Some(Error::new(Code::Plan, text));
        }
    }
    None
}

fn hint(name: &TableReference, mut known: Vec<String>) -> String {
    if name.table().contains(['/', '.']) {
        return " To read a file by its path, call enableUrlTable() before, or register the file.".into();
    }
    known.sort();
    match did_you_mean(name.table(), &known, 0.6) {
        Some(hint) => hint,
        None if known.is_empty() => " The session has no tables.".into(),
        None if known.len() <= MOST_NAMES => format!(" The tables are {}.", known.join(", ")),
        None => " SHOW TABLES lists all tables.".into(),
    }
}
