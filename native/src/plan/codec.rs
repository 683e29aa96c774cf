//! Logical plans as bytes: on the way to a scheduler, and kept by users.
//!
//! In-memory tables travel inside of plans that outlive their session; on the way to a scheduler
//! they do not: see `client::planner`.

use crate::arrow::{schema_from_ipc, schema_to_ipc};
use crate::files::arrow::{self, ArrowFiles};
use crate::tables::local::StoredTable;
use crate::tables::provider::InMemoryTable;
use crate::udf::codec::{
    decode_aggregate, decode_scalar, decode_table, decode_window, encode_aggregate, encode_scalar,
    encode_table, encode_window, Way,
};
use crate::udf::table::JsTable;
use ballista_core::serde::BallistaLogicalExtensionCodec;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF, WindowUDF};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use prost::bytes::Bytes;
use prost::Message;
use std::sync::Arc;

/// Tells our messages from the engine's. The last byte is the version.
const MAGIC: &[u8] = b"ballista-table\x01";

/// Arrow files to write, and their compression.
const ARROW: &[u8] = b"ballista-arrow-files\x01";

#[derive(Clone, PartialEq, Message)]
struct Table {
    /// An IPC stream that holds only the schema.
    #[prost(bytes = "vec", tag = "1")]
    schema: Vec<u8>,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    files: Vec<Bytes>,
    #[prost(uint64, tag = "3")]
    rows: u64,
}

#[derive(Debug, Default)]
pub struct LogicalCodec {
    engine: BallistaLogicalExtensionCodec,
    way: Way,
}

impl LogicalCodec {
    /// For plans on their way to a scheduler that has the code of their functions.
    pub fn to_scheduler(log: Option<String>) -> Self {
        Self {
            way: Way::ToScheduler(log),
            ..Self::default()
        }
    }
}

impl LogicalExtensionCodec for LogicalCodec {
    fn try_decode(&self, bytes: &[u8], inputs: &[LogicalPlan], context: &TaskContext) -> Result<Extension> {
        self.engine.try_decode(bytes, inputs, context)
    }

    fn try_encode(&self, node: &Extension, bytes: &mut Vec<u8>) -> Result<()> {
        self.engine.try_encode(node, bytes)
    }

    fn try_decode_table_provider(
        &self,
        bytes: &[u8],
        name: &TableReference,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        if let Some(table) = decode_table(bytes) {
            return Ok(table?);
        }
        let Some(bytes) = bytes.strip_prefix(MAGIC) else {
            return self
                .engine
                .try_decode_table_provider(bytes, name, schema, context);
        };
        let table = Table::decode(bytes).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let schema = schema_from_ipc(&table.schema)?;
        let id = uuid::Uuid::new_v4().to_string();
        let stored = StoredTable::publish(id, schema, table.files, table.rows as usize);
        Ok(Arc::new(InMemoryTable::new(stored, usize::MAX, None)?))
    }

    fn try_encode_table_provider(
        &self,
        name: &TableReference,
        provider: Arc<dyn TableProvider>,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        if let Some(table) = provider.downcast_ref::<JsTable>() {
            return encode_table(table, &self.way, bytes);
        }
        let Some(table) = provider.downcast_ref::<InMemoryTable>() else {
            return self.engine.try_encode_table_provider(name, provider, bytes);
        };
        let stored = table.snapshot();
        let message = Table {
            schema: schema_to_ipc(&stored.schema)?,
            files: stored.files.clone(),
            rows: stored.rows as u64,
        };
        bytes.extend_from_slice(MAGIC);
        bytes.extend(message.encode_to_vec());
        Ok(())
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        decode_scalar(bytes).unwrap_or_else(|| self.engine.try_decode_udf(name, bytes))
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_scalar(function, &self.way, bytes)
    }

    fn try_decode_udaf(&self, name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        decode_aggregate(bytes).unwrap_or_else(|| self.engine.try_decode_udaf(name, bytes))
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_aggregate(function, &self.way, bytes)
    }

    fn try_decode_udwf(&self, name: &str, bytes: &[u8]) -> Result<Arc<WindowUDF>> {
        decode_window(bytes).unwrap_or_else(|| self.engine.try_decode_udwf(name, bytes))
    }

    fn try_encode_udwf(&self, function: &WindowUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_window(function, &self.way, bytes)
    }

    fn try_decode_file_format(
        &self,
        bytes: &[u8],
        context: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        if let Some(name) = bytes.strip_prefix(ARROW) {
            let compression = arrow::compression(&String::from_utf8_lossy(name))?;
            return Ok(Arc::new(ArrowFiles(compression)));
        }
        self.engine.try_decode_file_format(bytes, context)
    }

    fn try_encode_file_format(&self, bytes: &mut Vec<u8>, format: Arc<dyn FileFormatFactory>) -> Result<()> {
        if let Some(ArrowFiles(compression)) = format.downcast_ref::<ArrowFiles>() {
            bytes.extend_from_slice(ARROW);
            bytes.extend_from_slice(arrow::compression_name(*compression).as_bytes());
            return Ok(());
        }
        self.engine.try_encode_file_format(bytes, format)
    }
}
