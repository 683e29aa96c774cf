//! Adds the sort that an operator needs where DataFusion wrongly assumed that its rows are in order.

use super::rule::Plan;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_expr::{LexOrdering, OrderingRequirements};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::{replace_children_if_necessary, ExecutionPlanProperties};
use std::sync::Arc;

/// DataFusion's rules may lose an order between two windows; its final check then rejects the plan.
#[derive(Debug)]
pub struct MissingSorts;

impl PhysicalOptimizerRule for MissingSorts {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        plan.transform_up(|node| sorted(node).map(Transformed::yes))
            .map(|plan| plan.data)
    }

    fn name(&self) -> &str {
        "missing_sorts"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn sorted(node: Plan) -> Result<Plan> {
    let children = node.children().into_iter().cloned();
    let children = children.zip(node.required_input_ordering());
    let children = children.map(|(child, required)| {
        Ok(match missing_order(&child, required)? {
            Some(order) => sort(order, child),
            None => child,
        })
    });
    let children = children.collect::<Result<Vec<_>>>()?;
    replace_children_if_necessary(node, children)
}

/// The order that is required of rows that do not have it.
pub fn missing_order(input: &Plan, required: Option<OrderingRequirements>) -> Result<Option<LexOrdering>> {
    let Some(required) = required.map(|required| required.into_single()) else {
        return Ok(None);
    };
    let known = input.equivalence_properties();
    let has = known.ordering_satisfy_requirement(required.clone())?;
    Ok((!has).then(|| required.into()))
}

/// Sorts each partition by itself.
pub fn sort(order: LexOrdering, input: Plan) -> Plan {
    Arc::new(SortExec::new(order, input).with_preserve_partitioning(true))
}
