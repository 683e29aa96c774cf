//! A query that one executor runs alone, as one task: the leaf node of its plan.
//!
//! The scheduler wraps the logical plan in this node, which makes one stage with one task. The executor plans
//! it like single-node DataFusion, and streams its rows to the client.

use crate::exec::leaf::{leaf_node, one_partition};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::internal_err;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::execution_plan::EmissionType;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use prost::bytes::Bytes;
use prost::Message;
use std::fmt;
use std::sync::Arc;

/// Marks our message. The last byte is the version.
const MAGIC: &[u8] = b"ballista-whole\x01";

#[derive(Clone, PartialEq, Message)]
struct Packed {
    /// The serialized logical plan.
    #[prost(bytes = "bytes", tag = "1")]
    plan: Bytes,
    #[prost(bool, tag = "2")]
    calls_functions: bool,
    #[prost(bool, tag = "3")]
    writes: bool,
    #[prost(bool, tag = "4")]
    small: bool,
}

/// What the scheduler needs to know of a whole query without decoding it.
pub struct Facts {
    pub calls_functions: bool,
    pub writes: bool,
    /// The query scans little, so it may run beside the tasks that fill the slots.
    pub small: bool,
}

#[derive(Debug)]
pub struct WholeQueryExec {
    packed: Packed,
    properties: Arc<PlanProperties>,
}

impl WholeQueryExec {
    /// `plan` is the serialized logical plan; see `codec::whole_plan`.
    pub fn new(plan: Bytes, schema: SchemaRef, facts: Facts) -> Self {
        let packed = Packed {
            plan,
            calls_functions: facts.calls_functions,
            writes: facts.writes,
            small: facts.small,
        };
        Self::unpacked(packed, schema)
    }

    fn unpacked(packed: Packed, schema: SchemaRef) -> Self {
        let properties = one_partition(schema, EmissionType::Incremental);
        Self { packed, properties }
    }

    /// The node in a stage, if it has one.
    pub fn of(stage: &Arc<dyn ExecutionPlan>) -> Option<&Self> {
        match stage.children().as_slice() {
            [child] => child.downcast_ref().or_else(|| Self::of(child)),
            _ => None,
        }
    }

    pub fn calls_functions(&self) -> bool {
        self.packed.calls_functions
    }

    pub fn writes(&self) -> bool {
        self.packed.writes
    }

    pub fn is_small(&self) -> bool {
        self.packed.small
    }

    pub fn plan(&self) -> &Bytes {
        &self.packed.plan
    }

    pub fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(MAGIC);
        bytes.extend(self.packed.encode_to_vec());
    }

    /// Returns `None` for another kind of message. Columns are not decoded: only the executor that runs the
    /// query needs them, and it plans anew.
    pub fn decode(bytes: &[u8]) -> Option<Result<Arc<dyn ExecutionPlan>>> {
        let packed = Packed::decode(bytes.strip_prefix(MAGIC)?).map_err(bad);
        Some(packed.map(|packed| Arc::new(Self::unpacked(packed, Arc::new(Schema::empty()))) as _))
    }
}

fn bad(error: prost::DecodeError) -> DataFusionError {
    DataFusionError::Internal(format!("The serialized whole query cannot be decoded: {error}"))
}

impl DisplayAs for WholeQueryExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WholeQueryExec: small={}", self.packed.small)
    }
}

impl ExecutionPlan for WholeQueryExec {
    fn name(&self) -> &str {
        "WholeQueryExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    leaf_node!();

    fn execute(&self, _: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        internal_err!("A whole query must be planned by the executor before it runs")
    }
}
