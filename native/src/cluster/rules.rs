//! The engine's rules for physical plans, and what they get wrong on the way to a cluster.

use crate::files::staged::StagedFiles;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_expr::LexOrdering;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::joins::{HashJoinExec, PartitionMode, SortMergeJoinExec};
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec};
use datafusion::physical_plan::{replace_children_if_necessary, ExecutionPlan, ExecutionPlanProperties};
use std::sync::Arc;

type Plan = Arc<dyn ExecutionPlan>;
type Rule = Arc<dyn PhysicalOptimizerRule + Send + Sync>;

/// The rules with ours among them.
pub fn corrected(rules: &[Rule]) -> Vec<Rule> {
    let mut all: Vec<Rule> = Vec::with_capacity(rules.len() + 3);
    for rule in rules {
        match rule.name() {
            "ProjectionPushdown" => all.push(Arc::new(ProjectionPushdown(rule.clone()))),
            "join_selection" => all.extend([rule.clone(), Arc::new(PartitionedJoins) as _]),
            _ => all.push(rule.clone()),
        }
    }
    all.push(Arc::new(ExplicitPartitionKeys));
    all.push(Arc::new(StagedFiles));
    all
}

/// Below a merge join with a condition beside its keys, the engine's rule moves columns without
/// telling the condition, which then reads others.
#[derive(Debug)]
struct ProjectionPushdown(Rule);

impl PhysicalOptimizerRule for ProjectionPushdown {
    fn optimize(&self, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
        let conditional = plan.exists(|node: &Plan| {
            let join = node.downcast_ref::<SortMergeJoinExec>();
            Ok(join.is_some_and(|join| join.filter().is_some()))
        })?;
        match conditional {
            true => Ok(plan),
            false => self.0.optimize(plan, config),
        }
    }

    fn name(&self) -> &str {
        self.0.name()
    }

    fn schema_check(&self) -> bool {
        self.0.schema_check()
    }
}

/// Which joins are broadcast Ballista decides when it makes stages, and takes back what DataFusion
/// has decided before: too late for what was planned above, which then reads one partition of
/// several. A null-aware join it handles itself.
#[derive(Debug)]
struct PartitionedJoins;

impl PhysicalOptimizerRule for PartitionedJoins {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        let plan = plan.transform_up(|node| {
            let join = node.downcast_ref::<HashJoinExec>();
            let join =
                join.filter(|join| *join.partition_mode() == PartitionMode::CollectLeft && !join.null_aware);
            Ok(match join {
                Some(join) => {
                    let join = join.builder().with_partition_mode(PartitionMode::Partitioned);
                    Transformed::yes(join.build_exec()?)
                }
                None => Transformed::no(node),
            })
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "partitioned_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// A window over a key that a filter makes constant needs no sort by it, but that it is constant
/// gets lost where a plan is cut into stages. So it is sorted by all the same.
#[derive(Debug)]
struct ExplicitPartitionKeys;

impl PhysicalOptimizerRule for ExplicitPartitionKeys {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        let plan = plan.transform_up(|node| {
            if !node.is::<BoundedWindowAggExec>() && !node.is::<WindowAggExec>() {
                return Ok(Transformed::no(node));
            }
            let input = node.children()[0].clone();
            let required = node.required_input_ordering().swap_remove(0);
            let Some(required) = required.map(|required| LexOrdering::from(required.into_single())) else {
                return Ok(Transformed::no(node));
            };
            let sorted = input.output_ordering();
            let explicit = required
                .iter()
                .all(|key| sorted.is_some_and(|sorted| sorted.iter().any(|have| have.expr.eq(&key.expr))));
            if explicit {
                return Ok(Transformed::no(node));
            }
            let sort = SortExec::new(required, input).with_preserve_partitioning(true);
            replace_children_if_necessary(node, vec![Arc::new(sort)]).map(Transformed::yes)
        });
        plan.data()
    }

    fn name(&self) -> &str {
        "explicit_partition_keys"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
