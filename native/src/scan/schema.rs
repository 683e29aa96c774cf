//! Checks files before the engine finds their columns.

use super::naming::named;
use super::{arrow, avro};
use crate::error::Result;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider, UrlTableFactory};
use datafusion::datasource::dynamic_file::DynamicListTableFactory;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::execution::SessionState;
use futures::TryStreamExt;
use std::path::Path;
use std::sync::Arc;

/// Checks what the engine reads of the files to find their columns. `extension`: that of the files. Returns the
/// columns of Arrow files, because the engine cannot read those of most remote ones.
pub async fn check(
    state: &dyn Session,
    format: &str,
    url: &ListingTableUrl,
    extension: &str,
) -> Result<Option<SchemaRef>> {
    let format = format.to_ascii_lowercase();
    if !matches!(format.as_str(), "arrow" | "avro") {
        return Ok(None);
    }
    let store = state.runtime_env().object_store(url)?;
    let mut files = url.list_all_files(state, store.as_ref(), extension).await?;
    let mut schemas = vec![];
    while let Some(file) = files.try_next().await? {
        if file.size == 0 {
            continue;
        }
        let checked = match format.as_str() {
            "avro" => avro::check(&store, &file).await.map(|()| None),
            _ => arrow::schema(&store, &file).await.map(Some),
        };
        let root = url.object_store();
        let schema = checked.map_err(|error| named(error, root.as_str(), &file.location, &format))?;
        schemas.extend(schema.map(Arc::unwrap_or_clone));
    }
    match schemas.is_empty() {
        true => Ok(None),
        false => Ok(Some(Arc::new(Schema::try_merge(schemas)?))),
    }
}

/// Tables whose name is the path of a file.
#[derive(Debug)]
pub struct CheckedFiles(pub DynamicListTableFactory);

#[async_trait]
impl UrlTableFactory for CheckedFiles {
    async fn try_new(&self, path: &str) -> datafusion::error::Result<Option<Arc<dyn TableProvider>>> {
        let session = self.0.session_store().get_session().upgrade();
        let state =
            session.and_then(|session| session.read().as_any().downcast_ref::<SessionState>().cloned());
        if let (Some(state), Ok(url)) = (state, ListingTableUrl::parse(path)) {
            let format = Path::new(path)
                .extension()
                .and_then(|extension| extension.to_str());
            check(&state, format.unwrap_or_default(), &url, "").await?;
        }
        self.0.try_new(path).await
    }
}
