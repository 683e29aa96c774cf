//! Adds a sort to operators that need ordered rows, so that the order is made within their own stage.

use crate::plan::rules::missing_sorts::{missing_order, sort};
use crate::plan::rules::rule::Plan;
use ballista_core::execution_plans::UnresolvedShuffleExec;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{replace_children_if_necessary, ExecutionPlanProperties, Partitioning};
use std::sync::Arc;

/// Ballista loses what is known of rows between stages: their order, and which columns are constant and need
/// no sort.
#[derive(Debug)]
pub struct ExplicitOrders;

impl PhysicalOptimizerRule for ExplicitOrders {
    fn optimize(&self, plan: Plan, _: &ConfigOptions) -> Result<Plan> {
        Ok(sorted(&plan)?.whole)
    }

    fn name(&self) -> &str {
        "explicit_orders"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// A plan in two versions: as a whole, and cut at its stage.
struct Staged {
    whole: Plan,
    /// Only the part that belongs to the stage of its root.
    stage: Plan,
}

fn sorted(node: &Plan) -> Result<Staged> {
    let children = node.children();
    if children.is_empty() {
        let (whole, stage) = (node.clone(), node.clone());
        return Ok(Staged { whole, stage });
    }
    let (mut wholes, mut stages) = (vec![], vec![]);
    for (child, required) in children.into_iter().zip(node.required_input_ordering()) {
        let Staged { mut whole, mut stage } = sorted(child)?;
        // The engine checks the whole plan, and also loses orders there.
        let missing = match missing_order(&stage, required.clone())? {
            None => missing_order(&whole, required)?,
            missing => missing,
        };
        if let Some(order) = missing {
            whole = sort(order.clone(), whole);
            stage = sort(order, stage);
        }
        wholes.push(whole);
        stages.push(match is_exchange(node) {
            true => shuffle(&stage),
            false => stage,
        });
    }
    Ok(Staged {
        whole: replace_children_if_necessary(node.clone(), wholes)?,
        stage: replace_children_if_necessary(node.clone(), stages)?,
    })
}

/// Ballista starts a stage at these nodes. It leaves out repartitions that are not by hash.
fn is_exchange(node: &Plan) -> bool {
    let hashed = |repartition: &RepartitionExec| matches!(repartition.partitioning(), Partitioning::Hash(..));
    node.downcast_ref::<RepartitionExec>().is_some_and(hashed)
        || node.is::<CoalescePartitionsExec>()
        || node.is::<SortPreservingMergeExec>()
}

/// A node that reads the rows of another stage.
fn shuffle(input: &Plan) -> Plan {
    let partitioning = input.output_partitioning().clone();
    Arc::new(UnresolvedShuffleExec::new(0, input.schema(), partitioning))
}
