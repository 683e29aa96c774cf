//! Physical plans as JSON trees, with the metrics of a run.

use super::metrics::metrics;
use crate::error::{Error, Result};
use ballista_core::serde::protobuf::{GetJobMetricsResult, OperatorMetricsSet};
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::{displayable, ExecutionPlan, ExecutionPlanProperties, Partitioning};
use serde_json::{json, Value};
use std::sync::Arc;

/// Includes metrics if the plan has run.
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

/// A plan that ran here counts as one stage.
pub fn analyzed(plan: &Arc<dyn ExecutionPlan>) -> String {
    let stage = json!({
        "stage": 0,
        "partitions": plan.output_partitioning().partition_count(),
        "root": tree(plan),
    });
    json!({ "stages": [stage] }).to_string()
}

/// The stages of a job. The scheduler lists the operators of each stage from the root down.
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

/// Turns a pre-order list with depths into a tree.
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
