//! The data sinks that write files, DataFusion's and ours: where they write, and how to redirect them.

use super::arrow_format::ArrowSink;
use datafusion::arrow::csv::WriterBuilder;
use datafusion::common::file_options::csv_writer::CsvWriterOptions;
use datafusion::datasource::file_format::csv::CsvSink;
use datafusion::datasource::file_format::json::JsonSink;
use datafusion::datasource::file_format::parquet::ParquetSink;
use datafusion::datasource::physical_plan::{FileSink, FileSinkConfig};
use datafusion::datasource::sink::{DataSink, DataSinkExec};
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

/// The configuration of a sink that writes files, including its path.
pub fn config_of(sink: &dyn DataSink) -> Option<&FileSinkConfig> {
    if let Some(sink) = sink.downcast_ref::<ParquetSink>() {
        return Some(sink.config());
    }
    if let Some(sink) = sink.downcast_ref::<CsvSink>() {
        return Some(sink.config());
    }
    if let Some(sink) = sink.downcast_ref::<JsonSink>() {
        return Some(sink.config());
    }
    sink.downcast_ref::<ArrowSink>().map(FileSink::config)
}

/// Removes empty formats. Serializing turns an unset format into an empty string, which would write every
/// time as an empty string.
fn repaired(options: &CsvWriterOptions) -> CsvWriterOptions {
    let given = &options.writer_options;
    let mut builder = WriterBuilder::new()
        .with_header(given.header())
        .with_delimiter(given.delimiter())
        .with_quote(given.quote())
        .with_escape(given.escape())
        .with_double_quote(given.double_quote())
        .with_quote_style(given.quote_style())
        .with_null(given.null().to_owned())
        .with_ignore_leading_whitespace(given.ignore_leading_whitespace())
        .with_ignore_trailing_whitespace(given.ignore_trailing_whitespace());
    let set = |format: Option<&str>| format.filter(|format| !format.is_empty()).map(str::to_owned);
    if let Some(format) = set(given.date_format()) {
        builder = builder.with_date_format(format);
    }
    if let Some(format) = set(given.datetime_format()) {
        builder = builder.with_datetime_format(format);
    }
    if let Some(format) = set(given.timestamp_format()) {
        builder = builder.with_timestamp_format(format);
    }
    if let Some(format) = set(given.time_format()) {
        builder = builder.with_time_format(format);
    }
    CsvWriterOptions::new(builder, options.compression)
}

/// The same sink with another configuration.
pub fn moved(sink: &dyn DataSink, config: FileSinkConfig) -> Option<Arc<dyn DataSink>> {
    if let Some(sink) = sink.downcast_ref::<ParquetSink>() {
        return Some(Arc::new(ParquetSink::new(config, sink.parquet_options().clone())));
    }
    if let Some(sink) = sink.downcast_ref::<CsvSink>() {
        return Some(Arc::new(CsvSink::new(config, repaired(sink.writer_options()))));
    }
    if let Some(sink) = sink.downcast_ref::<JsonSink>() {
        return Some(Arc::new(JsonSink::new(config, sink.writer_options().clone())));
    }
    let sink = sink.downcast_ref::<ArrowSink>()?;
    Some(Arc::new(ArrowSink::new(config, sink.compression())))
}

/// The node with another sink.
pub fn with_sink(write: &DataSinkExec, sink: Arc<dyn DataSink>) -> Arc<dyn ExecutionPlan> {
    let order = write.sort_order().clone();
    Arc::new(DataSinkExec::new(write.input().clone(), sink, order))
}
