//! Serializes what DataFusion leaves out of a node, as a note above the node.
//!
//! DataFusion leaves out the compression of files, and the line terminator and a format of CSV, so an executor would read or write
//! wrong data. It also knows neither staged files, nor our Arrow files, nor our options of rows.

use crate::files::arrow_format::{compression, compression_name, ArrowSink};
use crate::files::sinks::{tz_format, with_tz_format};
use crate::files::staged::{staged, unstaged};
use crate::scan::csv::rows::RowOptions;
use crate::scan::source::{read_by, CheckedSource};
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
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use datafusion_proto::protobuf;
use prost::Message;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Marks our messages. Ballista's are protobuf and never begin with these bytes. The last byte is the
/// version.
const MAGIC: &[u8] = b"ballista-node\x01";

#[derive(Clone, PartialEq, Message)]
struct Note {
    /// The compression of the files of a scan.
    #[prost(string, tag = "1")]
    compression: String,
    #[prost(uint32, optional, tag = "2")]
    terminator: Option<u32>,
    /// Whether the node writes files by staging (all or none).
    #[prost(bool, tag = "3")]
    staged: bool,
    /// If the node writes Arrow files: the serialized `FileSinkConfig`.
    #[prost(bytes = "vec", optional, tag = "4")]
    arrow: Option<Vec<u8>>,
    /// JSON: the `RowOptions` of a scan of CSV, if it has any.
    #[prost(string, optional, tag = "5")]
    rows: Option<String>,
    /// The format of time stamps with a zone, if the node writes CSV.
    #[prost(string, optional, tag = "6")]
    tz_format: Option<String>,
}

/// Exists only during serialization: made for a task, and removed by decoding.
#[derive(Debug)]
struct Noted {
    node: Arc<dyn ExecutionPlan>,
    note: Note,
}

/// Adds a note above each node that DataFusion does not serialize completely.
pub fn noted(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|node| {
        if let Some(note) = node.downcast_ref::<DataSourceExec>().and_then(describe) {
            return Ok(Transformed::yes(Arc::new(Noted { node, note }) as _));
        }
        let Some(write) = node.downcast_ref::<DataSinkExec>().and_then(unstaged) else {
            return Ok(Transformed::no(node));
        };
        let sink = write.downcast_ref::<DataSinkExec>().map(DataSinkExec::sink);
        let note = Note {
            staged: true,
            tz_format: sink.and_then(tz_format).map(str::to_owned),
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
    let source = files.file_source();
    let csv = CheckedSource::engine_of(&**source).downcast_ref::<CsvSource>();
    let rows = source.downcast_ref::<CheckedSource>().map(CheckedSource::rows);
    let rows = rows.filter(|rows| **rows != RowOptions::default());
    let rows = rows.and_then(|rows| serde_json::to_string(rows).ok());
    let terminator = csv.and_then(CsvSource::terminator).map(u32::from);
    let compression = files.file_compression_type.get_variant();
    let packed = *compression != CompressionTypeVariant::UNCOMPRESSED;
    if !packed && terminator.is_none() && rows.is_none() {
        return None;
    }
    Some(Note {
        compression: compression.to_string(),
        terminator,
        rows,
        ..Note::default()
    })
}

/// Restores the node that the note was made for.
fn restore(node: &Arc<dyn ExecutionPlan>, note: &Note) -> Result<Arc<dyn ExecutionPlan>> {
    if let Some(config) = &note.arrow {
        let message = protobuf::FileSinkConfig::decode(config.as_slice()).map_err(bad)?;
        let sink = ArrowSink::new(
            FileSinkConfig::try_from(&message)?,
            compression(&note.compression)?,
        );
        return Ok(Arc::new(DataSinkExec::new(node.clone(), Arc::new(sink), None)));
    }
    if note.staged {
        let format = note.tz_format.as_deref();
        let write = node.downcast_ref::<DataSinkExec>();
        let formatted = write
            .zip(format)
            .and_then(|(write, format)| with_tz_format(write, format));
        let node = formatted.as_ref().unwrap_or(node);
        let write = node.downcast_ref::<DataSinkExec>().and_then(staged);
        return write.map_or_else(
            || internal_err!("The plan node has no write that can be staged"),
            Ok,
        );
    }
    restore_scan(node, note)
}

fn bad(error: prost::DecodeError) -> DataFusionError {
    DataFusionError::Internal(format!("The serialized note cannot be decoded: {error}"))
}

fn restore_scan(scan: &Arc<dyn ExecutionPlan>, note: &Note) -> Result<Arc<dyn ExecutionPlan>> {
    let Some(files) = scan.downcast_ref::<DataSourceExec>().and_then(files) else {
        return internal_err!("The scan options do not belong to a file scan");
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
    let scan = DataSourceExec::from_data_source(config.build());
    let Some(rows) = &note.rows else {
        return Ok(scan);
    };
    let rows: RowOptions = serde_json::from_str(rows).map_err(|error| {
        DataFusionError::Internal(format!("The options of rows cannot be decoded: {error}"))
    })?;
    Ok(read_by(scan, &rows))
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
        not_impl_err!("A note cannot be executed, because it exists only in serialized plans.")
    }
}

fn arrow_sink(node: &Arc<dyn ExecutionPlan>) -> Option<&ArrowSink> {
    node.downcast_ref::<DataSinkExec>()?.sink().downcast_ref()
}

/// `None` if the node needs no note.
pub fn encode_note(node: &Arc<dyn ExecutionPlan>) -> Result<Option<Vec<u8>>> {
    let note = match (node.downcast_ref::<Noted>(), arrow_sink(node)) {
        (Some(Noted { note, .. }), _) => note.clone(),
        (_, Some(sink)) => Note {
            arrow: Some(protobuf::FileSinkConfig::try_from(sink.config())?.encode_to_vec()),
            compression: compression_name(sink.compression()).to_owned(),
            ..Note::default()
        },
        _ => return Ok(None),
    };
    let mut bytes = MAGIC.to_vec();
    bytes.extend(note.encode_to_vec());
    Ok(Some(bytes))
}

/// The node as it was before its note. `None` if the bytes are not a note.
pub fn decode_note(
    bytes: &[u8],
    inputs: &[Arc<dyn ExecutionPlan>],
) -> Option<Result<Arc<dyn ExecutionPlan>>> {
    let note = Note::decode(bytes.strip_prefix(MAGIC)?).map_err(bad);
    Some(note.and_then(|note| match inputs {
        [node] => restore(node, &note),
        _ => internal_err!("A note must have one input node, not {}", inputs.len()),
    }))
}
