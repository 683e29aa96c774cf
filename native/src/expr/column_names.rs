//! Column and table references by name.

use crate::error::{Code, Error};
use datafusion::common::{Column, DFSchema, TableReference};

pub fn knows(schema: &DFSchema, column: &Column) -> bool {
    schema.has_column(column)
        || (column.relation.is_none() && schema.has_column_with_unqualified_name(&column.name))
}

/// A table or alias by its exact name; dots separate catalog, schema and table.
pub fn table(name: &str) -> TableReference {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        [schema, table] => TableReference::partial(*schema, *table),
        [catalog, schema, table] => TableReference::full(*catalog, *schema, *table),
        _ => TableReference::bare(name),
    }
}

pub fn no_column(name: &str, schema: &DFSchema) -> Error {
    let fields: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    Error::new(
        Code::Schema,
        format!(
            "The column \"{name}\" does not exist. The columns are: {}.",
            fields.join(", ")
        ),
    )
}
