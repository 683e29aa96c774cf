//! COPY TO on its way to the scheduler: the engine's message leaves out the options of the
//! statement, but not those of the file format, so that is where they go.

use super::arrow::{self, ArrowFiles};
use datafusion::catalog::Session;
use datafusion::common::parsers::CsvQuoteStyle;
use datafusion::config::ConfigFileType;
use datafusion::datasource::file_format::csv::CsvFormatFactory;
use datafusion::datasource::file_format::json::JsonFormatFactory;
use datafusion::datasource::file_format::parquet::ParquetFormatFactory;
use datafusion::datasource::file_format::{format_as_file_type, FileFormatFactory};
use datafusion::error::Result;
use datafusion::logical_expr::dml::CopyTo;
use datafusion::logical_expr::LogicalPlan;
use std::sync::Arc;
use url::Url;

/// The path as a URL: as text it would be relative to the scheduler, and a pattern where it has `*`, `?` or `[`.
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
    copy
}

/// Arrow files by our own writer; `None` for other files.
pub fn arrow_files(copy: &CopyTo) -> Result<Option<LogicalPlan>> {
    if copy.file_type.get_ext() != "arrow" {
        return Ok(None);
    }
    let name = copy.options.get("format.compression");
    let compression = arrow::compression(name.map_or("", String::as_str))?;
    Ok(Some(LogicalPlan::Copy(CopyTo {
        file_type: format_as_file_type(Arc::new(ArrowFiles(compression))),
        ..copy.clone()
    })))
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
    // To the engine's message a format that is not set is an empty one.
    let csv = &mut options.csv;
    csv.date_format.get_or_insert_with(|| "%Y-%m-%d".into());
    csv.datetime_format
        .get_or_insert_with(|| "%Y-%m-%dT%H:%M:%S%.f".into());
    csv.timestamp_format
        .get_or_insert_with(|| "%Y-%m-%dT%H:%M:%S%.f".into());
    csv.time_format.get_or_insert_with(|| "%H:%M:%S%.f".into());
    // The engine's message numbers these two the other way round.
    options.csv.quote_style = match options.csv.quote_style {
        CsvQuoteStyle::Always => CsvQuoteStyle::Necessary,
        CsvQuoteStyle::Necessary => CsvQuoteStyle::Always,
        other => other,
    };
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
