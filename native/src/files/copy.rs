//! Prepares COPY TO for the scheduler. A serialized COPY loses the options of the statement but keeps those
//! of the file format, so the options move there.

use super::arrow_format::{compression, ArrowFiles};
use super::by_extension::with_extension;
use datafusion::catalog::Session;
use datafusion::common::parsers::CsvQuoteStyle;
use datafusion::config::ConfigFileType;
use datafusion::datasource::file_format::csv::CsvFormatFactory;
use datafusion::datasource::file_format::json::JsonFormatFactory;
use datafusion::datasource::file_format::parquet::ParquetFormatFactory;
use datafusion::datasource::file_format::{file_type_to_format, format_as_file_type, FileFormatFactory};
use datafusion::error::Result;
use datafusion::logical_expr::dml::CopyTo;
use datafusion::logical_expr::LogicalPlan;
use std::sync::Arc;
use url::Url;

/// Makes the path a URL, and finds the compression in it. A plain path would be relative to the scheduler, and `*`, `?` or `[`
/// would make it a pattern.
pub fn located(copy: &CopyTo) -> CopyTo {
    let mut copy = copy.clone();
    if !copy.output_url.contains("://") {
        let folder = copy.output_url.ends_with('/');
        let absolute = std::path::absolute(&copy.output_url).ok();
        let url = absolute.and_then(|path| match folder {
            true => Url::from_directory_path(path).ok(),
            false => Url::from_file_path(path).ok(),
        });
        copy.output_url = url.map_or(copy.output_url, Into::into);
    }
    let format = copy.file_type.get_ext();
    with_extension(&mut copy.options, &format, &[&copy.output_url]);
    copy
}

/// Uses our own writer for Arrow files; `None` for other formats.
pub fn arrow_files(copy: &CopyTo) -> Result<Option<LogicalPlan>> {
    if copy.file_type.get_ext() != "arrow" {
        return Ok(None);
    }
    let name = copy.options.get("format.compression");
    let compression = compression(name.map_or("", String::as_str))?;
    Ok(Some(LogicalPlan::Copy(CopyTo {
        file_type: format_as_file_type(Arc::new(ArrowFiles(compression))),
        ..copy.clone()
    })))
}

/// Swaps two quote styles that DataFusion's serialization confuses.
fn sent(style: CsvQuoteStyle) -> CsvQuoteStyle {
    match style {
        CsvQuoteStyle::Always => CsvQuoteStyle::Necessary,
        CsvQuoteStyle::Necessary => CsvQuoteStyle::Always,
        other => other,
    }
}

/// The statement as it was sent to the scheduler, to send it on to an executor.
pub fn sent_on(copy: &CopyTo) -> Result<CopyTo> {
    let mut copy = copy.clone();
    let format = file_type_to_format(&copy.file_type)?;
    let options = format.downcast_ref::<CsvFormatFactory>();
    if let Some(mut options) = options.and_then(|csv| csv.options.clone()) {
        options.quote_style = sent(options.quote_style);
        copy.file_type = format_as_file_type(Arc::new(CsvFormatFactory::new_with_options(options)));
    }
    Ok(copy)
}

pub fn with_options(copy: &CopyTo, session: &dyn Session) -> Result<LogicalPlan> {
    if let Some(copy) = arrow_files(copy)? {
        return Ok(copy);
    }
    let format = copy.file_type.get_ext();
    let kind = match format.as_str() {
        "csv" => ConfigFileType::CSV,
        "json" => ConfigFileType::JSON,
        "parquet" => ConfigFileType::PARQUET,
        _ => return Ok(LogicalPlan::Copy(copy.clone())),
    };
    let mut options = session.default_table_options();
    options.set_config_format(kind.clone());
    options.alter_with_string_hash_map(&copy.options)?;
    // Serializing turns an unset format into an empty string, so the defaults are set explicitly.
    let csv = &mut options.csv;
    csv.date_format.get_or_insert_with(|| "%Y-%m-%d".into());
    csv.datetime_format
        .get_or_insert_with(|| "%Y-%m-%dT%H:%M:%S%.f".into());
    csv.timestamp_format
        .get_or_insert_with(|| "%Y-%m-%dT%H:%M:%S%.f".into());
    csv.time_format.get_or_insert_with(|| "%H:%M:%S%.f".into());
    options.csv.quote_style = sent(options.csv.quote_style);
    let factory: Arc<dyn FileFormatFactory> = match kind {
        ConfigFileType::CSV => Arc::new(CsvFormatFactory::new_with_options(options.csv)),
        ConfigFileType::JSON => Arc::new(JsonFormatFactory::new_with_options(options.json)),
        ConfigFileType::PARQUET => Arc::new(ParquetFormatFactory::new_with_options(options.parquet)),
    };
    Ok(LogicalPlan::Copy(CopyTo {
        file_type: format_as_file_type(factory),
        ..copy.clone()
    }))
}
