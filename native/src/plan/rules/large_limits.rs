//! Keeps operators from reserving memory for all rows of a large LIMIT.

use super::rule::Plan;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::limit::{GlobalLimitExec, LocalLimitExec};
use datafusion::physical_plan::sorts::sort::SortExec;
use std::sync::Arc;

/// The largest limit that sorts and aggregates reserve memory for, about 150 MB.
const MOST_ROWS: usize = 1_000_000;

/// A sort with a limit, and an aggregate with one, reserve memory for as many rows before they read any. A LIMIT
/// of billions would end the process. Without the limit, sorts can spill to disk.
#[derive(Debug)]
pub struct LargeLimits;

impl PhysicalOptimizerRule for LargeLimits {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        plan.transform_up(|node| {
            if let Some(sort) = node.downcast_ref::<SortExec>() {
                return Ok(match sort.fetch() {
                    Some(fetch) if fetch > MOST_ROWS => Transformed::yes(limit_above(sort, fetch)),
                    _ => Transformed::no(node),
                });
            }
            let aggregate = node.downcast_ref::<AggregateExec>();
            let large = aggregate.filter(|aggregate| {
                let limit = aggregate.limit_options();
                limit.is_some_and(|limit| limit.limit() > MOST_ROWS)
            });
            Ok(match large {
                Some(aggregate) => Transformed::yes(Arc::new(aggregate.with_new_limit_options(None)) as Plan),
                None => Transformed::no(node),
            })
        })
        .data()
    }

    fn name(&self) -> &str {
        "large_limits"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The sort without its limit, below a node with the limit.
pub fn limit_above(sort: &SortExec, fetch: usize) -> Plan {
    let all = Arc::new(sort.with_fetch(None));
    match sort.preserve_partitioning() {
        true => Arc::new(LocalLimitExec::new(all, fetch)),
        false => Arc::new(GlobalLimitExec::new(all, 0, Some(fetch))),
    }
}
