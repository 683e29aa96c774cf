//! EXPLAIN of a DataFrame.

use crate::error::Result;
use datafusion::common::format::{ExplainAnalyzeCategories, ExplainFormat, MetricType};
use datafusion::logical_expr::ExplainOption;
use datafusion::prelude::DataFrame;
use serde::Deserialize;
use std::str::FromStr;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explain {
    verbose: bool,
    analyze: bool,
    format: Option<String>,
    show_statistics: Option<bool>,
    /// 'summary' or 'dev'.
    level: Option<String>,
    /// 'rows', 'bytes', 'timing' and 'uncategorized', separated by commas.
    categories: Option<String>,
}

pub fn explain(frame: DataFrame, options: Explain) -> Result<DataFrame> {
    let format = options
        .format
        .as_deref()
        .map(ExplainFormat::from_str)
        .transpose()?;
    let level = options.level.as_deref().map(MetricType::from_str).transpose()?;
    let categories = options.categories.as_deref();
    let options = ExplainOption {
        show_statistics: options.show_statistics,
        analyze_level: level,
        analyze_categories: categories.map(ExplainAnalyzeCategories::from_str).transpose()?,
        ..ExplainOption::default()
            .with_verbose(options.verbose)
            .with_analyze(options.analyze)
            .with_format(format.unwrap_or(ExplainFormat::Indent))
    };
    Ok(frame.explain_with_options(options)?)
}
