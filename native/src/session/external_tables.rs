//! CREATE EXTERNAL TABLE: like `read…` methods, finds the columns of text files and the types of partition columns.

use super::external_options::without_bad_rows;
use crate::damage::Damage;
use crate::error::{Code, Error};
use crate::files::listed::{list, no_file, path_of};
use crate::files::partitions::Layout;
use crate::scan::csv::rows::{BadRows, RowOptions};
use crate::scan::schema::{full_files, nullable_where_missing, text_schema, unreadable_file};
use crate::tables::file_table::{FileParts, FileTable};
use async_trait::async_trait;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider, TableProviderFactory};
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableUrl};
use datafusion::datasource::listing_table_factory::ListingTableFactory;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::CreateExternalTable;
use std::sync::Arc;

/// Replaces the factories of all formats. `limited`: whether the files of the session are limited. DataFusion's unbounded
/// tables open their file without asking an object store.
pub fn replace_factories(state: &mut SessionState, limited: bool) {
    for factory in state.table_factories_mut().values_mut() {
        let engine: Arc<dyn TableProviderFactory> = match limited {
            true => Arc::new(ListingTableFactory::new()),
            false => factory.clone(),
        };
        *factory = Arc::new(Listings { engine, limited });
    }
}

#[derive(Debug)]
struct Listings {
    engine: Arc<dyn TableProviderFactory>,
    limited: bool,
}

#[async_trait]
impl TableProviderFactory for Listings {
    async fn create(
        &self,
        state: &dyn Session,
        create: &CreateExternalTable,
    ) -> Result<Arc<dyn TableProvider>> {
        let (create, bad) = &without_bad_rows(create)?;
        let option = |(key, value): (&String, &String)| {
            key.eq_ignore_ascii_case("unbounded") && value.eq_ignore_ascii_case("true")
        };
        let unbounded = create.unbounded || create.options.iter().any(option);
        if unbounded && self.limited {
            return Err(Error::new(
                Code::Forbidden,
                "This session has the option files, which does not allow unbounded tables: their files cannot be \
                 checked. Create the table without UNBOUNDED.",
            )
            .into());
        }
        if unbounded && *bad != BadRows::Error {
            let text = "An unbounded table cannot have the option on_bad_row.";
            return Err(Error::new(Code::InvalidArgument, text).into());
        }
        if unbounded {
            return self.engine.create(state, create).await;
        }
        if let Some(parts) = text_parts(state, create, *bad).await? {
            return created(state, parts, create);
        }
        let table = match self.engine.create(state, create).await {
            Ok(table) => table,
            Err(error) => return Err(of_file(state, create).await.map_or(error, Into::into)),
        };
        let Some(listing) = table.downcast_ref::<ListingTable>() else {
            return Ok(table);
        };
        let untyped = create.schema.fields().is_empty();
        let mut parts = parts_of(state, listing, untyped).await?;
        parts.rows.bad = *bad;
        if untyped && parts.file_schema.fields().is_empty() {
            let (files, format) = (create.locations.join(", "), create.file_type.to_lowercase());
            return Err(Damage::of_empty().of_file(&files, &format).into());
        }
        match parts.is_plain() && parts.file_schema == listing.schema() {
            true => Ok(table),
            false => created(state, parts, create),
        }
    }
}

/// The error of a file that keeps a table from being created.
async fn of_file(state: &dyn Session, create: &CreateExternalTable) -> Option<Error> {
    let format = format_of(state, create).ok()??;
    for location in &create.locations {
        let url = ListingTableUrl::parse(location).ok()?;
        let files = match list(state, &url, "").await {
            Ok(files) => files,
            Err(error) => return Some(error),
        };
        if files.is_empty() {
            return Some(match url.is_collection() {
                true => empty_folder(&url),
                false => no_file(&path_of(&url)),
            });
        }
        if let Some(error) = unreadable_file(state, &format, &url, &files).await {
            return Some(error);
        }
    }
    None
}

fn empty_folder(url: &ListingTableUrl) -> Error {
    let text = format!(
        "No file was found in \"{}\", so the table would have no columns. Add files, or declare the columns.",
        path_of(url)
    );
    Error::new(Code::ObjectStore, text)
}

fn format_of(state: &dyn Session, create: &CreateExternalTable) -> Result<Option<Arc<dyn FileFormat>>> {
    let session = state.as_any().downcast_ref::<SessionState>();
    let factory = session.and_then(|session| session.get_file_format_factory(&create.file_type));
    let format = session
        .zip(factory)
        .map(|(session, factory)| factory.create(session, &create.options));
    format.transpose()
}

