//! Keeps planned joins, and limits over ordered rows, unchanged when the plan is cut into stages.

use super::held::Held;
use crate::plan::rules::rule::Plan;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode};
use datafusion::physical_plan::limit::GlobalLimitExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{replace_children_if_necessary, ExecutionPlanProperties};
use std::sync::Arc;

/// Ballista repartitions broadcast joins, and swaps the sides of partitioned joins once it knows how large
/// they are. It may swap, unless the order of the rows matters. It also plans the sorts of a single stage
/// again, and no longer sees there that the rows below a limit are in order.
#[derive(Debug)]
pub struct Hold;

impl PhysicalOptimizerRule for Hold {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        let plan = plan.transform_up(|node| {
            if let Some(join) = node.downcast_ref::<HashJoinExec>() {
                let broadcast = *join.partition_mode() == PartitionMode::CollectLeft;
                let ordered = node.output_ordering().is_some();
                return Ok(match (broadcast, ordered) {
                    (true, _) => Transformed::yes(Held::as_planned(built_once(node)?)),
                    (_, true) => Transformed::yes(Held::as_planned(node)),
                    _ => Transformed::no(node),
                });
            }
            let limit = node.downcast_ref::<GlobalLimitExec>();
            Ok(match limit.and_then(|limit| limit.input().output_ordering()) {
                Some(order) => Transformed::yes(Held::in_order(node.clone(), order.clone())),
                None => Transformed::no(node),
            })
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "hold"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Runs the broadcast side once, in its own stage. Without that, every task runs it in its own stage, which
/// is right only for reading a small file.
fn built_once(join: Plan) -> Result<Plan> {
    let children = join.children();
    let (left, right) = (children[0].clone(), children[1].clone());
    if left.output_partitioning().partition_count() > 1 || is_exchange(&left) || only_reads(&left) {
        return Ok(join);
    }
    let left: Plan = Arc::new(CoalescePartitionsExec::new(left));
    replace_children_if_necessary(join, vec![left, right])
}

fn is_exchange(node: &Plan) -> bool {
    node.is::<CoalescePartitionsExec>() || node.is::<SortPreservingMergeExec>()
}

fn only_reads(node: &Plan) -> bool {
    match node.children().as_slice() {
        [] => true,
        [input] if node.is::<FilterExec>() || node.is::<ProjectionExec>() => only_reads(input),
        _ => false,
    }
}
