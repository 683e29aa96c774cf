//! A physical node that only maps the record batch stream of its input. Metrics leave it out, so that the
//! scheduler finds the operators that it knows.

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use std::fmt;
use std::sync::Arc;

type Change = dyn Fn(SendableRecordBatchStream) -> SendableRecordBatchStream + Send + Sync;

pub struct MapStreamExec {
    name: &'static str,
    input: Arc<dyn ExecutionPlan>,
    change: Arc<Change>,
}

impl MapStreamExec {
    /// `change` must keep columns and order.
    pub fn plan(
        name: &'static str,
        input: Arc<dyn ExecutionPlan>,
        change: impl Fn(SendableRecordBatchStream) -> SendableRecordBatchStream + Send + Sync + 'static,
    ) -> Arc<dyn ExecutionPlan> {
        let change = Arc::new(change);
        Arc::new(Self { name, input, change })
    }
}

impl fmt::Debug for MapStreamExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple(self.name).field(&self.input).finish()
    }
}

impl DisplayAs for MapStreamExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl ExecutionPlan for MapStreamExec {
    fn name(&self) -> &str {
        self.name
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self {
            name: self.name,
            input: children.swap_remove(0),
            change: self.change.clone(),
        }))
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let batches = self.input.execute(partition, context)?;
        Ok((self.change)(batches))
    }
}
