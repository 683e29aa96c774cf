//! Physical plans: what the planner of this process makes of a query, and what a run measured.

use super::metrics::metrics;
use super::{no_message, no_plan};
use crate::codec::{noted, PhysicalCodec};
use crate::error::{Code, Error, Result};
use crate::session::Session;
use ballista_core::serde::protobuf::{GetJobMetricsResult, OperatorMetricsSet};
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::{displayable, ExecutionPlan, ExecutionPlanProperties, Partitioning};
use datafusion_proto::bytes::{
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use serde_json::{json, Value};
use std::sync::Arc;

#[napi]
pub struct NativeExecutionPlan(Arc<dyn ExecutionPlan>);

impl NativeExecutionPlan {
    pub fn new(plan: Arc<dyn ExecutionPlan>) -> Self {
        Self(plan)
    }

    pub fn from_bytes(session: &Session, bytes: &[u8]) -> Result<Self> {
        let context = session.context().task_ctx();
        let plan = physical_plan_from_bytes_with_extension_codec(bytes, &context, &PhysicalCodec::default());
        Ok(Self(plan.map_err(no_plan)?))
    }
}

#[napi]
impl NativeExecutionPlan {
    /// JSON: a node with its children.
    #[napi(catch_unwind)]
    pub fn tree(&self) -> String {
        tree(&self.0).to_string()
    }

    /// The node at a path of indexes of children.
    #[napi(catch_unwind)]
    pub fn to_bytes(&self, path: Vec<u32>) -> napi::Result<Buffer> {
        let mut plan = self.0.clone();
        for index in path {
            let child = plan.children().get(index as usize).map(|child| Arc::clone(child));
            plan = child.ok_or_else(|| Error::new(Code::InvalidArgument, "There is no such node."))?;
        }
        Ok(encode(plan)?)
    }
}

fn encode(plan: Arc<dyn ExecutionPlan>) -> Result<Buffer> {
    let plan = noted(plan)?;
    let bytes = physical_plan_to_bytes_with_extension_codec(plan, &PhysicalCodec::default());
    let bytes = bytes.map_err(no_message)?;
    Ok(Buffer::from(bytes.to_vec()))
}

/// With what was measured, if it has run.
pub fn tree(plan: &Arc<dyn ExecutionPlan>) -> Value {
    let mut node = json!({
        "name": plan.name(),
        "display": displayable(plan.as_ref()).one_line().to_string().trim_end(),
        "partitioning": partitioning(plan.output_partitioning()),
        "children": plan.children().into_iter().map(tree).collect::<Vec<_>>(),
    });
    if let Some(set) = plan.metrics() {
        node["metrics"] = metrics(&set).into();
    }
    node
}

fn partitioning(partitioning: &Partitioning) -> Value {
    let count = partitioning.partition_count();
    match partitioning {
        Partitioning::RoundRobinBatch(_) => json!({ "scheme": "RoundRobinBatch", "partitionCount": count }),
        Partitioning::Hash(exprs, _) => {
            let exprs: Vec<_> = exprs.iter().map(ToString::to_string).collect();
            json!({ "scheme": "Hash", "partitionCount": count, "hashExpressions": exprs })
        }
        Partitioning::Range(_) => json!({ "scheme": "Range", "partitionCount": count }),
        Partitioning::UnknownPartitioning(_) => {
            json!({ "scheme": "UnknownPartitioning", "partitionCount": count })
        }
    }
}

/// A plan that ran here is one stage.
pub fn analyzed(plan: &Arc<dyn ExecutionPlan>) -> String {
    let stage = json!({
        "stage": 0,
        "partitions": plan.output_partitioning().partition_count(),
        "root": tree(plan),
    });
    json!({ "stages": [stage] }).to_string()
}

/// The stages of a job; the scheduler lists the operators of each from the root down.
pub fn stages(job: &GetJobMetricsResult) -> Result<String> {
    let mut stages = Vec::new();
    for stage in &job.stages {
        let mut operators = Vec::new();
        for operator in &stage.operators {
            let set = OperatorMetricsSet {
                metrics: operator.metrics.clone(),
            };
            let set: MetricsSet = set.try_into().map_err(Error::from)?;
            let name = operator
                .operator_desc
                .split([':', ' '])
                .next()
                .unwrap_or_default();
            let node = json!({
                "name": name,
                "display": operator.operator_desc,
                "metrics": metrics(&set),
                "children": [],
            });
            operators.push((operator.depth, node));
        }
        stages.push(json!({
            "stage": stage.stage_id,
            "partitions": stage.partitions,
            "root": nested(operators),
        }));
    }
    Ok(json!({ "stages": stages }).to_string())
}

/// A list in pre-order, with depths, as a tree.
fn nested(operators: Vec<(u32, Value)>) -> Value {
    let mut open: Vec<(u32, Value)> = Vec::new();
    let close = |open: &mut Vec<(u32, Value)>| {
        let Some((_, child)) = open.pop() else { return };
        match open
            .last_mut()
            .and_then(|(_, parent)| parent["children"].as_array_mut())
        {
            Some(children) => children.push(child),
            None => open.push((0, child)),
        }
    };
    for (depth, node) in operators {
        while open.len() > 1 && open.last().is_some_and(|(last, _)| *last >= depth) {
            close(&mut open);
        }
        open.push((depth, node));
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map_or(Value::Null, |(_, root)| root)
}
