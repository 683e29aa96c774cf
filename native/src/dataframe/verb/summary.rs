//! Column statistics for `describe` and `summary`.

use super::columns::find_all;
use super::reshape::side_by_side;
use crate::error::{Code, Error, Result};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, ExprSchema, ScalarValue};
use datafusion::functions_aggregate::expr_fn::{
    approx_percentile_cont, avg, count, max, median, min, stddev,
};
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::logical_expr::{cast, lit, Expr};
use datafusion::prelude::DataFrame;
use std::str::FromStr;

enum Statistic {
    Count,
    NullCount,
    Mean,
    Std,
    Min,
    Max,
    Median,
    /// From 0 to 100.
    Percentile(f64),
}

impl FromStr for Statistic {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "count" => Self::Count,
            "nullCount" => Self::NullCount,
            "mean" => Self::Mean,
            "std" => Self::Std,
            "min" => Self::Min,
            "max" => Self::Max,
            "median" => Self::Median,
            percentile => {
                let share = percentile
                    .strip_suffix('%')
                    .and_then(|text| text.parse::<f64>().ok());
                let share = share.filter(|share| (0.0..=100.0).contains(share));
                Self::Percentile(share.ok_or_else(|| {
                    Error::new(
                        Code::InvalidArgument,
                        format!(
                            "The statistic \"{percentile}\" does not exist. Use count, nullCount, mean, std, \
                             min, max, median, or a percentile such as 25%."
                        ),
                    )
                })?)
            }
        })
    }
}

impl Statistic {
    /// `None` if the statistic is not defined for the type of the column.
    fn of(&self, column: Expr, kind: &DataType) -> Option<Expr> {
        let number = kind.is_numeric();
        let ordered = number
            || kind.is_temporal()
            || matches!(
                kind,
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Boolean
            );
        match self {
            Self::Count => Some(count(column)),
            Self::NullCount => Some(count(lit(1_i64)) - count(column)),
            Self::Mean => number.then(|| avg(column)),
            Self::Std => number.then(|| stddev(column)),
            Self::Min => ordered.then(|| min(column)),
            Self::Max => ordered.then(|| max(column)),
            Self::Median => number.then(|| median(column)),
            Self::Percentile(share) => {
                number.then(|| approx_percentile_cont(column.sort(true, false), lit(share / 100.0), None))
            }
        }
    }
}

/// One row for each statistic. Values are strings, because a statistic may not fit the type of its column.
pub fn summary(frame: DataFrame, statistics: &[String], names: Option<&[String]>) -> Result<DataFrame> {
    let schema = frame.schema().clone();
    let columns = match names {
        Some(names) => find_all(&frame, names)?,
        None => schema.columns(),
    };
    check_names(&columns)?;
    let chosen: Vec<Statistic> = statistics
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_>>()?;
    let mut aggregates = Vec::new();
    let mut lists =
        vec![make_array(statistics.iter().map(|name| lit(name.clone())).collect()).alias("statistic")];
    for (index, column) in columns.iter().enumerate() {
        let kind = schema.data_type(column)?;
        let mut values = Vec::new();
        for (place, statistic) in chosen.iter().enumerate() {
            let alias = format!("{index}_{place}");
            let text = match statistic.of(Expr::Column(column.clone()), kind) {
                Some(aggregate) => {
                    aggregates.push(aggregate.alias(&alias));
                    cast(Expr::Column(Column::new_unqualified(alias)), DataType::Utf8)
                }
                None => lit(ScalarValue::Utf8(None)),
            };
            values.push(text);
        }
        lists.push(make_array(values).alias(column.name.clone()));
    }
    let mut unnested: Vec<String> = vec!["statistic".into()];
    unnested.extend(columns.into_iter().map(|column| column.name));
    if aggregates.is_empty() {
        aggregates.push(count(lit(1_i64)).alias("rows"));
    }
    let aggregated = frame.aggregate(vec![], aggregates)?;
    side_by_side(aggregated.select(lists)?, unnested)
}

fn check_names(columns: &[Column]) -> Result<()> {
    for (index, column) in columns.iter().enumerate() {
        if columns[..index].iter().any(|before| before.name == column.name) {
            return Err(Error::new(
                Code::Plan,
                format!(
                    "Two columns have the name \"{}\". Rename one before describe or summary.",
                    column.name
                ),
            ));
        }
    }
    Ok(())
}
