//! Keeps the order of the rows below an OFFSET without LIMIT.

use super::rule::Plan;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_expr::{Distribution, OrderingRequirements};
use datafusion::physical_optimizer::output_requirements::OutputRequirementExec;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::limit::GlobalLimitExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::replace_children_if_necessary;
use datafusion::physical_plan::sorts::sort::SortExec;
use std::sync::Arc;

/// In a subquery, DataFusion removes the sort of `ORDER BY … OFFSET 3`, because a limit says nothing about order.
/// The limit then skips any three rows. A node of the engine's that requires the order keeps the sort; the engine
/// removes the node later. The limit moves below projections, because they may drop the columns of the order.
#[derive(Debug)]
pub struct OrderedLimits;

impl PhysicalOptimizerRule for OrderedLimits {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        plan.transform_up(|node| {
            Ok(match node.downcast_ref::<GlobalLimitExec>() {
                Some(limit) if limit.fetch().is_none() => match over_sort(limit.input(), limit.skip())? {
                    Some(plan) => Transformed::yes(plan),
                    None => Transformed::no(node),
                },
                _ => Transformed::no(node),
            })
        })
        .data()
    }

    fn name(&self) -> &str {
        "ordered_limits"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The plan with the OFFSET right above the sort. `None` if there is no sort.
fn over_sort(plan: &Plan, skip: usize) -> Result<Option<Plan>> {
    if let Some(sort) = plan.downcast_ref::<SortExec>() {
        let order = OrderingRequirements::from(sort.expr().clone());
        let ordered =
            OutputRequirementExec::new(plan.clone(), Some(order), Distribution::SinglePartition, None);
        return Ok(Some(Arc::new(GlobalLimitExec::new(
            Arc::new(ordered),
            skip,
            None,
        ))));
    }
    let Some(projection) = plan.downcast_ref::<ProjectionExec>() else {
        return Ok(None);
    };
    over_sort(projection.input(), skip)?
        .map(|input| replace_children_if_necessary(plan.clone(), vec![input]))
        .transpose()
}
