//! Serializes tables over files. The engine's message has neither patterns nor what our tables add.

use super::message_depth::check_depth;
use crate::arrow::schema_to_ipc;
use crate::ipc::memory::schema_from_ipc;
use crate::scan::csv::rows::RowOptions;
use crate::tables::file_table::{FileParts, FileTable};
use datafusion::arrow::datatypes::Schema;
use datafusion::common::internal_err;
use datafusion::datasource::listing::{ListingTable, ListingTableConfig};
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion_proto::logical_plan::{AsLogicalPlan, LogicalExtensionCodec};
use datafusion_proto::protobuf::LogicalPlanNode;
use prost::Message;
use std::sync::Arc;

/// Marks our messages. The last byte is the version.
const MAGIC: &[u8] = b"ballista-files\x01";

#[derive(Clone, PartialEq, Message)]
struct Files {
    /// The engine's message of a scan of these files.
    #[prost(bytes = "vec", tag = "1")]
    scan: Vec<u8>,
    /// The pattern of each path, which may be empty.
    #[prost(string, repeated, tag = "2")]
    patterns: Vec<String>,
    /// An IPC stream that holds only the schema of the files.
    #[prost(bytes = "vec", tag = "3")]
    schema: Vec<u8>,
    /// JSON of RowOptions.
    #[prost(string, tag = "4")]
    rows: String,
}

pub fn encode_file_table(
    table: &FileTable,
    codec: &dyn LogicalExtensionCodec,
    bytes: &mut Vec<u8>,
) -> Result<()> {
    let parts = table.parts();
    let config = ListingTableConfig::new_with_multi_paths(parts.urls.clone())
        .with_listing_options(parts.options.clone())
        // The columns of the files may have the names of folders, too, which the engine does not encode.
        .with_schema(Arc::new(Schema::empty()));
    let source = provider_as_source(Arc::new(ListingTable::try_new(config)?));
    let scan = LogicalPlanBuilder::scan("files", source, None)?.build()?;
    let patterns = parts.urls.iter().map(|url| {
        let pattern = url.get_glob().as_ref();
        pattern.map_or(String::new(), |pattern| pattern.as_str().to_owned())
    });
    let message = Files {
        scan: LogicalPlanNode::try_from_logical_plan(&scan, codec)?.encode_to_vec(),
        patterns: patterns.collect(),
        schema: schema_to_ipc(&parts.file_schema)?,
        rows: serde_json::to_string(&parts.rows).map_err(bad)?,
    };
    bytes.extend_from_slice(MAGIC);
    bytes.extend(message.encode_to_vec());
    Ok(())
}

/// `None` for other messages.
pub fn decode_file_table(
    bytes: &[u8],
    codec: &dyn LogicalExtensionCodec,
    context: &TaskContext,
) -> Option<Result<Arc<FileTable>>> {
    let message = Files::decode(bytes.strip_prefix(MAGIC)?);
    Some(
        message
            .map_err(bad)
            .and_then(|message| decoded(message, codec, context)),
    )
}

fn decoded(
    message: Files,
    codec: &dyn LogicalExtensionCodec,
    context: &TaskContext,
) -> Result<Arc<FileTable>> {
    check_depth(&message.scan)?;
    let node = LogicalPlanNode::decode(message.scan.as_slice()).map_err(bad)?;
    let LogicalPlan::TableScan(scan) = node.try_into_logical_plan(context, codec)? else {
        return internal_err!("The message of a table over files has no scan");
    };
    let provider = source_as_provider(&scan.source)?;
    let Some(listing) = provider.downcast_ref::<ListingTable>() else {
        return internal_err!("The message of a table over files has no files");
    };
    let mut urls = listing.table_paths().clone();
    for (url, pattern) in urls.iter_mut().zip(&message.patterns) {
        if !pattern.is_empty() {
            *url = url.clone().with_glob(pattern)?;
        }
    }
    let rows: RowOptions = serde_json::from_str(&message.rows).map_err(bad)?;
    let table = FileTable::new(FileParts {
        urls,
        options: listing.options().clone(),
        file_schema: schema_from_ipc(&message.schema)?,
        rows,
    })?;
    let cache = context.runtime_env().cache_manager.get_file_statistic_cache();
    Ok(Arc::new(table.with_cache(cache)))
}

fn bad(error: impl std::error::Error) -> DataFusionError {
    DataFusionError::Internal(format!("A table over files cannot be decoded: {error}"))
}
