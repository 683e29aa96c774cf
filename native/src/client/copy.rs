//! COPY TO on its way to the scheduler: the engine's message leaves out the options of the
//! statement, but not those of the file format, so that is where they go.

use datafusion::catalog::Session;
use datafusion::common::not_impl_err;
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

pub fn with_options(copy: &CopyTo, session: &dyn Session) -> Result<LogicalPlan> {
    let format = copy.file_type.get_ext();
    let kind = match format.as_str() {
        "csv" => ConfigFileType::CSV,
        "json" => ConfigFileType::JSON,
        "parquet" => ConfigFileType::PARQUET,
        "arrow" => {
            return not_impl_err!("COPY TO Arrow files: Ballista cannot send it to executors; use Parquet");
        }
        _ => return Ok(LogicalPlan::Copy(copy.clone())),
    };
    // Parquet compresses inside, and the engine sends that.
    if format != "parquet" && compresses(copy) {
        return not_impl_err!("COPY TO compressed text: Ballista would write it uncompressed; use Parquet");
    }
    let mut options = session.default_table_options();
    options.set_config_format(kind.clone());
    options.alter_with_string_hash_map(&copy.options)?;
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

fn compresses(copy: &CopyTo) -> bool {
    let compression = copy.options.get("format.compression");
    compression.is_some_and(|name| !name.is_empty() && !name.eq_ignore_ascii_case("uncompressed"))
}
