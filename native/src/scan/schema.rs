//! Finds the columns of files, with checks of files before the engine reads them.

use super::csv::rows::RowOptions;
use super::csv::schema::Columns;
use super::naming::named;
use super::{arrow, avro, json};
use crate::damage::Damage;
use crate::error::{Code, Error, Result};
use crate::files::listed::list;
use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider, UrlTableFactory};
use datafusion::datasource::dynamic_file::DynamicListTableFactory;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use futures::{stream, FutureExt, StreamExt, TryStreamExt};
use object_store::{ObjectMeta, ObjectStore};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::slice::from_ref;
use std::sync::Arc;

/// How many files are asked for their columns at once.
const AT_ONCE: usize = 16;

/// The files that are not empty, and the URL of the first one. Empty files say nothing about columns. `files`: by URL. Leaves out
/// those of other object stores, which `table_over` refuses.
pub fn full_files<'a>(
    urls: &'a [ListingTableUrl],
    files: &[Vec<ObjectMeta>],
) -> Option<(&'a ListingTableUrl, Vec<ObjectMeta>)> {
    let full = |files: &[ObjectMeta]| Vec::from_iter(files.iter().filter(|file| file.size > 0).cloned());
    let full = urls.iter().zip(files.iter().map(|files| full(files)));
    let mut full = full.skip_while(|(_, files)| files.is_empty());
    let (first, mut here) = full.next()?;
    let others = full.filter(|(url, _)| url.object_store() == first.object_store());
    here.extend(others.flat_map(|(_, files)| files));
    Some((first, here))
}

/// The error of the first of several files whose columns the engine cannot find. Its own error names no file.
pub async fn unreadable_file(
    state: &dyn Session,
    format: &Arc<dyn FileFormat>,
    url: &ListingTableUrl,
    files: &[ObjectMeta],
) -> Option<Error> {
    let store = state.runtime_env().object_store(url).ok()?;
    for file in files.iter().filter(|file| file.size > 0) {
        let inferred = AssertUnwindSafe(format.infer_schema(state, &store, from_ref(file)));
        let inferred = inferred.catch_unwind().await;
        if let Err(error) = inferred.unwrap_or_else(|_| Err(Damage::of_panic().into())) {
            return Some(unreadable(error, url, &file.location, &format.get_ext()));
        }
    }
    None
}

/// `place`: a file or folder.
fn unreadable(
    error: DataFusionError,
    url: &ListingTableUrl,
    place: &object_store::path::Path,
    format: &str,
) -> Error {
    let mut error = Error::from(named(error, url.object_store().as_str(), place, format));
    if !matches!(error.code, Code::Forbidden | Code::Io | Code::ObjectStore) {
        error.code = Code::Execution;
    }
    error
}

/// The columns of several files. Those that a file lacks are null in its rows, so they are nullable.
pub async fn nullable_where_missing(
    state: &dyn Session,
    format: &Arc<dyn FileFormat>,
    store: &Arc<dyn ObjectStore>,
    files: &[ObjectMeta],
    schema: SchemaRef,
) -> Result<SchemaRef> {
    if files.len() < 2 || schema.fields().iter().all(|field| field.is_nullable()) {
        return Ok(schema);
    }
    // The engine has read and kept the metadata of the files.
    let schema_of =
        |file: ObjectMeta| async move { format.infer_schema(state, store, from_ref(&file)).await };
    let schemas = stream::iter(files.to_vec()).map(schema_of).buffered(AT_ONCE);
    let schemas: Vec<_> = schemas.try_collect().await?;
    let fields = schema.fields().iter().map(|field| {
        let is_missing = schemas
            .iter()
            .any(|schema| schema.fields().find(field.name()).is_none());
        match is_missing {
            true => Arc::new(field.as_ref().clone().with_nullable(true)),
            false => field.clone(),
        }
    });
    let fields: Vec<_> = fields.collect();
    Ok(Arc::new(Schema::new_with_metadata(
        fields,
        schema.metadata().clone(),
    )))
}

/// The columns of CSV and JSON files in one place. Fails if there are none. `None`: another way finds those of the format.
pub async fn text_schema(
    state: &dyn Session,
    format: &Arc<dyn FileFormat>,
    rows: &RowOptions,
    url: &ListingTableUrl,
    files: &[ObjectMeta],
) -> Result<Option<SchemaRef>> {
    let store = state.runtime_env().object_store(url)?;
    let some = |schema: SchemaRef, format: &str| match schema.fields().is_empty() {
        true => Err(unreadable(Damage::of_empty().into(), url, url.prefix(), format)),
        false => Ok(Some(schema)),
    };
    if let Some(format) = format.downcast_ref::<CsvFormat>() {
        let mut columns = Columns::new(format.options(), rows, state);
        for file in files {
            let added = columns.add(&store, file).await;
            added.map_err(|error| unreadable(error, url, &file.location, "csv"))?;
            if columns.is_done() {
                break;
            }
        }
        return some(columns.schema(), "csv");
    }
    let Some(format) = format.downcast_ref::<JsonFormat>() else {
        return Ok(None);
    };
    let schema = json::schema(format, state, &store, files).await;
    some(
        schema.map_err(|error| unreadable(error, url, url.prefix(), "json"))?,
        "json",
    )
}

/// Checks what the engine reads of the files to find their columns. `extension`: that of the files.
pub async fn check(state: &dyn Session, format: &str, url: &ListingTableUrl, extension: &str) -> Result<()> {
    if !is_checked(format) {
        return Ok(());
    }
    let files = list(state, url, extension).await?;
    checked_schema(state, format, url, &files).await?;
    Ok(())
}

/// Checks files like `check`. Returns the columns of Arrow files, because the engine cannot read those of most remote ones.
pub async fn checked_schema(
    state: &dyn Session,
    format: &str,
    url: &ListingTableUrl,
    files: &[ObjectMeta],
) -> Result<Option<SchemaRef>> {
    if !is_checked(format) {
        return Ok(None);
    }
    let format = format.to_ascii_lowercase();
    let store = state.runtime_env().object_store(url)?;
    let mut schemas = vec![];
    for file in files.iter().filter(|file| file.size > 0) {
        let checked = match format.as_str() {
            "avro" => avro::check(&store, file).await.map(|()| None),
            _ => arrow::schema(&store, file).await.map(Some),
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

fn is_checked(format: &str) -> bool {
    format.eq_ignore_ascii_case("arrow") || format.eq_ignore_ascii_case("avro")
}

/// Tables whose name is the path of a file.
#[derive(Debug)]
pub struct CheckedFiles(pub DynamicListTableFactory);

impl CheckedFiles {
    pub fn state(&self) -> Option<SessionState> {
        let session = self.0.session_store().get_session().upgrade()?;
        let state = session.read().as_any().downcast_ref::<SessionState>().cloned();
        state
    }
}

#[async_trait]
impl UrlTableFactory for CheckedFiles {
    async fn try_new(&self, path: &str) -> datafusion::error::Result<Option<Arc<dyn TableProvider>>> {
        if let (Some(state), Ok(url)) = (self.state(), ListingTableUrl::parse(path)) {
            let format = Path::new(path)
                .extension()
                .and_then(|extension| extension.to_str());
            check(&state, format.unwrap_or_default(), &url, "").await?;
        }
        self.0.try_new(path).await
    }
}
