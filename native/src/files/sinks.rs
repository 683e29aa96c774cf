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
    CsvWriterOptions::new(builder(&options.writer_options), options.compression)
}

fn builder(given: &WriterBuilder) -> WriterBuilder {
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
    if let Some(format) = set(given.timestamp_tz_format()) {
        builder = builder.with_timestamp_tz_format(format);
    }
    if let Some(format) = set(given.time_format()) {
        builder = builder.with_time_format(format);
    }
    builder
}

/// The format of CSV for time stamps with a zone, which the engine does not serialize.
pub fn tz_format(sink: &dyn DataSink) -> Option<&str> {
    let sink = sink.downcast_ref::<CsvSink>()?;
    sink.writer_options().writer_options.timestamp_tz_format()
}

/// The node with such a format; `None` if it does not write CSV.
pub fn with_tz_format(write: &DataSinkExec, format: &str) -> Option<Arc<dyn ExecutionPlan>> {
    let sink = write.sink().downcast_ref::<CsvSink>()?;
    let options = sink.writer_options();
    let builder = builder(&options.writer_options).with_timestamp_tz_format(format.to_owned());
    let options = CsvWriterOptions::new(builder, options.compression);
    Some(with_sink(
        write,
        Arc::new(CsvSink::new(sink.config().clone(), options)),
    ))
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
