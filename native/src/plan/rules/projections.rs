//! Keeps projections above merge joins that have a condition besides their keys.

use super::rule::{Plan, Rule};
use datafusion::common::tree_node::TreeNode;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_plan::joins::SortMergeJoinExec;

/// DataFusion's rule moves columns below such a join without changing the condition, which then reads other
/// columns.
pub fn projections(rule: &Rule, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
    let conditional = plan.exists(|node: &Plan| {
        let join = node.downcast_ref::<SortMergeJoinExec>();
        Ok(join.is_some_and(|join| join.filter().is_some()))
    })?;
    match conditional {
        true => Ok(plan),
        false => rule.optimize(plan, config),
    }
}
