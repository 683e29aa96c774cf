//! The code of a TypeScript UDF as a blob of three files: the code, its origin, and the values that it uses.
//!
//! The blob is sent once to the scheduler, and once to each executor that calls the UDF.

use super::definition::Definition;
use crate::blobs::blob::{Blob, Kind};
use crate::blobs::content;
use crate::blobs::source::BlobSource;
use crate::error::{Code, Error, Result};
use base64::prelude::{Engine, BASE64_STANDARD};
use std::sync::Arc;
use tonic::codegen::Bytes;

/// The files of the blob. `None` if the UDF has no code of its own.
fn files(definition: &Definition) -> Option<Result<Vec<Bytes>>> {
    let code = definition.code.as_deref()?.to_owned();
    let origin = definition.origin.as_deref().unwrap_or_default().to_owned();
    let values = BASE64_STANDARD.decode(definition.values.as_deref().unwrap_or_default());
    let files = values.map(|values| vec![code.into(), origin.into(), values.into()]);
    let files = files.map_err(|error| Error::new(Code::InvalidArgument, error.to_string()));
    Some(files.and_then(|files| checked(definition, files)))
}

/// A definition in a plan may come from anywhere, and others find its code by its hash.
fn checked(definition: &Definition, files: Vec<Bytes>) -> Result<Vec<Bytes>> {
    match content::is_id_of(&definition.module, Kind::Code, &content::hash(&files)) {
        true => Ok(files),
        false => Err(Error::new(
            Code::InvalidArgument,
            format!(
                "The code of the TypeScript UDF {} does not have the hash that its definition says.",
                definition.name
            ),
        )),
    }
}

/// The blob of a UDF, if it has code.
pub fn blob_of(definition: &Definition) -> Result<Option<Arc<Blob>>> {
    if let Some(known) = Blob::find(&definition.module) {
        return Ok(Some(known));
    }
    let files = files(definition).transpose()?;
    Ok(files.map(|files| Blob::publish(definition.module.clone(), Kind::Code, files, None)))
}

/// Reads the files from the definition, from this process or from the scheduler.
pub async fn read(definition: &Definition, source: Option<&BlobSource>) -> Result<Vec<Bytes>> {
    if let Some(files) = files(definition) {
        return files;
    }
    match (Blob::find(&definition.module), source) {
        (Some(code), _) => Ok(code.files.clone()),
        (None, Some(source)) => Ok(source.fetch(&definition.module, Kind::Code).await?.files.clone()),
        (None, None) => Err(Error::new(
            Code::Internal,
            "The code of a TypeScript UDF is missing in this process.",
        )),
    }
}
