//! The types of physical plans and of rules for them.

use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

pub type Plan = Arc<dyn ExecutionPlan>;
pub type Rule = Arc<dyn PhysicalOptimizerRule + Send + Sync>;
