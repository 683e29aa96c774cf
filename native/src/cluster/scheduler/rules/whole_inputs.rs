//! Runs joins that must see all rows of both sides as one task.

use super::held::Held;
use super::join_modes::may_broadcast;
use super::size::estimated_bytes;
use crate::config::cluster_options::ClusterOptions;
use crate::plan::rules::rule::Plan;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec};

/// A nested loop join reads its left side whole and emits the left rows without a match; with several tasks,
/// every task would emit them. A null-aware join must know whether the right side has any null.
///
/// A nested loop join with swapped sides is safe: each task emits rows of its own part only.
#[derive(Debug)]
pub struct WholeInputs;

impl PhysicalOptimizerRule for WholeInputs {
    fn optimize(&self, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
        let options = config.extensions.get::<ClusterOptions>();
        let limit = options.cloned().unwrap_or_default().broadcast_max_bytes;
        let plan = plan.transform_up(|node| {
            if node
                .downcast_ref::<HashJoinExec>()
                .is_some_and(|join| join.null_aware)
            {
                return Ok(Transformed::yes(Held::in_one_task(node)));
            }
            let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() else {
                return Ok(Transformed::no(node));
            };
            let kind = *join.join_type();
            if may_broadcast(kind) {
                return Ok(Transformed::no(node));
            }
            let small = limit > 0 && estimated_bytes(&**join.right()).is_none_or(|bytes| bytes <= limit);
            Ok(Transformed::yes(
                match small && kind.supports_swap() && may_broadcast(kind.swap()) {
                    true => join.swap_inputs()?,
                    false => Held::in_one_task(node),
                },
            ))
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "whole_inputs"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
