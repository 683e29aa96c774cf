//! Stops filters on their way to a scan where their columns are ambiguous.

use super::rule::{Plan, Rule};
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::JoinType;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::filter_pushdown::{
    ChildFilterDescription, FilterDescription, FilterPushdownPhase,
};
use datafusion::physical_plan::joins::HashJoinExec;
use datafusion::physical_plan::{
    replace_children_if_necessary, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties,
};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

/// DataFusion's rule finds the columns of a filter by name at each node. If two columns of the node have that
/// name, it takes the first. At a semi join it takes any column of the other side that has the name of a key.
/// The filter then removes rows of another column. While the rule runs, gates stop such filters.
pub fn ambiguous_filters(rule: &Rule, plan: Plan, config: &ConfigOptions) -> Result<Plan> {
    let gated = plan.transform_up(with_gates)?;
    let plan = rule.optimize(gated.data, config)?;
    match gated.transformed {
        true => plan.transform_up(without_gates).map(|plan| plan.data),
        false => Ok(plan),
    }
}

fn with_gates(node: Plan) -> Result<Transformed<Plan>> {
    let children: Vec<_> = node.children().into_iter().cloned().collect();
    let mut gated = false;
    let children = children.into_iter().enumerate().map(|(side, input)| {
        let mut stopped = repeated_names(&input);
        stopped.extend(
            node.downcast_ref()
                .into_iter()
                .flat_map(|join| other_keys(join, side)),
        );
        match stopped.is_empty() {
            true => input,
            false => {
                gated = true;
                let columns = 0..input.schema().fields().len();
                let open = columns.filter(|column| !stopped.contains(column)).collect();
                Arc::new(Gate { input, open }) as Plan
            }
        }
    });
    let children = children.collect();
    match gated {
        true => replace_children_if_necessary(node, children).map(Transformed::yes),
        false => Ok(Transformed::no(node)),
    }
}

fn without_gates(node: Plan) -> Result<Transformed<Plan>> {
    Ok(match node.downcast_ref::<Gate>() {
        Some(gate) => Transformed::yes(gate.input.clone()),
        None => Transformed::no(node),
    })
}

fn repeated_names(node: &Plan) -> HashSet<usize> {
    let schema = node.schema();
    let mut columns: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, field) in schema.fields().iter().enumerate() {
        columns.entry(field.name()).or_default().push(index);
    }
    let repeated = columns.into_values().filter(|like| like.len() > 1);
    repeated.flatten().collect()
}

/// The columns of the side of a semi join that it does not return which have the name of a key of the other side,
/// but are not compared with that key.
fn other_keys(join: &HashJoinExec, side: usize) -> Vec<usize> {
    let input = join.children()[side].schema();
    let keys = join.on().iter().filter_map(|(left, right)| {
        let (returned, compared) = match (join.join_type(), side) {
            (JoinType::LeftSemi, 1) => (left, right),
            (JoinType::RightSemi, 0) => (right, left),
            _ => return None,
        };
        let named = input.index_of(returned.downcast_ref::<Column>()?.name()).ok()?;
        let same = compared
            .downcast_ref::<Column>()
            .is_some_and(|column| column.index() == named);
        (!same).then_some(named)
    });
    keys.collect()
}

/// Lets filters on the `open` columns through. Exists only while the rule runs.
#[derive(Debug)]
struct Gate {
    input: Plan,
    open: HashSet<usize>,
}

impl DisplayAs for Gate {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl ExecutionPlan for Gate {
    fn name(&self) -> &str {
        "Gate"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Plan> {
        vec![&self.input]
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Plan>) -> Result<Plan> {
        Ok(Arc::new(Self {
            input: children.swap_remove(0),
            open: self.open.clone(),
        }))
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.input.execute(partition, context)
    }

    fn gather_filters_for_pushdown(
        &self,
        _: FilterPushdownPhase,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterDescription> {
        let open = self.open.clone();
        let child = ChildFilterDescription::from_child_with_allowed_indices(&filters, open, &self.input)?;
        Ok(FilterDescription::new().with_child(child))
    }
}
