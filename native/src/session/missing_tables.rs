//! The error for SQL with a table that does not exist.

use crate::error::{did_you_mean, Code, Error};
use datafusion::common::TableReference;
use datafusion::execution::SessionState;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use std::path::Path;

/// A longer list is no help.
const MOST_NAMES: usize = 10;

/// Names the first table that does not exist, and what may be meant. The engine's message has only its full name.
pub async fn missing_table(state: &SessionState, statement: &Statement) -> Option<Error> {
    let created = created(statement);
    let is_known = |name: &TableReference| {
        let name = name.table();
        created.as_deref() == Some(name) || state.table_functions().contains_key(name)
    };
    for name in state.resolve_table_references(statement).ok()? {
        if is_known(&name) {
            continue;
        }
        let Ok(schema) = state.schema_for_ref(name.clone()) else {
            continue;
        };
        // With `enableUrlTable`, a name can be a path.
        if let Ok(None) = schema.table(name.table()).await {
            return Some(unknown_table(&name, schema.table_names()));
        }
    }
    None
}

/// `known`: the tables of its schema.
pub fn unknown_table(name: &TableReference, known: Vec<String>) -> Error {
    let hint = hint(name, known);
    Error::new(Code::Plan, format!("The table \"{name}\" does not exist.{hint}"))
}

/// The table that a statement creates. Its name need not exist.
fn created(statement: &Statement) -> Option<String> {
    let name = match statement {
        Statement::CreateExternalTable(create) => &create.name,
        Statement::Statement(statement) => match &**statement {
            SqlStatement::CreateTable(create) => &create.name,
            SqlStatement::CreateView(create) => &create.name,
            _ => return None,
        },
        _ => return None,
    };
    let name = name.0.last()?.as_ident()?;
    Some(match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_lowercase(),
    })
}

/// Functions of DuckDB that read files.
const READERS: [&str; 7] = [
    "read_csv",
    "read_csv_auto",
    "read_json",
    "read_json_auto",
    "read_ndjson",
    "read_parquet",
    "parquet_scan",
];

fn hint(name: &TableReference, mut known: Vec<String>) -> String {
    if READERS.contains(&name.table()) {
        return " To read a file, write FROM 'file.parquet' after enableUrlTable(), or call readParquet('file.parquet').".into();
    }
    if name.table().contains(['/', '.']) {
        return " To read a file by its path, check that it exists, and call enableUrlTable() before; or register the file.".into();
    }
    if Path::new(name.table()).is_dir() {
        return format!(
            " To read the folder of this name, write FROM './{}'.",
            name.table()
        );
    }
    known.sort();
    match did_you_mean(name.table(), &known, 0.6) {
        Some(hint) => hint,
        None if known.is_empty() => " The session has no tables.".into(),
        None if known.len() <= MOST_NAMES => format!(" The tables are {}.", known.join(", ")),
        None => " SHOW TABLES lists all tables.".into(),
    }
}
