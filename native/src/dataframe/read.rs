//! Reads files as tables: turns the reader's options into a listing table.

use crate::damage::Damage;
use crate::error::{Code, Error, Result};
use crate::expr::node::{Node, SortNode};
use crate::files::by_extension::with_extension;
use crate::files::listed::{list, no_file, object_store};
use crate::files::partitions::Layout;
use crate::ipc::memory::schema_from_ipc;
use crate::json::parse_json;
use crate::literal::data_type;
use crate::scan::csv::rows::{BadRows, RowOptions};
use crate::scan::schema::{checked_schema, full_files, nullable_where_missing, text_schema, unreadable_file};
use crate::stores::password::check_url;
use crate::tables::file_table::{table_over, FileParts};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::Column;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, SortExpr};
use futures::FutureExt;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use object_store::ObjectMeta;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::slice::from_ref;
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
    /// Absent: found in the names of folders.
    pub partition_columns: Option<Vec<NativeColumn>>,
    /// 'skip' or 'null', for CSV. Absent: the query fails.
    pub bad_rows: Option<String>,
    /// An IPC stream that holds only the schema.
    pub schema: Option<Uint8Array>,
    /// The schema as nullable columns, instead of `schema`.
    pub columns: Option<Vec<NativeColumn>>,
    /// The types of some columns of CSV or JSON, by name.
    pub column_types: Option<Vec<NativeColumn>>,
    /// JSON: SortNode[][].
    pub file_sort_order: Option<String>,
}

pub async fn file_table(
    state: &SessionState,
    paths: &[String],
    mut options: NativeReadOptions,
) -> Result<Arc<dyn TableProvider>> {
    with_extension(&mut options.options, &options.format, paths);
    let rows = row_options(&options)?;
    let given = given_schema(&options)?;
    let wants_folders = match &options.partition_columns {
        Some(columns) => !columns.is_empty(),
        None => {
            state
                .config_options()
                .execution
                .listing_table_factory_infer_partitions
        }
    };
    let mut places = vec![];
    for path in paths {
        let url = parse(path)?;
        match url.get_glob() {
            Some(glob) if glob.as_str().contains('/') => {
                let found = expand(state, &url, path, wants_folders).await?;
                places.extend(
                    found
                        .into_iter()
                        .map(|(url, files)| Place::named(url, path, files)),
                );
            }
            _ => places.push(Place::of(url, path)),
        }
    }
    let format = format(state, &options)?;
    let mut listing = listing_options(&places, format, &options)?;
    let finds_folders = wants_folders && options.partition_columns.is_none();
    let has_folder = places.iter().any(|place| place.url.is_collection());
    // A client that gives a schema need not be able to reach the files.
    let files = match given.is_none() || (finds_folders && has_folder) {
        true => files_of(state, &places, &listing.file_extension).await?,
        false => vec![vec![]; places.len()],
    };
    if let (None, Some(empty)) = (&given, files.iter().position(Vec::is_empty)) {
        return Err(without_extension(places[empty].path, &listing.file_extension));
    }
    let urls: Vec<_> = places.into_iter().map(|place| place.url).collect();
    if wants_folders {
        listing.table_partition_cols = partition_columns(&urls, &files, &options)?;
    }
    let file_schema = match given {
        Some(given) => given,
        None => {
            let sources = Sources {
                urls: &urls,
                files: &files,
                paths,
            };
            inferred(state, &listing, &rows, &options, sources).await?
        }
    };
    if file_schema.fields().is_empty() {
        return Err(Damage::of_empty().of_file(&paths.join(", "), &options.format));
    }
    Ok(table_over(FileParts {
        urls,
        options: listing,
        file_schema,
        rows,
    })?)
}

/// A path to read.
struct Place<'a> {
    url: ListingTableUrl,
    path: &'a str,
    /// Whether the path names files, which may have any extension. In a folder, the extension selects the files.
    is_named: bool,
    /// `None`: not listed yet.
    files: Option<Vec<ObjectMeta>>,
}

impl<'a> Place<'a> {
    fn of(url: ListingTableUrl, path: &'a str) -> Self {
        let is_named = match url.get_glob() {
            Some(pattern) => ends_with_extension(pattern.as_str()),
            None => !url.is_collection(),
        };
        Self {
            url,
            path,
            is_named,
            files: None,
        }
    }

