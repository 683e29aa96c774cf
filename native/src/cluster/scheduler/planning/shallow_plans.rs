//! Limits the depth of plans from other clients, before the scheduler does anything else with them. Clients of this
//! package have done it.

use super::distributed_planner::coded;
use crate::plan::depth::into_shallow;
use crate::plan::depth::unions::flat_unions;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::AnalyzerRule;

#[derive(Debug)]
pub struct ShallowPlans;

impl AnalyzerRule for ShallowPlans {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        into_shallow(flat_unions(plan)?).map_err(|error| coded(error.into()))
    }

    fn name(&self) -> &str {
        "shallow_plans"
    }
}
