//! Metrics of a plan that ran here, in the form of a scheduler's answer for a job with one stage.

use crate::error::Result;
use crate::exec::map_stream::MapStreamExec;
use ballista_core::serde::protobuf::{
    GetJobMetricsResult, JobStageMetrics, OperatorMetricsSet, OperatorWithMetrics,
};
use datafusion::physical_plan::{displayable, ExecutionPlan, ExecutionPlanProperties};
use std::sync::Arc;

pub fn job_metrics(plan: &Arc<dyn ExecutionPlan>) -> Result<GetJobMetricsResult> {
    let mut operators = Vec::new();
    add_operators(plan, 0, &mut operators)?;
    let stage = JobStageMetrics {
        stage_id: 1,
        partitions: plan.output_partitioning().partition_count() as u32,
        operators,
    };
    Ok(GetJobMetricsResult { stages: vec![stage] })
}

fn add_operators(
    plan: &Arc<dyn ExecutionPlan>,
    depth: u32,
    operators: &mut Vec<OperatorWithMetrics>,
) -> Result<()> {
    let ours = plan.is::<MapStreamExec>();
    if !ours {
        let set: OperatorMetricsSet = plan.metrics().unwrap_or_default().try_into()?;
        operators.push(OperatorWithMetrics {
            depth,
            operator_type: plan.name().to_owned(),
            operator_desc: displayable(plan.as_ref())
                .one_line()
                .to_string()
                .trim_end()
                .to_owned(),
            metrics: set.metrics,
        });
    }
    let below = depth + u32::from(!ours);
    let mut children = plan.children().into_iter();
    children.try_for_each(|child| add_operators(child, below, operators))
}
