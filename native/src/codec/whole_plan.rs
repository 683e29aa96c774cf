//! Serializes the logical plan inside a whole query's node.

use super::divided::{divided, whole};
use super::logical::LogicalCodec;
use crate::files::copy::sent_on;
use crate::plan::whole_query::{Facts, WholeQueryExec};
use crate::runtime::on_large_stack;
use crate::udf::rewrite::called::functions;
use datafusion::common::tree_node::TreeNode;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::LogicalPlan;
use datafusion_proto::logical_plan::AsLogicalPlan;
use datafusion_proto::protobuf::LogicalPlanNode;
use prost::Message;

pub fn whole_query(plan: &LogicalPlan, small: bool) -> Result<WholeQueryExec> {
    let sent = match plan {
        LogicalPlan::Copy(copy) => &LogicalPlan::Copy(sent_on(copy)?),
        plan => plan,
    };
    let message =
        LogicalPlanNode::try_from_logical_plan(&divided(sent.clone())?, &LogicalCodec::to_executor())?;
    let facts = Facts {
        calls_functions: !functions(plan)?.is_empty(),
        writes: plan.exists(|node| Ok(matches!(node, LogicalPlan::Copy(_) | LogicalPlan::Dml(_))))?,
        small,
    };
    let schema = plan.schema().inner().clone();
    Ok(WholeQueryExec::new(message.encode_to_vec().into(), schema, facts))
}

pub fn logical_plan(query: &WholeQueryExec, context: &TaskContext) -> Result<LogicalPlan> {
    let bad =
        |error| DataFusionError::Internal(format!("The serialized whole query cannot be decoded: {error}"));
    on_large_stack(query.plan().len(), || {
        let message = LogicalPlanNode::decode(query.plan().clone()).map_err(bad)?;
        whole(
            message.try_into_logical_plan(context, &LogicalCodec::default())?,
            context,
        )
    })
}