fn created(
    state: &dyn Session,
    parts: FileParts,
    create: &CreateExternalTable,
) -> Result<Arc<dyn TableProvider>> {
    let cache = state.runtime_env().cache_manager.get_file_statistic_cache();
    let table = FileTable::new(parts)?.with_cache(cache);
    Ok(Arc::new(table.created_by(create)))
}

/// A table over text files whose columns are not given; `None` for any other table.
async fn text_parts(
    state: &dyn Session,
    create: &CreateExternalTable,
    bad: BadRows,
) -> Result<Option<FileParts>> {
    if !create.schema.fields().is_empty() {
        return Ok(None);
    }
    let Some(format) = format_of(state, create)? else {
        return Ok(None);
    };
    if !matches!(format.get_ext().as_str(), "csv" | "json") {
        return Ok(None);
    }
    let extension = match format.compression_type() {
        Some(compression) => format.get_ext_with_compression(&compression)?,
        None => format.get_ext(),
    };
    let (mut urls, mut files) = (vec![], vec![]);
    for location in &create.locations {
        let mut url = ListingTableUrl::parse(location)?.with_table_ref(create.name.clone());
        if url.is_folder() && url.get_glob().is_none() {
            url = url.with_glob(&format!("*.{extension}"))?;
        }
        files.push(list(state, &url, "").await?);
        urls.push(url);
    }
    let Some((first, full)) = full_files(&urls, &files) else {
        // The engine has an error if there is no file.
        return Ok(None);
    };
    let found = Layout::of(&urls, &files)?;
    let names = &create.table_partition_cols;
    let infers = state
        .config_options()
        .execution
        .listing_table_factory_infer_partitions;
    let mut columns = match names.is_empty() && !infers {
        true => vec![],
        false => found.columns()?,
    };
    if !names.is_empty() {
        if !found.names.starts_with(names) {
            // The engine has an error for that, too.
            return Ok(None);
        }
        columns.truncate(names.len());
    }
    let rows = RowOptions {
        bad,
        ..rows_of(&format)
    };
    let Some(file_schema) = text_schema(state, &format, &rows, first, &full).await? else {
        return Ok(None);
    };
    let options = ListingOptions::new(format)
        .with_file_extension("")
        .with_table_partition_cols(columns)
        .with_file_sort_order(create.order_exprs.clone());
    Ok(Some(FileParts {
        urls,
        options,
        file_schema,
        rows,
    }))
}

pub(super) fn rows_of(format: &Arc<dyn FileFormat>) -> RowOptions {
    let csv = format.downcast_ref::<CsvFormat>();
    RowOptions {
        null: csv.and_then(|csv| csv.options().null_regex.clone()),
        ..RowOptions::default()
    }
}

/// The parts of a table that the engine has made. `untyped`: whether the types of its partition columns are not given.
pub(super) async fn parts_of(
    state: &dyn Session,
    listing: &ListingTable,
    untyped: bool,
) -> Result<FileParts> {
    let mut options = listing.options().clone();
    let urls = listing.table_paths().clone();
    let mut file_schema = without(&listing.schema(), options.table_partition_cols.len());
    if untyped && !options.table_partition_cols.is_empty() {
        let mut files = vec![];
        for url in &urls {
            files.push(list(state, url, &options.file_extension).await?);
        }
        let found = Layout::of(&urls, &files)?.columns()?;
        for (column, (name, kind)) in options.table_partition_cols.iter_mut().zip(found) {
            if column.0 == name {
                column.1 = kind;
            }
        }
    }
    if untyped && urls.iter().any(ListingTableUrl::is_collection) {
        let store = state.runtime_env().object_store(&urls[0])?;
        let mut files = vec![];
        for url in &urls {
            files.extend(list(state, url, &options.file_extension).await?);
        }
        files.retain(|file| file.size > 0);
        file_schema = nullable_where_missing(state, &options.format, &store, &files, file_schema).await?;
    }
    let rows = rows_of(&options.format);
    Ok(FileParts {
        urls,
        options,
        file_schema,
        rows,
    })
}

/// A schema without its last columns.
fn without(schema: &SchemaRef, last: usize) -> SchemaRef {
    let fields = schema.fields();
    let fields = fields[..fields.len() - last].to_vec();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}
