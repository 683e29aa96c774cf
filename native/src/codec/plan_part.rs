//! A part of a deep plan. It travels as bytes, like the parts of expressions.

use crate::runtime::{on_large_stack, ANY_SIZE};
use datafusion::common::DFSchemaRef;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Expr, Extension, LogicalPlan, UserDefinedLogicalNodeCore};
use datafusion_proto::logical_plan::{AsLogicalPlan, LogicalExtensionCodec};
use datafusion_proto::protobuf::LogicalPlanNode;
use prost::Message;
use std::fmt;
use std::sync::Arc;

/// Marks our messages. The last byte is the version.
const MAGIC: &[u8] = b"ballista-plan\x01";

/// A leaf, so that the engine does not serialize what is below it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Hash)]
pub struct PlanPart(LogicalPlan);

impl PlanPart {
    pub fn of(plan: LogicalPlan) -> LogicalPlan {
        let node = Arc::new(Self(plan));
        LogicalPlan::Extension(Extension { node })
    }

    /// The plan of a node, if it is a part.
    pub fn plan(node: &LogicalPlan) -> Option<&LogicalPlan> {
        let LogicalPlan::Extension(Extension { node }) = node else {
            return None;
        };
        node.as_any().downcast_ref::<Self>().map(|Self(plan)| plan)
    }
}

impl UserDefinedLogicalNodeCore for PlanPart {
    fn name(&self) -> &str {
        "PlanPart"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![]
    }

    fn schema(&self) -> &DFSchemaRef {
        self.0.schema()
    }

    fn expressions(&self) -> Vec<Expr> {
        vec![]
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }

    fn with_exprs_and_inputs(&self, _: Vec<Expr>, _: Vec<LogicalPlan>) -> Result<Self> {
        Ok(Self(self.0.clone()))
    }
}

/// Returns false if the node is not a part.
pub fn encode_plan_part(
    node: &Extension,
    codec: &dyn LogicalExtensionCodec,
    bytes: &mut Vec<u8>,
) -> Result<bool> {
    let Some(PlanPart(plan)) = node.node.as_any().downcast_ref() else {
        return Ok(false);
    };
    bytes.extend_from_slice(MAGIC);
    bytes.extend(LogicalPlanNode::try_from_logical_plan(plan, codec)?.encode_to_vec());
    Ok(true)
}

/// The message of the plan in a part. `None` if it is not a part.
pub fn message(bytes: &[u8]) -> Option<&[u8]> {
    bytes.strip_prefix(MAGIC)
}

/// `None` if it is not a part.
pub fn decode_plan_part(
    bytes: &[u8],
    codec: &dyn LogicalExtensionCodec,
    context: &TaskContext,
) -> Option<Result<Extension>> {
    let message = LogicalPlanNode::decode(message(bytes)?);
    let message = message
        .map_err(|error| DataFusionError::Internal(format!("The part of a plan cannot be decoded: {error}")));
    // A part can contain another part.
    let plan = on_large_stack(ANY_SIZE, || message?.try_into_logical_plan(context, codec));
    Some(plan.map(|plan| Extension {
        node: Arc::new(PlanPart(plan)),
    }))
}
