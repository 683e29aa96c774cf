//! The code of a function, where it travels by itself: once to the scheduler, once to each executor that
//! calls the function, as a table of three files: the code, where that is from, the values that it uses.

use super::definition::Definition;
use crate::error::{Code, Error, Result};
use crate::tables::local::StoredTable;
use crate::tables::remote::TableSource;
use base64::prelude::{Engine, BASE64_STANDARD};
use datafusion::arrow::datatypes::Schema;
use std::sync::Arc;
use tonic::codegen::Bytes;

/// Its files. `None`: it has no code of its own.
fn files(definition: &Definition) -> Option<Result<Vec<Bytes>>> {
    let code = definition.code.as_deref()?.to_owned();
    let origin = definition.origin.as_deref().unwrap_or_default().to_owned();
    let values = BASE64_STANDARD.decode(definition.values.as_deref().unwrap_or_default());
    let files = values.map(|values| vec![code.into(), origin.into(), values.into()]);
    Some(files.map_err(|error| Error::new(Code::InvalidArgument, error.to_string())))
}

/// The module of a function that has its code.
pub fn stored(definition: &Definition) -> Result<Option<Arc<StoredTable>>> {
    if let Some(known) = StoredTable::find(&definition.module) {
        return Ok(Some(known));
    }
    let files = files(definition).transpose()?;
    let schema = Arc::new(Schema::empty());
    Ok(files.map(|files| StoredTable::publish(definition.module.clone(), schema, files, 0)))
}

/// The files of a module, from wherever it is.
pub async fn read(definition: &Definition, source: Option<&TableSource>) -> Result<Vec<Bytes>> {
    if let Some(files) = files(definition) {
        return files;
    }
    match (StoredTable::find(&definition.module), source) {
        (Some(table), _) => Ok(table.files.clone()),
        (None, Some(source)) => Ok(source.fetch(&definition.module).await?.files.clone()),
        (None, None) => Err(Error::new(
            Code::Internal,
            "The code of a function is not where it should be.",
        )),
    }
}
