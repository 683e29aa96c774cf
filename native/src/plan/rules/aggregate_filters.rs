//! Lets aggregates filter the rows of their scan only where that is correct.

use super::rule::{Plan, Rule};
use datafusion::common::tree_node::TreeNode;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::aggregates::AggregateExec;

/// DataFusion's rule lets `max(a)` skip rows that are not greater than the greatest so far. It overlooks a
/// `max(b + 1)` beside it, which may need these rows.
pub fn aggregate_filters(rule: &Rule, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
    if !plan.exists(|node: &Plan| Ok(node.downcast_ref().is_some_and(forgets)))? {
        return rule.optimize(plan, config);
    }
    let mut config = config.clone();
    config.optimizer.enable_aggregate_dynamic_filter_pushdown = false;
    rule.optimize(plan, &config)
}

fn forgets(aggregate: &AggregateExec) -> bool {
    let calls = aggregate.aggr_expr();
    let of_columns = calls
        .iter()
        .filter(|call| matches!(call.expressions().as_slice(), [arg] if arg.is::<Column>()));
    aggregate.group_expr().is_empty() && (1..calls.len()).contains(&of_columns.count())
}
