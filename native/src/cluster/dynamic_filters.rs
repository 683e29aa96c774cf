//! Dynamic filters: a join, a limit or an aggregate tells the scans below it which rows it needs.
//!
//! A serialized physical plan loses the link between the two, and a scan in another stage never has one. So
//! the scheduler plans without dynamic filters, and executors add them to the stages that they decode.

use crate::plan::rules::filter_pushdown;
use datafusion::error::Result;
use datafusion::physical_optimizer::filter_pushdown::FilterPushdown;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use std::sync::Arc;

pub const DYNAMIC_FILTERS: &str = "datafusion.optimizer.enable_dynamic_filter_pushdown";

/// Switches dynamic filters off for the scheduler's planner.
pub fn unplanned(config: SessionConfig) -> SessionConfig {
    config.set_bool(DYNAMIC_FILTERS, false)
}

/// Adds dynamic filters to the plan of a stage.
pub fn linked(stage: Arc<dyn ExecutionPlan>, config: &SessionConfig) -> Result<Arc<dyn ExecutionPlan>> {
    match config.options().optimizer.enable_dynamic_filter_pushdown {
        true => {
            let rule = filter_pushdown(Arc::new(FilterPushdown::new_post_optimization()));
            rule.optimize(stage, config.options())
        }
        false => Ok(stage),
    }
}
