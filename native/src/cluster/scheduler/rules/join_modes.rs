//! Decides once how each hash join is distributed (broadcast or partitioned), before distribution is planned.
//!
//! Ballista decides when it cuts a plan into stages. That is too late for what was planned above a join:
//! sorts, unions and windows then read only one of several partitions, or rows in another order.

use super::size::estimated_bytes;
use crate::config::cluster_options::ClusterOptions;
use crate::plan::rules::rule::Plan;
use datafusion::arrow::compute::SortOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::JoinType;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode, SortMergeJoinExec};
use std::sync::Arc;

/// The size of a hash table relative to the rows in it.
const HASH_TABLE_FACTOR: usize = 2;

/// The assumed size of a side of unknown size.
const UNKNOWN_BYTES: usize = 8 << 20;
/// What can be read in the time that one more stage costs.
const STAGE_BYTES: usize = 2 << 20;

/// Broadcasts a small side where that is correct. Otherwise partitions both sides by their keys, and uses a
/// sort-merge join if the hash tables would not fit into memory.
#[derive(Debug)]
pub struct JoinModes {
    pub slot_memory: Option<usize>,
}

impl PhysicalOptimizerRule for JoinModes {
    fn optimize(&self, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
        let options = config.extensions.get::<ClusterOptions>();
        let limit = options.cloned().unwrap_or_default().broadcast_max_bytes;
        let limit = limit.min(self.slot_memory.unwrap_or(usize::MAX) / HASH_TABLE_FACTOR);
        let partitions = config.execution.target_partitions;
        let plan = plan.transform_up(|node| {
            let Some(join) = node.downcast_ref::<HashJoinExec>() else {
                return Ok(Transformed::no(node));
            };
            // `WholeInputs` handles these.
            if join.null_aware {
                return Ok(Transformed::no(node));
            }
            if let Some(broadcast) = broadcast(join, limit, partitions)? {
                return Ok(Transformed::yes(broadcast));
            }
            let decided = match self.fits(join, partitions) {
                true => join
                    .builder()
                    .with_partition_mode(PartitionMode::Partitioned)
                    .build_exec()?,
                false => merged(join)?,
            };
            Ok(Transformed::yes(decided))
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "join_modes"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

impl JoinModes {
    /// Whether the hash table of one partition fits into the memory of one slot.
    fn fits(&self, join: &HashJoinExec, partitions: usize) -> bool {
        let (Some(memory), None) = (self.slot_memory, &join.projection) else {
            return true;
        };
        let table = estimated_bytes(&**join.left()).map(|bytes| bytes.saturating_mul(HASH_TABLE_FACTOR));
        table.is_none_or(|table| table / partitions.max(1) <= memory)
    }
}

fn broadcast(join: &HashJoinExec, limit: usize, partitions: usize) -> Result<Option<Plan>> {
    let (left, right) = (estimated_bytes(&**join.left()), estimated_bytes(&**join.right()));
    let pays =
        |side: Option<usize>, other| side.filter(|bytes| *bytes <= limit && pays(*bytes, other, partitions));
    let kind = *join.join_type();
    let from_left = pays(left, right).filter(|_| may_broadcast(kind));
    let from_right = pays(right, left).filter(|_| kind.supports_swap() && may_broadcast(kind.swap()));
    Ok(match (from_left, from_right) {
        (Some(left), right) if right.is_none_or(|right| left <= right) => {
            let join = join.builder().with_partition_mode(PartitionMode::CollectLeft);
            Some(join.build_exec()?)
        }
        (_, Some(_)) => Some(join.swap_inputs(PartitionMode::CollectLeft)?),
        _ => None,
    })
}

/// Whether it costs less that every task reads a whole side than that both sides are partitioned: the other tasks read
/// that side again, but the other side is not sent.
fn pays(bytes: usize, other: Option<usize>, partitions: usize) -> bool {
    let again = bytes.saturating_mul(partitions.saturating_sub(1));
    again <= other.unwrap_or(UNKNOWN_BYTES).saturating_add(STAGE_BYTES)
}

/// Whether every row of the result comes from one row of the right side. Each task has all rows of the left
/// side, but knows only its own matches.
pub fn may_broadcast(kind: JoinType) -> bool {
    matches!(
        kind,
        JoinType::Inner | JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark
    )
}

fn merged(join: &HashJoinExec) -> Result<Plan> {
    Ok(Arc::new(SortMergeJoinExec::try_new(
        join.left().clone(),
        join.right().clone(),
        join.on().to_vec(),
        join.filter().cloned(),
        *join.join_type(),
        vec![SortOptions::default(); join.on().len()],
        join.null_equality(),
    )?))
}
