//! Tables whose name is a path, such as `FROM 'folder/file.csv'`.

use super::external_tables::{parts_of, rows_of};
use crate::files::by_extension::{extension, with_extension};
use crate::files::listed::list;
use crate::files::partitions::Layout;
use crate::scan::schema::{full_files, text_schema, CheckedFiles};
use crate::tables::file_table::{table_over, FileParts};
use async_trait::async_trait;
use datafusion::catalog::{TableProvider, UrlTableFactory};
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableConfigExt, ListingTableUrl,
};
use datafusion::error::Result;
use datafusion::execution::SessionState;
use std::collections::HashMap;
use std::sync::Arc;

/// Tables whose name is a path.
#[derive(Debug)]
pub struct PathTables(pub CheckedFiles);

#[async_trait]
impl UrlTableFactory for PathTables {
    async fn try_new(&self, path: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        // Such as the name of a table that does not exist, beside a folder of the same name.
        if !path.contains(['/', '\\', '.', '*']) {
            return Ok(None);
        }
        let (Some(state), Ok(url)) = (self.0.state(), ListingTableUrl::parse(path)) else {
            return Ok(None);
        };
        let options = match by_extension(&state, path)? {
            None => {
                let config = ListingTableConfig::new(url.clone()).infer_options(&state).await;
                config.ok().and_then(|config| config.options)
            }
            known => known,
        };
        let Some(options) = options else {
            return Ok(None);
        };
        if let Some(parts) = path_parts(&state, url, options).await? {
            return table_over(parts).map(Some);
        }
        let Some(table) = self.0.try_new(path).await? else {
            return Ok(None);
        };
        let Some(listing) = table.downcast_ref::<ListingTable>() else {
            return Ok(Some(table));
        };
        table_over(parts_of(&state, listing, true).await?).map(Some)
    }
}

/// The options of a file whose extension the engine does not know.
fn by_extension(state: &SessionState, path: &str) -> Result<Option<ListingOptions>> {
    let Some((extension, format)) = extension(path) else {
        return Ok(None);
    };
    let Some(factory) = state.get_file_format_factory(format) else {
        return Ok(None);
    };
    let mut options = HashMap::new();
    with_extension(&mut options, format, &[path]);
    let format = factory.create(state, &options)?;
    Ok(Some(ListingOptions::new(format).with_file_extension(extension)))
}

/// Text files at a path; `None` for others.
async fn path_parts(
    state: &SessionState,
    url: ListingTableUrl,
    mut options: ListingOptions,
) -> Result<Option<FileParts>> {
    let rows = rows_of(&options.format);
    let files = [list(state, &url, &options.file_extension).await?];
    let urls = vec![url];
    let (first, full) = full_files(&urls, &files).unwrap_or((&urls[0], vec![]));
    let schema = text_schema(state, &options.format, &rows, first, &full).await?;
    let Some(file_schema) = schema else {
        return Ok(None);
    };
    options.table_partition_cols = Layout::of(&urls, &files)?.columns()?;
    Ok(Some(FileParts {
        urls,
        options,
        file_schema,
        rows,
    }))
}
