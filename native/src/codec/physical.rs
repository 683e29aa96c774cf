//! Serializes physical plans that a scheduler sends to executors.

use super::function::{
    decode_aggregate, decode_scalar, decode_scan, decode_window, encode_aggregate, encode_scalar,
    encode_scan, encode_window, Way,
};
use super::note::{decode_note, encode_note};
use crate::functions::series::exec::SeriesExec;
use crate::plan::whole_query::WholeQueryExec;
use crate::udf::function::table_scan::JsTableExec;
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use std::sync::Arc;

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
        if let Some(whole) = WholeQueryExec::decode(bytes) {
            return whole;
        }
        if let Some(scan) = SeriesExec::decode(bytes, context) {
            return scan;
        }
        match decode_note(bytes, inputs) {
            Some(node) => node,
            None => self.0.try_decode(bytes, inputs, context, converter),
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
        if let Some(whole) = node.downcast_ref::<WholeQueryExec>() {
            whole.encode(bytes);
            return Ok(());
        }
        if let Some(scan) = node.downcast_ref::<SeriesExec>() {
            scan.encode(bytes);
            return Ok(());
        }
        match encode_note(&node)? {
            Some(note) => bytes.extend(note),
            None => self.0.try_encode(node, bytes, converter)?,
        }
        Ok(())
    }
}
