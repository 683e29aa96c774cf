//! Serializes logical plans, for a scheduler or for users to keep.
//!
//! Plans that users keep contain their in-memory tables. Plans for a scheduler do not: see
//! `client::query::cluster_planner`.

use super::file_table::{decode_file_table, encode_file_table};
use super::function::{
    decode_aggregate, decode_scalar, decode_table, decode_window, encode_aggregate, encode_scalar,
    encode_table, encode_window, Way,
};
use super::part::{decode_part, encode_part};
use super::plan_part::{decode_plan_part, encode_plan_part};
use crate::arrow::schema_to_ipc;
use crate::files::arrow_format::{compression, compression_name, ArrowFiles};
use crate::functions::series::table::SeriesTable;
use crate::ipc::memory::{check_file, schema_from_ipc};
use crate::tables::file_table::FileTable;
use crate::tables::provider::InMemoryTable;
use crate::tables::stored::StoredTable;
use crate::udf::function::table_call::JsTable;
use ballista_core::serde::BallistaLogicalExtensionCodec;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::{plan_err, TableReference};
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF, WindowUDF};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use prost::bytes::Bytes;
use prost::Message;
use std::sync::Arc;

/// Marks our messages. The last byte is the version.
const MAGIC: &[u8] = b"ballista-table\x01";

/// Marks Arrow files to write, before their compression.
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
    /// Whether a plan may contain the rows of in-memory tables.
    rows: bool,
}

impl LogicalCodec {
    /// For plans that users keep.
    pub fn to_keep() -> Self {
        Self {
            rows: true,
            ..Self::default()
        }
    }

    /// For plans sent to a scheduler, which has the code of UDFs.
    pub fn to_scheduler(log: Option<String>) -> Self {
        Self {
            way: Way::ToScheduler(log),
            ..Self::default()
        }
    }

    /// For plans sent from a scheduler to an executor.
    pub fn to_executor() -> Self {
        Self {
            way: Way::ToExecutor,
            ..Self::default()
        }
    }
}

impl LogicalExtensionCodec for LogicalCodec {
    fn try_decode(&self, bytes: &[u8], inputs: &[LogicalPlan], context: &TaskContext) -> Result<Extension> {
        let part = decode_plan_part(bytes, self, context);
        part.unwrap_or_else(|| self.engine.try_decode(bytes, inputs, context))
    }

    fn try_encode(&self, node: &Extension, bytes: &mut Vec<u8>) -> Result<()> {
        match encode_plan_part(node, self, bytes)? {
            true => Ok(()),
            false => self.engine.try_encode(node, bytes),
        }
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
        if let Some(table) = SeriesTable::decode(bytes) {
            return Ok(table?);
        }
        if let Some(table) = decode_file_table(bytes, self, context) {
            return Ok(table?);
        }
        let Some(bytes) = bytes.strip_prefix(MAGIC) else {
            return self
                .engine
                .try_decode_table_provider(bytes, name, schema, context);
        };
        let table = Table::decode(bytes).map_err(|error| DataFusionError::External(Box::new(error)))?;
        // Clients upload tables, where their bytes are counted. In plans they send only the empty target of an EXPLAIN.
        if !self.rows && !table.files.is_empty() {
            return plan_err!("A plan for a scheduler contains the rows of an in-memory table.");
        }
        let schema = schema_from_ipc(&table.schema)?;
        table.files.iter().try_for_each(|file| check_file(file))?;
        let stored = StoredTable::publish(schema, table.files, table.rows as usize);
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
        if let Some(table) = provider.downcast_ref::<SeriesTable>() {
            table.encode(bytes);
            return Ok(());
        }
        if let Some(table) = provider.downcast_ref::<FileTable>() {
            return encode_file_table(table, self, bytes);
        }
        let Some(table) = provider.downcast_ref::<InMemoryTable>() else {
            return self.engine.try_encode_table_provider(name, provider, bytes);
        };
        let stored = table.snapshot();
        let message = Table {
            schema: schema_to_ipc(&stored.schema)?,
            files: stored.files().to_vec(),
            rows: stored.rows as u64,
        };
        bytes.extend_from_slice(MAGIC);
        bytes.extend(message.encode_to_vec());
        Ok(())
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        let decoded = decode_part(bytes).or_else(|| decode_scalar(bytes));
        decoded.unwrap_or_else(|| self.engine.try_decode_udf(name, bytes))
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        match encode_part(function, bytes)? {
            true => Ok(()),
            false => encode_scalar(function, &self.way, bytes),
        }
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
            let compression = compression(&String::from_utf8_lossy(name))?;
            return Ok(Arc::new(ArrowFiles(compression)));
        }
        self.engine.try_decode_file_format(bytes, context)
    }

    fn try_encode_file_format(&self, bytes: &mut Vec<u8>, format: Arc<dyn FileFormatFactory>) -> Result<()> {
        if let Some(ArrowFiles(compression)) = format.downcast_ref::<ArrowFiles>() {
            bytes.extend_from_slice(ARROW);
            bytes.extend_from_slice(compression_name(*compression).as_bytes());
            return Ok(());
        }
        self.engine.try_encode_file_format(bytes, format)
    }
}
