//! Reads files as tables: turns the reader's options into a listing table.

use crate::damage::Damage;
use crate::error::{Code, Error, Result};
use crate::expr::node::{Node, SortNode};
use crate::ipc::memory::schema_from_ipc;
use crate::json::parse_json;
use crate::literal::data_type;
use crate::scan::schema::check;
use crate::stores::password::check_url;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::common::Column;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, SortExpr};
use futures::{FutureExt, TryStreamExt};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use object_store::ObjectStore;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use url::Url;

#[napi(object)]
pub struct NativeColumn {
    pub name: String,
    /// An Arrow type name.
    pub data_type: String,
}

#[napi(object)]
pub struct NativeReadOptions {
    /// 'parquet', 'csv', 'json', 'avro' or 'arrow'.
    pub format: String,
    /// Options of the format by the engine's names, for example `format.has_header`.
    pub options: HashMap<String, String>,
    pub file_extension: Option<String>,
    pub partition_columns: Vec<NativeColumn>,
    /// An IPC stream that holds only the schema.
    pub schema: Option<Uint8Array>,
    /// The schema as nullable columns, instead of `schema`.
    pub columns: Option<Vec<NativeColumn>>,
    /// JSON: SortNode[][].
    pub file_sort_order: Option<String>,
}

pub async fn listing_table(
    state: &SessionState,
    paths: &[String],
    options: NativeReadOptions,
) -> Result<Arc<ListingTable>> {
    let schema = given_schema(&options)?;
    let (mut urls, mut listed) = (vec![], vec![]);
    for path in paths {
        let url = parse(path)?;
        match url.get_glob() {
            Some(glob) if glob.as_str().contains('/') => urls.extend(expand(state, &url, path).await?),
            _ => {
                listed.push((url.clone(), path));
                urls.push(url);
            }
        }
    }
    let format = format(state, &options)?;
    let listing = listing_options(&urls, format, &options)?;
    let mut config =
        ListingTableConfig::new_with_multi_paths(urls.clone()).with_listing_options(listing.clone());
    config = match schema {
        Some(schema) => config.with_schema(schema),
        None => {
            require_files(state, &listed, &listing).await?;
            let mut found = None;
            for url in &urls {
                let schema = check(state, &options.format, url, &listing.file_extension).await?;
                // Like the engine, takes the columns of the first path.
                found = found.or(schema);
            }
            match found {
                Some(schema) => config.with_schema(schema),
                None => {
                    let inferred = AssertUnwindSafe(config.infer_schema(state)).catch_unwind().await;
                    inferred
                        .unwrap_or_else(|_| Err(Damage::of_panic().into()))
                        .map_err(|error| unreadable(&options, paths, error))?
                }
            }
        }
    };
    if config
        .file_schema
        .as_ref()
        .is_some_and(|schema| schema.fields().is_empty())
    {
        let empty = DataFusionError::Execution("it is empty and has no columns".into());
        return Err(unreadable(&options, paths, empty));
    }
    Ok(Arc::new(ListingTable::try_new(config)?))
}

fn given_schema(options: &NativeReadOptions) -> Result<Option<SchemaRef>> {
    let Some(columns) = &options.columns else {
        return options.schema.as_deref().map(schema_from_ipc).transpose();
    };
    let fields = columns
        .iter()
        .map(|column| Ok(Field::new(&column.name, data_type(&column.data_type)?, true)));
    Ok(Some(Arc::new(Schema::new(fields.collect::<Result<Vec<_>>>()?))))
}

/// Parses a path. A path with pattern characters is not a pattern if a file or folder has that name.
fn parse(path: &str) -> Result<ListingTableUrl> {
    check_url(path)?;
    let named = || {
        let absolute = std::path::absolute(path).ok()?;
        let exists = path.contains(['*', '?', '[']) && absolute.exists();
        let url = match absolute.is_dir() {
            true => Url::from_directory_path(absolute),
            false => Url::from_file_path(absolute),
        };
        url.ok().filter(|_| exists)
    };
    Ok(match named() {
        Some(url) => ListingTableUrl::try_new(url, None)?,
        None => ListingTableUrl::parse(path)?,
    })
}

