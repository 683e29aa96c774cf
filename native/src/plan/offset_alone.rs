//! Restores an OFFSET without LIMIT, which `client::query::portable` sends with the largest limit.

use datafusion::common::tree_node::{Transformed, TransformedResult};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::{FetchType, Limit, LogicalPlan, SkipType};
use datafusion::optimizer::AnalyzerRule;

/// An OFFSET without LIMIT arrives with the largest number as its limit. This rule removes that limit.
#[derive(Debug)]
pub struct OffsetAlone;

impl AnalyzerRule for OffsetAlone {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        offset_alone(plan)
    }

    fn name(&self) -> &str {
        "offset_alone"
    }
}

pub fn offset_alone(plan: LogicalPlan) -> Result<LogicalPlan> {
    let plan = plan.transform_down_with_subqueries(|node| match node {
        LogicalPlan::Limit(limit) if is_unlimited(&limit)? => {
            Ok(Transformed::yes(LogicalPlan::Limit(Limit {
                fetch: None,
                ..limit
            })))
        }
        node => Ok(Transformed::no(node)),
    });
    plan.data()
}

fn is_unlimited(limit: &Limit) -> Result<bool> {
    Ok(match (limit.get_skip_type()?, limit.get_fetch_type()?) {
        (SkipType::Literal(skip), FetchType::Literal(Some(fetch))) => skip + fetch >= i64::MAX as usize,
        _ => false,
    })
}
