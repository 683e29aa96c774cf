//! Physical plans on their way from scheduler to executor.
//!
//! The engine's own message leaves out how files are compressed and how lines of CSV end, and an
//! executor would read something else. Scans for which it matters travel below a [`ScanOptions`].

use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::common::parsers::CompressionTypeVariant;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{internal_err, not_impl_err};
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::physical_plan::{CsvSource, FileScanConfig, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use prost::Message;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Tells our messages from Ballista's, which are protobuf and never begin so. The last byte is the
/// version.
const MAGIC: &[u8] = b"ballista-node\x01";

#[derive(Clone, PartialEq, Message)]
struct Options {
    #[prost(string, tag = "1")]
    compression: String,
    #[prost(uint32, optional, tag = "2")]
    terminator: Option<u32>,
}

/// Only ever on the wire: made for the task, and gone when it is decoded.
#[derive(Debug)]
struct ScanOptions {
    scan: Arc<dyn ExecutionPlan>,
    options: Options,
}

/// The plan with options above the scans that need them.
pub fn with_scan_options(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = plan.transform_up(|node| {
        let options = node.downcast_ref::<DataSourceExec>().and_then(describe);
        Ok(match options {
            Some(options) => Transformed::yes(Arc::new(ScanOptions { scan: node, options }) as _),
            None => Transformed::no(node),
        })
    })?;
    Ok(plan.data)
}

fn files(source: &DataSourceExec) -> Option<&FileScanConfig> {
    source.data_source().downcast_ref()
}

fn describe(source: &DataSourceExec) -> Option<Options> {
    let files = files(source)?;
    let csv = files.file_source().downcast_ref::<CsvSource>();
    let terminator = csv.and_then(CsvSource::terminator).map(u32::from);
    let compression = files.file_compression_type.get_variant();
    if *compression == CompressionTypeVariant::UNCOMPRESSED && terminator.is_none() {
        return None;
    }
    Some(Options {
        compression: compression.to_string(),
        terminator,
    })
}

fn restore(scan: &Arc<dyn ExecutionPlan>, options: &Options) -> Result<Arc<dyn ExecutionPlan>> {
    let Some(files) = scan.downcast_ref::<DataSourceExec>().and_then(files) else {
        return internal_err!("the options of a scan have no scan");
    };
    let compression = match options.compression.as_str() {
        "" => FileCompressionType::UNCOMPRESSED,
        name => FileCompressionType::from_str(name)?,
    };
    let mut config = FileScanConfigBuilder::from(files.clone()).with_file_compression_type(compression);
    if let Some(csv) = files.file_source().downcast_ref::<CsvSource>() {
        let terminator = options.terminator.and_then(|byte| u8::try_from(byte).ok());
        config = config.with_source(Arc::new(csv.with_terminator(terminator)));
    }
    Ok(DataSourceExec::from_data_source(config.build()))
}

impl DisplayAs for ScanOptions {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScanOptions")
    }
}

impl ExecutionPlan for ScanOptions {
    fn name(&self) -> &str {
        "ScanOptions"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.scan.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.scan]
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self {
            scan: children.swap_remove(0),
            options: self.options.clone(),
        }))
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, _: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        not_impl_err!("the options of a scan are for the wire only")
    }
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
        let Some(bytes) = bytes.strip_prefix(MAGIC) else {
            return self.0.try_decode(bytes, inputs, context, converter);
        };
        let options = Options::decode(bytes)
            .map_err(|error| DataFusionError::Internal(format!("bad options of a scan: {error}")))?;
        match inputs {
            [scan] => restore(scan, &options),
            _ => internal_err!("the options of a scan have {} scans", inputs.len()),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(scan) = node.downcast_ref::<ScanOptions>() else {
            return self.0.try_encode(node, bytes, converter);
        };
        bytes.extend_from_slice(MAGIC);
        bytes.extend(scan.options.encode_to_vec());
        Ok(())
    }
}
