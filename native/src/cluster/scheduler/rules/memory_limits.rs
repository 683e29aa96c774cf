//! Keeps limits above in-memory sources.

use crate::plan::rules::rule::Plan;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::limit::LocalLimitExec;
use std::sync::Arc;

/// DataFusion moves a limit into an in-memory source. The limit is lost when a task gets its part of the
/// rows.
#[derive(Debug)]
pub struct MemoryLimits;

impl PhysicalOptimizerRule for MemoryLimits {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        let plan = plan.transform_up(|node| {
            let source = node.downcast_ref::<DataSourceExec>();
            let in_memory = source.is_some_and(|source| {
                source
                    .data_source()
                    .downcast_ref::<MemorySourceConfig>()
                    .is_some()
            });
            Ok(match node.fetch().filter(|_| in_memory) {
                Some(rows) => Transformed::yes(Arc::new(LocalLimitExec::new(node, rows)) as _),
                None => Transformed::no(node),
            })
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "memory_limits"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
