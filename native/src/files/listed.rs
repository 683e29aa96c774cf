//! Lists the files of a path.

use crate::error::{Code, Error, Result};
use datafusion::catalog::Session;
use datafusion::datasource::listing::ListingTableUrl;
use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore};
use std::sync::Arc;

/// `extension`: that of the files, or empty.
pub async fn list(session: &dyn Session, url: &ListingTableUrl, extension: &str) -> Result<Vec<ObjectMeta>> {
    let store = object_store(session, url)?;
    let files = url.list_all_files(session, store.as_ref(), extension).await?;
    Ok(files.try_collect().await?)
}

pub fn object_store(session: &dyn Session, url: &ListingTableUrl) -> Result<Arc<dyn ObjectStore>> {
    let store = session.runtime_env().object_store(url);
    store.map_err(|error| Error::new(Code::ObjectStore, error.message()))
}

/// The error for a path without files.
pub fn no_file(path: &str) -> Error {
    Error::new(Code::ObjectStore, format!("No file was found at \"{path}\"."))
}

/// The path of a URL, as users write it.
pub fn path_of(url: &ListingTableUrl) -> String {
    let path = url.get_url().to_file_path();
    path.map_or_else(|()| url.to_string(), |path| path.display().to_string())
}
