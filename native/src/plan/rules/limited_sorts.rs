//! Keeps limits of sorts above merge joins.

use super::large_limits::limit_above;
use super::rule::{Plan, Rule};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_plan::joins::SortMergeJoinExec;
use datafusion::physical_plan::sorts::sort::SortExec;

/// If a merge join returns its rows in the order of a sort above it, DataFusion's rule removes the sort and moves
/// its limit to the inputs of the join. So the limit becomes a node of its own. A later rule joins the two again.
pub fn limited_sorts(rule: &Rule, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
    rule.optimize(plan.transform_up(separated).data()?, config)
}

fn separated(node: Plan) -> Result<Transformed<Plan>> {
    let Some((sort, fetch)) = node
        .downcast_ref()
        .and_then(|sort: &SortExec| Some((sort, sort.fetch()?)))
    else {
        return Ok(Transformed::no(node));
    };
    if !sort
        .input()
        .exists(|below: &Plan| Ok(below.is::<SortMergeJoinExec>()))?
    {
        return Ok(Transformed::no(node));
    }
    Ok(Transformed::yes(limit_above(sort, fetch)))
}
