//! Physical plans on their way from scheduler to executor.
//!
//! The engine's own message leaves out how files are compressed and how lines of CSV end, and an
//! executor would read something else; it knows neither staged files nor Arrow files. What it
//! leaves out travels as a note: see [`Note`].

use crate::files::arrow::{self, ArrowSink};
use crate::files::staged::{staged, unstaged};
use crate::udf::codec::{
    decode_aggregate, decode_scalar, decode_scan, decode_window, encode_aggregate, encode_scalar,
    encode_scan, encode_window, Way,
};
use crate::udf::table::JsTableExec;
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::common::parsers::CompressionTypeVariant;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{internal_err, not_impl_err};
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::physical_plan::{
    CsvSource, FileScanConfig, FileScanConfigBuilder, FileSink, FileSinkConfig,
};
use datafusion::datasource::sink::DataSinkExec;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use datafusion_proto::protobuf;
use prost::Message;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Tells our messages from Ballista's, which are protobuf and never begin so. The last byte is the
/// version.
const MAGIC: &[u8] = b"ballista-node\x01";

#[derive(Clone, PartialEq, Message)]
struct Note {
    /// Of the files of a scan.
    #[prost(string, tag = "1")]
    compression: String,
    #[prost(uint32, optional, tag = "2")]
    terminator: Option<u32>,
    /// The node writes files, whole or not at all.
    #[prost(bool, tag = "3")]
    staged: bool,
    /// The node writes Arrow files: the engine's message of where.
    #[prost(bytes = "vec", optional, tag = "4")]
    arrow: Option<Vec<u8>>,
}

/// Only ever on the wire: made for the task, and gone when it is decoded.
#[derive(Debug)]
struct Noted {
    node: Arc<dyn ExecutionPlan>,
    note: Note,
}

/// The plan with notes above the nodes of which the engine's message leaves something out.
pub fn noted(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|node| {
        if let Some(note) = node.downcast_ref::<DataSourceExec>().and_then(describe) {
            return Ok(Transformed::yes(Arc::new(Noted { node, note }) as _));
        }
        let Some(write) = node.downcast_ref::<DataSinkExec>().and_then(unstaged) else {
            return Ok(Transformed::no(node));
        };
        let note = Note {
            staged: true,
            ..Note::default()
        };
        Ok(Transformed::yes(Arc::new(Noted { node: write, note }) as _))
    })?;
    Ok(plan.data)
}

fn files(source: &DataSourceExec) -> Option<&FileScanConfig> {
    source.data_source().downcast_ref()
}

fn describe(source: &DataSourceExec) -> Option<Note> {
    let files = files(source)?;
    let csv = files.file_source().downcast_ref::<CsvSource>();
    let terminator = csv.and_then(CsvSource::terminator).map(u32::from);
    let compression = files.file_compression_type.get_variant();
    if *compression == CompressionTypeVariant::UNCOMPRESSED && terminator.is_none() {
        return None;
    }
    Some(Note {
        compression: compression.to_string(),
        terminator,
        ..Note::default()
    })
}

/// What the note was made for.
fn restore(node: &Arc<dyn ExecutionPlan>, note: &Note) -> Result<Arc<dyn ExecutionPlan>> {
    if let Some(config) = &note.arrow {
        let message = protobuf::FileSinkConfig::decode(config.as_slice()).map_err(bad)?;
        let compression = arrow::compression(&note.compression)?;
        let sink = ArrowSink::new(FileSinkConfig::try_from(&message)?, compression);
        return Ok(Arc::new(DataSinkExec::new(node.clone(), Arc::new(sink), None)));
    }
    if note.staged {
        let write = node.downcast_ref::<DataSinkExec>().and_then(staged);
        return write.map_or_else(|| internal_err!("there is nothing to stage"), Ok);
    }
    restore_scan(node, note)
}

fn bad(error: prost::DecodeError) -> DataFusionError {
    DataFusionError::Internal(format!("a bad note: {error}"))
}

fn restore_scan(scan: &Arc<dyn ExecutionPlan>, note: &Note) -> Result<Arc<dyn ExecutionPlan>> {
    let Some(files) = scan.downcast_ref::<DataSourceExec>().and_then(files) else {
        return internal_err!("the options of a scan have no scan");
    };
    let compression = match note.compression.as_str() {
        "" => FileCompressionType::UNCOMPRESSED,
        name => FileCompressionType::from_str(name)?,
    };
    let mut config = FileScanConfigBuilder::from(files.clone()).with_file_compression_type(compression);
    if let Some(csv) = files.file_source().downcast_ref::<CsvSource>() {
        let terminator = note.terminator.and_then(|byte| u8::try_from(byte).ok());
        config = config.with_source(Arc::new(csv.with_terminator(terminator)));
    }
    Ok(DataSourceExec::from_data_source(config.build()))
}

impl DisplayAs for Noted {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Noted")
    }
}

impl ExecutionPlan for Noted {
    fn name(&self) -> &str {
        "Noted"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.node.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.node]
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self {
            node: children.swap_remove(0),
            note: self.note.clone(),
        }))
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, _: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        not_impl_err!("notes are for the wire only")
    }
}

fn arrow_sink(node: &Arc<dyn ExecutionPlan>) -> Option<&ArrowSink> {
    node.downcast_ref::<DataSinkExec>()?.sink().downcast_ref()
}

#[derive(Debug, Default)]
pub struct PhysicalCodec(BallistaPhysicalExtensionCodec);

impl PhysicalExtensionCodec for PhysicalCodec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if let Some(scan) = decode_scan(bytes) {
            return Ok(scan?);
        }
        let Some(bytes) = bytes.strip_prefix(MAGIC) else {
            return self.0.try_decode(bytes, inputs, context, converter);
        };
        let note = Note::decode(bytes).map_err(bad)?;
        match inputs {
            [node] => restore(node, &note),
            _ => internal_err!("a note is about one node, not {}", inputs.len()),
        }
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        decode_scalar(bytes).unwrap_or_else(|| self.0.try_decode_udf(name, bytes))
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_scalar(function, &Way::ToExecutor, bytes)
    }

    fn try_decode_udaf(&self, name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        decode_aggregate(bytes).unwrap_or_else(|| self.0.try_decode_udaf(name, bytes))
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_aggregate(function, &Way::ToExecutor, bytes)
    }

    fn try_decode_udwf(&self, name: &str, bytes: &[u8]) -> Result<Arc<WindowUDF>> {
        decode_window(bytes).unwrap_or_else(|| self.0.try_decode_udwf(name, bytes))
    }

    fn try_encode_udwf(&self, function: &WindowUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_window(function, &Way::ToExecutor, bytes)
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        if let Some(scan) = node.downcast_ref::<JsTableExec>() {
            return encode_scan(scan, &Way::ToExecutor, bytes);
        }
        let note = match (node.downcast_ref::<Noted>(), arrow_sink(&node)) {
            (Some(Noted { note, .. }), _) => note.clone(),
            (_, Some(sink)) => Note {
                arrow: Some(protobuf::FileSinkConfig::try_from(sink.config())?.encode_to_vec()),
                compression: arrow::compression_name(sink.compression()).to_owned(),
                ..Note::default()
            },
            _ => return self.0.try_encode(node, bytes, converter),
        };
        bytes.extend_from_slice(MAGIC);
        bytes.extend(note.encode_to_vec());
        Ok(())
    }
}
