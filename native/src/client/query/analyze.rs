//! EXPLAIN ANALYZE: runs the query on the cluster, then asks the scheduler for its metrics.

use super::remote_query::RemoteQueryExec;
use crate::error::{Code, Error};
use crate::exec::leaf::{leaf_node, one_partition};
use ballista_core::serde::protobuf::{GetJobMetricsResult, OperatorMetricsSet};
use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::format::{ExplainAnalyzeCategories, MetricCategory, MetricType};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::execution_plan::EmissionType;
use datafusion::physical_plan::metrics::{MetricValue, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::{stream, TryStreamExt};
use std::fmt;
use std::sync::Arc;

/// Which metrics the output contains.
#[derive(Clone, Debug)]
pub struct Shown {
    pub level: MetricType,
    pub categories: ExplainAnalyzeCategories,
}

impl Shown {
    /// Derives level and category from the kind of metric, because the scheduler sends neither.
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
    /// The plan that runs here: the query, or the statement that takes its rows.
    run: Arc<dyn ExecutionPlan>,
    query: Arc<RemoteQueryExec>,
    schema: SchemaRef,
    shown: Shown,
    properties: Arc<PlanProperties>,
}

impl AnalyzeExec {
    pub fn new(
        run: Arc<dyn ExecutionPlan>,
        query: Arc<RemoteQueryExec>,
        schema: SchemaRef,
        shown: Shown,
    ) -> Self {
        let properties = one_partition(schema.clone(), EmissionType::Final);
        Self {
            run,
            query,
            schema,
            shown,
            properties,
        }
    }

    pub fn query(&self) -> &RemoteQueryExec {
        &self.query
    }

    pub async fn measure(&self, context: Arc<TaskContext>) -> Result<GetJobMetricsResult> {
        measure(&self.run, &self.query, context).await
    }
}

async fn measure(
    run: &Arc<dyn ExecutionPlan>,
    query: &RemoteQueryExec,
    context: Arc<TaskContext>,
) -> Result<GetJobMetricsResult> {
    let mut batches = run.execute(0, context)?;
    while batches.try_next().await?.is_some() {}
    let job = query.job().lock().clone();
    let job = job.ok_or_else(|| Error::new(Code::Internal, "The query did not start a job."))?;
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

    leaf_node!();

    fn execute(&self, _: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let (run, query) = (self.run.clone(), self.query.clone());
        let (schema, shown) = (self.schema.clone(), self.shown.clone());
        let measured = async move {
            let plan = render(&measure(&run, &query, context).await?, &shown)?;
            let columns: Vec<Arc<dyn datafusion::arrow::array::Array>> = vec![
                Arc::new(StringArray::from(vec!["Plan with Metrics"])),
                Arc::new(StringArray::from(vec![plan])),
            ];
            Ok(RecordBatch::try_new(schema, columns)?)
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            self.schema.clone(),
            stream::once(measured),
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
