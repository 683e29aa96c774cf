//! EXPLAIN ANALYZE: runs the query on the cluster, then asks the scheduler what it measured.

use super::query::RemoteQueryExec;
use crate::error::{Code, Error};
use ballista_core::serde::protobuf::{GetJobMetricsResult, OperatorMetricsSet};
use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::format::{ExplainAnalyzeCategories, MetricCategory, MetricType};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{MetricValue, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use futures::{stream, TryStreamExt};
use std::fmt;
use std::sync::Arc;

/// Which metrics are shown.
#[derive(Clone, Debug)]
pub struct Shown {
    pub level: MetricType,
    pub categories: ExplainAnalyzeCategories,
}

impl Shown {
    /// The scheduler tells neither levels nor categories: both follow from what is measured.
    fn has(&self, value: &MetricValue) -> bool {
        use MetricValue as M;
        let summary = matches!(
            value,
            M::OutputRows(_)
                | M::ElapsedCompute(_)
                | M::OutputBytes(_)
                | M::SpillCount(_)
                | M::SpilledBytes(_)
                | M::SpilledRows(_)
        );
        let category = match value {
            M::OutputRows(_) | M::OutputBatches(_) | M::SpilledRows(_) | M::SpillCount(_) => {
                MetricCategory::Rows
            }
            M::OutputBytes(_) | M::SpilledBytes(_) | M::CurrentMemoryUsage(_) | M::PeakMemoryUsage { .. } => {
                MetricCategory::Bytes
            }
            M::ElapsedCompute(_) | M::Time { .. } => MetricCategory::Timing,
            _ => MetricCategory::Uncategorized,
        };
        let wanted = match &self.categories {
            ExplainAnalyzeCategories::All => true,
            ExplainAnalyzeCategories::Only(wanted) => wanted.contains(&category),
        };
        wanted && (summary || self.level == MetricType::Dev)
    }
}

#[derive(Debug)]
pub struct AnalyzeExec {
    query: Arc<RemoteQueryExec>,
    schema: SchemaRef,
    shown: Shown,
    properties: Arc<PlanProperties>,
}

impl AnalyzeExec {
    pub fn new(query: Arc<RemoteQueryExec>, schema: SchemaRef, shown: Shown) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        Self {
            query,
            schema,
            shown,
            properties: Arc::new(properties),
        }
    }

    pub fn query(&self) -> &RemoteQueryExec {
        &self.query
    }

    pub async fn measure(&self, context: Arc<TaskContext>) -> Result<GetJobMetricsResult> {
        measure(&self.query, context).await
    }
}

async fn measure(query: &RemoteQueryExec, context: Arc<TaskContext>) -> Result<GetJobMetricsResult> {
    let mut batches = query.execute(0, context)?;
    while batches.try_next().await?.is_some() {}
    let job = query.job().lock().clone();
    let job = job.ok_or_else(|| Error::new(Code::Internal, "The query left no job."))?;
    Ok(job.metrics().await?)
}

impl DisplayAs for AnalyzeExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnalyzeExec")
    }
}

impl ExecutionPlan for AnalyzeExec {
    fn name(&self) -> &str {
        "AnalyzeExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![]
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, _: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let (query, schema, shown) = (self.query.clone(), self.schema.clone(), self.shown.clone());
        let run = async move {
            let plan = render(&measure(&query, context).await?, &shown)?;
            let columns: Vec<Arc<dyn datafusion::arrow::array::Array>> = vec![
                Arc::new(StringArray::from(vec!["Plan with Metrics"])),
                Arc::new(StringArray::from(vec![plan])),
            ];
            Ok(RecordBatch::try_new(schema, columns)?)
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema.clone(),
            stream::once(run),
        )))
    }
}

fn render(metrics: &GetJobMetricsResult, shown: &Shown) -> Result<String> {
    let mut text = String::new();
    for stage in &metrics.stages {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&format!(
            "Stage {} ({} partitions)",
            stage.stage_id, stage.partitions
        ));
        for operator in &stage.operators {
            let set = OperatorMetricsSet {
                metrics: operator.metrics.clone(),
            };
            let set: MetricsSet = set.try_into().map_err(Error::from)?;
            let mut kept = MetricsSet::new();
            set.iter()
                .filter(|metric| shown.has(metric.value()))
                .for_each(|metric| kept.push(metric.clone()));
            let set = kept.aggregate_by_name().sorted_for_display().timestamps_removed();
            let indent = "  ".repeat(operator.depth as usize + 1);
            text.push_str(&format!("\n{indent}{}, metrics=[{set}]", operator.operator_desc));
        }
    }
    Ok(text)
}