/// Finds the files of a pattern that spans several folders. By default, DataFusion matches patterns against
/// file names only; with a session setting, it would also read the subfolders of every other path.
async fn expand(state: &SessionState, url: &ListingTableUrl, path: &str) -> Result<Vec<ListingTableUrl>> {
    let mut deep = state.clone();
    let execution = &mut deep.config_mut().options_mut().execution;
    execution.listing_table_ignore_subdirectory = false;
    let store = object_store(state, url)?;
    let files = url.list_all_files(&deep, store.as_ref(), "").await?;
    let mut locations: Vec<_> = files.map_ok(|file| file.location).try_collect().await?;
    // DataFusion lets `*` match slashes too.
    let pattern = url.get_glob().as_ref().map_or("", |glob| glob.as_str());
    let depth = url.prefix().parts_count() + pattern.split('/').count();
    locations.retain(|location| pattern.contains("**") || location.parts_count() == depth);
    if locations.is_empty() {
        return Err(no_file(path, ""));
    }
    locations.sort();
    let root = url.object_store();
    let root: &Url = root.as_ref();
    let urls = locations.into_iter().map(|location| {
        let mut file = root.clone();
        file.path_segments_mut()
            .unwrap_or_else(|()| unreachable!("the URL of a store can have a path"))
            .extend(location.parts().map(|part| part.as_ref().to_owned()));
        Ok(ListingTableUrl::try_new(file, None)?)
    });
    urls.collect()
}

fn object_store(state: &SessionState, url: &ListingTableUrl) -> Result<Arc<dyn ObjectStore>> {
    let store = state.runtime_env().object_store(url);
    store.map_err(|error| Error::new(Code::ObjectStore, error.message()))
}

fn no_file(path: &str, extension: &str) -> Error {
    let like = match extension {
        "" => String::new(),
        extension => format!(" that ends with \"{extension}\""),
    };
    Error::new(
        Code::ObjectStore,
        format!("No file{like} was found at \"{path}\"."),
    )
}

fn unreadable(options: &NativeReadOptions, paths: &[String], error: DataFusionError) -> Error {
    let error = Error::from(error);
    let code = match error.code {
        Code::Forbidden => return error,
        Code::ObjectStore | Code::Io => error.code,
        _ => Code::Execution,
    };
    let paths = paths.join(", ");
    let text = format!("Cannot read {paths} as {}: {}.", options.format, error.message);
    Error::new(code, text)
}

fn format(state: &SessionState, options: &NativeReadOptions) -> Result<Arc<dyn FileFormat>> {
    let factory = state
        .get_file_format_factory(&options.format)
        .ok_or_else(|| Error::unknown(Code::InvalidArgument, "file format", &options.format))?;
    Ok(factory.create(state, &options.options)?)
}

fn listing_options(
    urls: &[ListingTableUrl],
    format: Arc<dyn FileFormat>,
    options: &NativeReadOptions,
) -> Result<ListingOptions> {
    // A file given by name is read with any extension; in a folder, the extension selects the files.
    let chosen = options
        .file_extension
        .clone()
        .or_else(|| urls.iter().all(|url| !url.is_collection()).then(String::new));
    let extension = match chosen {
        Some(extension) => extension,
        None => match format.compression_type() {
            Some(compression) => format.get_ext_with_compression(&compression)?,
            None => format.get_ext(),
        },
    };
    let mut listing = ListingOptions::new(format).with_file_extension(extension);
    let columns = options.partition_columns.iter();
    let columns = columns.map(|column| Ok((column.name.clone(), data_type(&column.data_type)?)));
    listing = listing.with_table_partition_cols(columns.collect::<Result<_>>()?);
    if let Some(order) = &options.file_sort_order {
        listing = listing.with_file_sort_order(file_sort_order(order)?);
    }
    Ok(listing)
}

/// Without a file there is no schema, so the error names the path that has none.
async fn require_files(
    state: &SessionState,
    urls: &[(ListingTableUrl, &String)],
    listing: &ListingOptions,
) -> Result<()> {
    for (url, path) in urls {
        let store = object_store(state, url)?;
        let files = url.list_all_files(state, store.as_ref(), &listing.file_extension);
        if files.await?.try_next().await?.is_none() {
            return Err(no_file(path, &listing.file_extension));
        }
    }
    Ok(())
}

/// The sort order of files. Takes columns only, because the schema is not known yet.
fn file_sort_order(json: &str) -> Result<Vec<Vec<SortExpr>>> {
    parse_json::<Vec<Vec<SortNode>>>(json)?
        .into_iter()
        .map(|keys| {
            keys.into_iter()
                .map(|key| match key.expr {
                    Node::Column { name, .. } => {
                        Ok(Expr::Column(Column::new_unqualified(name)).sort(key.ascending, key.nulls_first))
                    }
                    _ => Err(Error::new(
                        Code::InvalidArgument,
                        "fileSortOrder accepts only columns.",
                    )),
                })
                .collect()
        })
        .collect()
}
