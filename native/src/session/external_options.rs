//! The options of CREATE EXTERNAL TABLE.

use crate::error::{Code, Error};
use crate::files::by_extension::with_extension;
use crate::scan::csv::rows::BadRows;
use datafusion::config::TableOptions;
use datafusion::error::Result;
use datafusion::logical_expr::CreateExternalTable;
use std::collections::HashMap;

/// The option `onBadRow` in SQL.
const BAD_ROWS: &str = "format.on_bad_row";

/// Takes the option `on_bad_row` from the others, which the engine knows.
pub fn without_bad_rows(create: &CreateExternalTable) -> Result<(CreateExternalTable, BadRows)> {
    let mut create = create.clone();
    check_options(&create.options)?;
    with_extension(&mut create.options, &create.file_type, &create.locations);
    let Some(name) = create.options.remove(BAD_ROWS) else {
        return Ok((create, BadRows::Error));
    };
    if !create.file_type.eq_ignore_ascii_case("csv") {
        let text = "The option on_bad_row is only for CSV files.";
        return Err(Error::new(Code::InvalidArgument, text).into());
    }
    Ok((create, BadRows::named(&name)?))
}

/// Names of options have underscores in SQL, unlike those in TypeScript.
fn check_options(options: &HashMap<String, String>) -> Result<()> {
    let given: Vec<_> = options
        .keys()
        .filter_map(|key| key.strip_prefix("format."))
        .collect();
    if given.is_empty() {
        return Ok(());
    }
    let known = TableOptions::new().entries().into_iter().map(|entry| entry.key);
    let known: Vec<_> = known.chain([BAD_ROWS.to_owned()]).collect();
    let names: Vec<_> = known
        .iter()
        .filter_map(|key| Some(key.split_once('.')?.1))
        .collect();
    for option in given.into_iter().filter(|option| !names.contains(option)) {
        if let Some(meant) = names.iter().find(|name| name.replace('_', "") == option) {
            let text = format!("The option \"{option}\" does not exist. In SQL, it is written '{meant}'.");
            return Err(Error::new(Code::InvalidArgument, text).into());
        }
    }
    Ok(())
}
