//! Takes results of aggregates from statistics only where that is correct.

use super::rule::{Plan, Rule};
use datafusion::common::tree_node::TreeNode;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_plan::aggregates::AggregateExec;

/// DataFusion's rule replaces an aggregate such as `count(*)` by a number that is known from the files. It passes
/// over aggregates with FILTER to look for one below, and then replaces the upper one, too: `SELECT sum(n) FILTER
/// (WHERE n > 100) FROM (SELECT count(*) AS n FROM t)` returned the count.
pub fn aggregate_statistics(rule: &Rule, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
    match plan.exists(|node: &Plan| is_filtered_over_another(node))? {
        true => Ok(plan),
        false => rule.optimize(plan, config),
    }
}

fn is_filtered_over_another(node: &Plan) -> Result<bool> {
    let filtered = |node: &Plan| {
        let aggregate: Option<&AggregateExec> = node.downcast_ref();
        aggregate.is_some_and(|aggregate| aggregate.filter_expr().iter().any(Option::is_some))
    };
    if !filtered(node) {
        return Ok(false);
    }
    node.children()[0].exists(|below: &Plan| Ok(below.is::<AggregateExec>() && !filtered(below)))
}
