//! Removes a limit inside a DISTINCT where its rows are in order.

use super::rule::Plan;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::AggregateExec;
use std::sync::Arc;

/// DataFusion's rule adds such a limit, which saves work, before sorts and merge joins give the rows an
/// order. An aggregate over ordered rows that has the limit then expects an order for the limit, and fails
/// because there is none.
#[derive(Debug)]
pub struct LimitedAggregates;

impl PhysicalOptimizerRule for LimitedAggregates {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        let plan = plan.transform_up(|node| {
            let Some(aggregate) = node.downcast_ref::<AggregateExec>() else {
                return Ok(Transformed::no(node));
            };
            let limit = aggregate.limit_options();
            let fails = limit.is_some_and(|limit| limit.descending().is_none())
                && aggregate.get_minmax_desc().is_none()
                && !aggregate.is_unordered_unfiltered_group_by_distinct();
            match fails {
                true => Ok(Transformed::yes(
                    Arc::new(aggregate.with_new_limit_options(None)) as Plan
                )),
                false => Ok(Transformed::no(node)),
            }
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "limited_aggregates"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
