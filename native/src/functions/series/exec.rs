//! The scan of a series, by DataFusion's generator. DataFusion's serialized form of it loses the projection.

use super::message::{Scan, Series};
use crate::exec::leaf::leaf_node;
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::stats::Precision;
use datafusion::common::{internal_datafusion_err, Statistics};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::functions_table::generate_series::GenerateSeriesTable;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::PhysicalSortExpr;
use datafusion::physical_plan::memory::LazyMemoryExec;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use std::fmt;
use std::sync::Arc;

#[derive(Debug)]
pub struct SeriesExec {
    series: Series,
    projection: Vec<usize>,
    generator: LazyMemoryExec,
}

impl SeriesExec {
    pub(super) fn new(series: Series, projection: Vec<usize>, batch_rows: usize) -> Result<Self> {
        let schema = series.schema();
        let table = GenerateSeriesTable::new(schema.clone(), (&series).into());
        let mut generator = LazyMemoryExec::try_new(schema, vec![table.as_generator(batch_rows)?])?
            .with_projection(Some(projection.clone()));
        let field = generator.schema().fields().first().cloned();
        if let Some(field) = field.filter(|field| *field.data_type() == DataType::Int64) {
            let order = SortOptions::new(series.step < 0, false);
            let column = Arc::new(Column::new(field.name(), 0));
            generator.add_ordering([PhysicalSortExpr::new(column, order)]);
        }
        Ok(Self {
            series,
            projection,
            generator,
        })
    }

    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let scan = Scan {
            series: Some(self.series.clone()),
            projection: self.projection.iter().map(|column| *column as u32).collect(),
        };
        scan.put(bytes);
    }

    /// `None` for other messages.
    pub fn decode(bytes: &[u8], context: &TaskContext) -> Option<Result<Arc<dyn ExecutionPlan>>> {
        Some(Scan::take(bytes)?.and_then(|scan| {
            let missing = || internal_datafusion_err!("The serialized scan of a series has no series");
            let projection = scan.projection.into_iter().map(|column| column as usize);
            let rows = context.session_config().batch_size();
            let exec = Self::new(scan.series.ok_or_else(missing)?, projection.collect(), rows)?;
            Ok(Arc::new(exec) as _)
        }))
    }
}

impl DisplayAs for SeriesExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SeriesExec: {}", self.series)
    }
}

impl ExecutionPlan for SeriesExec {
    fn name(&self) -> &str {
        "SeriesExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.generator.properties()
    }

    leaf_node!();

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.generator.execute(partition, context)
    }

    fn metrics(&self) -> Option<MetricsSet> {
        self.generator.metrics()
    }

    fn statistics_from_inputs(&self, _: &[Arc<Statistics>], _: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema());
        if let Some(rows) = self.series.rows() {
            statistics.num_rows = Precision::Exact(rows);
            statistics.total_byte_size = Precision::Inexact(rows.saturating_mul(8));
        }
        Ok(Arc::new(statistics))
    }
}
