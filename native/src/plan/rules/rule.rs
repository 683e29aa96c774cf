//! The types of physical plans and of rules for them.

use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

pub type Plan = Arc<dyn ExecutionPlan>;
pub type Rule = Arc<dyn PhysicalOptimizerRule + Send + Sync>;

/// Runs one of DataFusion's rules, with a correction around it.
type Correction = fn(&Rule, Plan, &ConfigOptions) -> Result<Plan>;

#[derive(Debug)]
struct Corrected {
    rule: Rule,
    correction: Correction,
}

/// The rule with a correction, under its own name.
pub fn corrected(rule: Rule, correction: Correction) -> Rule {
    Arc::new(Corrected { rule, correction })
}

impl PhysicalOptimizerRule for Corrected {
    fn optimize(&self, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
        (self.correction)(&self.rule, plan, config)
    }

    fn name(&self) -> &str {
        self.rule.name()
    }

    fn schema_check(&self) -> bool {
        self.rule.schema_check()
    }
}
