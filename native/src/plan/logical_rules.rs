//! DataFusion's rules for logical plans, with a correction where one of them gives wrong rows.

use super::order_keys::OrderKeys;
use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::{Aggregate, Expr, GroupingSet, LogicalPlan};
use datafusion::optimizer::optimizer::{ApplyOrder, Optimizer};
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};
use std::sync::{Arc, LazyLock};

pub type LogicalRule = Arc<dyn OptimizerRule + Send + Sync>;

/// For sessions that optimize plans themselves.
pub static LOGICAL_RULES: LazyLock<Vec<LogicalRule>> = LazyLock::new(|| {
    let rules = Optimizer::new().rules.into_iter();
    let corrected = rules.map(|rule| match rule.name() {
        "push_down_filter" => Arc::new(PushDownFilter(rule)) as LogicalRule,
        _ => rule,
    });
    corrected.chain([Arc::new(OrderKeys) as LogicalRule]).collect()
});

/// Keeps filters above aggregates that return a row even for no input, such as `SELECT count(*) FROM t`.
/// DataFusion's rule moves conditions without columns below them: `SELECT * FROM (SELECT 'a' AS name, count(*)
/// FROM t) WHERE name = 'b'` would return the row `a, 0`.
#[derive(Debug)]
struct PushDownFilter(LogicalRule);

impl OptimizerRule for PushDownFilter {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.0.apply_order()
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match filters_rows_of_no_input(&plan) {
            true => Ok(Transformed::no(plan)),
            false => self.0.rewrite(plan, config),
        }
    }
}

fn filters_rows_of_no_input(plan: &LogicalPlan) -> bool {
    let LogicalPlan::Filter(filter) = plan else {
        return false;
    };
    match filter.input.as_ref() {
        LogicalPlan::Aggregate(aggregate) => has_row_of_no_input(aggregate),
        input => filters_rows_of_no_input(input),
    }
}

fn has_row_of_no_input(aggregate: &Aggregate) -> bool {
    match aggregate.group_expr.as_slice() {
        [] => true,
        [Expr::GroupingSet(GroupingSet::GroupingSets(sets))] => sets.iter().any(Vec::is_empty),
        [Expr::GroupingSet(GroupingSet::Cube(_) | GroupingSet::Rollup(_))] => true,
        _ => false,
    }
}
