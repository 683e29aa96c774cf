//! Keeps operators from reserving memory for all rows of a large LIMIT, or for as many centroids as a query wants.

use super::rule::Plan;
use crate::error::{Code, Error};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::ScalarValue;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;
use datafusion::physical_expr::expressions::Literal;
use datafusion::physical_expr::window::{PlainAggregateWindowExpr, SlidingAggregateWindowExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::limit::{GlobalLimitExec, LocalLimitExec};
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec};
use std::sync::Arc;

/// The largest limit that sorts reserve memory for, about 150 MB.
const MOST_ROWS: usize = 1_000_000;
/// The largest limit that aggregates reserve memory for, about 15 MB in each partition.
const MOST_GROUPS: usize = 100_000;
/// The most centroids of `approx_percentile_cont`, which reserves memory for them in each group.
const MOST_CENTROIDS: u64 = 100_000;

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
            aggregates(&node).try_for_each(check_centroids)?;
            let aggregate = node.downcast_ref::<AggregateExec>();
            let large = aggregate.filter(|aggregate| {
                let limit = aggregate.limit_options();
                limit.is_some_and(|limit| limit.limit() > MOST_GROUPS)
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

/// The aggregate functions of a node, also those over windows.
fn aggregates(node: &Plan) -> impl Iterator<Item = &AggregateFunctionExpr> {
    let aggregate = node.downcast_ref::<AggregateExec>();
    let grouped = aggregate.map_or(&[][..], |aggregate| aggregate.aggr_expr());
    let windows = match (
        node.downcast_ref::<WindowAggExec>(),
        node.downcast_ref::<BoundedWindowAggExec>(),
    ) {
        (Some(node), _) => node.window_expr(),
        (_, Some(node)) => node.window_expr(),
        _ => &[],
    };
    let windows = windows.iter().filter_map(|window| {
        let window = window.as_any();
        let plain = window.downcast_ref::<PlainAggregateWindowExpr>();
        let sliding = || window.downcast_ref::<SlidingAggregateWindowExpr>();
        plain
            .map(PlainAggregateWindowExpr::get_aggregate_expr)
            .or_else(|| sliding().map(SlidingAggregateWindowExpr::get_aggregate_expr))
    });
    grouped.iter().map(Arc::as_ref).chain(windows)
}

fn check_centroids(aggregate: &AggregateFunctionExpr) -> Result<()> {
    let name = aggregate.fun().name();
    if !name.starts_with("approx_percentile_cont") {
        return Ok(());
    }
    let expressions = aggregate.expressions();
    let last = expressions.last().and_then(|last| last.downcast_ref::<Literal>());
    let centroids = match last.map(Literal::value) {
        Some(last) if last.data_type().is_integer() => match last.cast_to(&DataType::UInt64)? {
            ScalarValue::UInt64(centroids) => centroids,
            _ => None,
        },
        _ => None,
    };
    match centroids {
        Some(centroids) if centroids > MOST_CENTROIDS => Err(Error::new(
            Code::Plan,
            format!("{name} takes at most {MOST_CENTROIDS} centroids, not {centroids}."),
        )
        .into()),
        _ => Ok(()),
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