    fn named(url: ListingTableUrl, path: &'a str, files: Vec<ObjectMeta>) -> Self {
        Self {
            url,
            path,
            is_named: true,
            files: Some(files),
        }
    }
}

/// Whether a pattern selects files by their extension, as `*.txt` does.
fn ends_with_extension(pattern: &str) -> bool {
    let extension = pattern.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| !extension.is_empty() && !extension.contains(['*', '?', '[', ']', '/']))
}

struct Sources<'a> {
    urls: &'a [ListingTableUrl],
    /// By URL.
    files: &'a [Vec<ObjectMeta>],
    /// As the user wrote them.
    paths: &'a [String],
}

/// The files of each place.
async fn files_of(
    state: &SessionState,
    places: &[Place<'_>],
    extension: &str,
) -> Result<Vec<Vec<ObjectMeta>>> {
    let mut files = vec![];
    for Place {
        url, files: known, ..
    } in places
    {
        if let Some(known) = known {
            let known = known
                .iter()
                .filter(|file| file.location.as_ref().ends_with(extension));
            files.push(known.cloned().collect());
            continue;
        }
        files.push(list(state, url, extension).await?);
    }
    Ok(files)
}

/// The partition columns: those of the options, or those of the folders.
fn partition_columns(
    urls: &[ListingTableUrl],
    files: &[Vec<ObjectMeta>],
    options: &NativeReadOptions,
) -> Result<Vec<(String, DataType)>> {
    let typed = |column: &NativeColumn| Ok((column.name.clone(), data_type(&column.data_type)?));
    let given = options.partition_columns.as_ref();
    let given = given.map(|given| given.iter().map(typed).collect::<Result<Vec<_>>>());
    let given = given.transpose()?;
    let layout = Layout::of(urls, files)?;
    let Some(given) = given else {
        return Ok(layout.columns()?);
    };
    let names: Vec<_> = given.iter().map(|(name, _)| name.clone()).collect();
    let has_full = files.iter().flatten().any(|file| file.size > 0);
    if has_full && !layout.names.starts_with(&names) {
        let found = match layout.names.is_empty() {
            true => "no partition folders".to_owned(),
            false => format!("folders of {}", layout.names.join(", ")),
        };
        let text = format!(
            "tablePartitionCols names {}, but the files are in {found}.",
            names.join(", ")
        );
        return Err(Error::new(Code::InvalidArgument, text));
    }
    Ok(given)
}

/// The columns that the files have.
async fn inferred(
    state: &SessionState,
    listing: &ListingOptions,
    rows: &RowOptions,
    options: &NativeReadOptions,
    sources: Sources<'_>,
) -> Result<SchemaRef> {
    let Some((url, files)) = full_files(sources.urls, sources.files) else {
        return Ok(Arc::new(Schema::empty()));
    };
    if let Some(schema) = checked_schema(state, &options.format, url, &files).await? {
        return Ok(schema);
    }
    let text = text_schema(state, &listing.format, rows, url, &files);
    if let Some(schema) = text.await? {
        return with_types(schema, options.column_types.as_deref().unwrap_or_default());
    }
    let store = object_store(state, url)?;
    let inferred = listing.format.infer_schema(state, &store, &files);
    let inferred = AssertUnwindSafe(inferred).catch_unwind().await;
    let inferred = match inferred.unwrap_or_else(|_| Err(Damage::of_panic().into())) {
        Ok(schema) => schema,
        Err(error) => {
            let file = unreadable_file(state, &listing.format, url, &files).await;
            return Err(file.unwrap_or_else(|| unreadable(options, sources.paths, error)));
        }
    };
    nullable_where_missing(state, &listing.format, &store, &files, inferred).await
}

/// The schema with other types of some columns.
fn with_types(schema: SchemaRef, types: &[NativeColumn]) -> Result<SchemaRef> {
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    for column in types {
        let Ok(at) = schema.index_of(&column.name) else {
            let names: Vec<_> = fields.iter().map(|field| field.name().as_str()).collect();
            let text = format!(
                "columnTypes names \"{}\", but the files have the columns {}.",
                column.name,
                names.join(", ")
            );
            return Err(Error::new(Code::InvalidArgument, text));
        };
        fields[at] = Arc::new(Field::new(&column.name, data_type(&column.data_type)?, true));
    }
    Ok(Arc::new(Schema::new_with_metadata(
        fields,
        schema.metadata().clone(),
    )))
}

fn row_options(options: &NativeReadOptions) -> Result<RowOptions> {
    let bad = options.bad_rows.as_deref().map(BadRows::named).transpose()?;
    let null = options.options.get("format.null_regex").cloned();
    let bad = bad.unwrap_or_default();
    Ok(RowOptions { bad, null })
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
    // DataFusion reads patterns in paths only. Web servers list no files.
    if let (true, Some(at)) = (
        path.contains("://") && !path.starts_with("http"),
        path.find(['*', '[']),
    ) {
        let (folder, pattern) = path.split_at(path[..at].rfind('/').map_or(0, |slash| slash + 1));
        return Ok(ListingTableUrl::parse(folder)?.with_glob(pattern)?);
    }
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
///
/// `wants_folders`: whether folders are columns. Then a pattern must select all of the partition folders, because the engine
/// finds the values of columns only below the path of a table.
async fn expand(
    state: &SessionState,
    url: &ListingTableUrl,
    path: &str,
    wants_folders: bool,
) -> Result<Vec<(ListingTableUrl, Vec<ObjectMeta>)>> {
    let mut deep = state.clone();
    let execution = &mut deep.config_mut().options_mut().execution;
    execution.listing_table_ignore_subdirectory = false;
    // Without the pattern: DataFusion would match it with paths that lack the partition folders.
    let below = ListingTableUrl::try_new(url.get_url().clone(), None)?;
    let mut files = list(&deep, &below, "").await?;
    let pattern = url.get_glob().as_ref().map_or("", |glob| glob.as_str());
    files.retain(|file| {
        let parts: Vec<_> = url.strip_prefix(&file.location).into_iter().flatten().collect();
        let matches = url
            .get_glob()
            .as_ref()
            .is_some_and(|glob| glob.matches(&parts.join("/")));
        // `*` matches slashes, too.
        matches && (pattern.contains("**") || parts.len() == pattern.split('/').count())
    });
    if files.is_empty() {
        return Err(no_file(path));
    }
    files.sort_by(|a, b| a.location.cmp(&b.location));
    if wants_folders && !Layout::of(from_ref(url), from_ref(&files))?.names.is_empty() {
        let name = pattern.rsplit('/').next().unwrap_or_default();
        let all = ListingTableUrl::try_new(url.get_url().clone(), None)?.with_glob(name)?;
        let mut found = list(state, &all, "").await?;
        found.sort_by(|a, b| a.location.cmp(&b.location));
        if found
            .iter()
            .map(|file| &file.location)
            .eq(files.iter().map(|file| &file.location))
        {
            return Ok(vec![(all, found)]);
        }
        let text = format!(
            "The pattern {path} selects some of the partition folders. Read all of them and filter by their columns, or \
             read the files without partition columns with tablePartitionCols: []."
        );
        return Err(Error::new(Code::InvalidArgument, text));
    }
    let root = url.object_store();
    let root: &Url = root.as_ref();
    let urls = files.into_iter().map(|file| {
        let mut url = root.clone();
        url.path_segments_mut()
            .unwrap_or_else(|()| unreachable!("the URL of a store can have a path"))
            .extend(file.location.parts().map(|part| part.as_ref().to_owned()));
        Ok((ListingTableUrl::try_new(url, None)?, vec![file]))
    });
    urls.collect()
}

fn without_extension(path: &str, extension: &str) -> Error {
    if extension.is_empty() {
        return no_file(path);
    }
    let text = format!(
        "No file that ends with \"{extension}\" was found at \"{path}\". Name other files with the option fileExtension."
    );
    Error::new(Code::ObjectStore, text)
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
    places: &[Place],
    format: Arc<dyn FileFormat>,
    options: &NativeReadOptions,
) -> Result<ListingOptions> {
    let chosen = options
        .file_extension
        .clone()
        .or_else(|| places.iter().all(|place| place.is_named).then(String::new));
    let extension = match chosen {
        Some(extension) => extension,
        None => match format.compression_type() {
            Some(compression) => format.get_ext_with_compression(&compression)?,
            None => format.get_ext(),
        },
    };
    let mut listing = ListingOptions::new(format).with_file_extension(extension);
    if let Some(order) = &options.file_sort_order {
        listing = listing.with_file_sort_order(file_sort_order(order)?);
    }
    Ok(listing)
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
