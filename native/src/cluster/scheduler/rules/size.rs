//! Estimates the size of a join input from statistics.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Statistics;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::{ExecutionPlan, StatisticsArgs, StatisticsContext};

/// The assumed size of a value of variable length.
const VARIABLE_WIDTH: usize = 32;

/// `None` if nothing is known. Zero counts as unknown, because DataFusion also estimates zero for inputs that
/// have rows.
pub fn estimated_bytes(plan: &dyn ExecutionPlan) -> Option<usize> {
    let statistics = StatisticsContext::new()
        .compute(plan, &StatisticsArgs::new())
        .ok()?;
    let bytes = known(&statistics).or_else(|| {
        let rows = statistics.num_rows.get_value()?;
        Some(rows.saturating_mul(row_width(plan)))
    });
    bytes.filter(|bytes| *bytes > 0).or_else(|| text_bytes(plan))
}

/// CSV and JSON files have a size but no statistics. Values take about as much memory as their text.
fn text_bytes(plan: &dyn ExecutionPlan) -> Option<usize> {
    if plan.is::<FilterExec>() || plan.is::<ProjectionExec>() || plan.is::<RepartitionExec>() {
        return text_bytes(plan.children().first()?.as_ref());
    }
    let source = plan.downcast_ref::<DataSourceExec>()?.data_source();
    let scan = source.downcast_ref::<FileScanConfig>()?;
    let text = matches!(scan.file_source().file_type(), "csv" | "json");
    if !text || scan.file_compression_type != FileCompressionType::UNCOMPRESSED {
        return None;
    }
    let files = scan.file_groups.iter().flat_map(|group| group.iter());
    let bytes: u64 = files.map(|file| file.effective_size()).sum();
    usize::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}

fn known(statistics: &Statistics) -> Option<usize> {
    let bytes = statistics.total_byte_size.get_value().copied();
    bytes.filter(|bytes| *bytes > 0)
}

fn row_width(plan: &dyn ExecutionPlan) -> usize {
    let schema = plan.schema();
    let widths = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Boolean => 1,
        kind => kind.primitive_width().unwrap_or(VARIABLE_WIDTH),
    });
    widths.sum::<usize>().max(8)
}
