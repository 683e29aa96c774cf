//! A wrapper that hides a join or limit from rules, so that it stays as planned.

use crate::plan::rules::rule::Plan;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::Statistics;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{Distribution, LexOrdering, OrderingRequirements, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{CardinalityEffect, ReplaceChildrenOptions};
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::proto::ExecutionPlanEncodeCtx;
use datafusion::physical_plan::{
    ChildStats, ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan,
    InputDistributionRequirements, PlanProperties, StatisticsArgs,
};
use datafusion_proto::protobuf::PhysicalPlanNode;
use std::fmt;
use std::sync::Arc;

/// Replaces a node on the scheduler only: it serializes as the node itself.
///
/// It promises no order of its rows, so that no rule moves a sort below it. Rules move sorts by the positions
/// of columns, which they know only for DataFusion's own joins.
#[derive(Debug)]
pub struct Held {
    node: Plan,
    needs: Needs,
    properties: Arc<PlanProperties>,
}

/// What a node requires of its inputs besides its own requirements.
#[derive(Debug, Clone)]
enum Needs {
    Nothing,
    OnePartition,
    Order(LexOrdering),
}

impl Held {
    pub fn as_planned(join: Plan) -> Plan {
        Arc::new(Self::new(join, Needs::Nothing))
    }

    /// For a join that reads both sides whole.
    pub fn in_one_task(join: Plan) -> Plan {
        Arc::new(Self::new(join, Needs::OnePartition))
    }

    /// For a limit whose rows depend on the order of its input.
    pub fn in_order(limit: Plan, order: LexOrdering) -> Plan {
        Arc::new(Self::new(limit, Needs::Order(order)))
    }

    fn new(node: Plan, needs: Needs) -> Self {
        let mut properties = node.properties().as_ref().clone();
        let mut equivalences = properties.equivalence_properties().clone();
        equivalences.clear_orderings();
        properties.set_eq_properties(equivalences);
        Self {
            node,
            needs,
            properties: Arc::new(properties),
        }
    }
}

impl DisplayAs for Held {
    fn fmt_as(&self, format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node.fmt_as(format, f)
    }
}

impl ExecutionPlan for Held {
    fn name(&self) -> &str {
        self.node.name()
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        match self.needs {
            Needs::OnePartition => InputDistributionRequirements::new(vec![Distribution::SinglePartition; 2]),
            Needs::Nothing | Needs::Order(_) => self.node.input_distribution_requirements(),
        }
    }

    fn required_input_ordering(&self) -> Vec<Option<OrderingRequirements>> {
        match &self.needs {
            Needs::Order(order) => vec![Some(OrderingRequirements::from(order.clone()))],
            Needs::Nothing | Needs::OnePartition => self.node.required_input_ordering(),
        }
    }

    fn children(&self) -> Vec<&Plan> {
        self.node.children()
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Plan>,
        options: ReplaceChildrenOptions,
    ) -> Result<Plan> {
        let node = self.node.clone().replace_children(children, options)?;
        Ok(Arc::new(Self::new(node, self.needs.clone())))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Plan>) -> Result<Plan> {
        self.replace_children(
            children,
            ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute),
        )
    }

    fn apply_expressions(
        &self,
        visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.node.apply_expressions(visit)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.node.execute(partition, context)
    }

    fn metrics(&self) -> Option<MetricsSet> {
        self.node.metrics()
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        self.node.child_stats_requests(partition)
    }

    fn statistics_from_inputs(
        &self,
        inputs: &[Arc<Statistics>],
        args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        self.node.statistics_from_inputs(inputs, args)
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        self.node.cardinality_effect()
    }

    fn try_to_proto(&self, context: &ExecutionPlanEncodeCtx<'_>) -> Result<Option<PhysicalPlanNode>> {
        self.node.try_to_proto(context)
    }
}
