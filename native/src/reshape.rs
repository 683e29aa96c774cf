//! Verbs that turn rows into columns and back. Each is one pass over the data.

use crate::error::{Code, Error, Result};
use crate::expr::node::Node;
use crate::expr::Scope;
use crate::literal::Literal;
use crate::verb::{find_all, rebuild};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, ExprSchema, UnnestOptions};
use datafusion::functions_aggregate::expr_fn::{
    approx_percentile_cont, avg, count, max, median, min, stddev,
};
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::logical_expr::{binary_expr, cast, lit, Expr, Operator};
use datafusion::prelude::DataFrame;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pivot {
    index: Vec<Node>,
    on: Node,
    /// The values of `on` that become columns, and what these are called.
    values: Vec<(Literal, String)>,
    aggregates: Vec<Node>,
}

/// Every aggregate once for every value, over the rows that have it.
pub fn pivot(frame: DataFrame, scope: &Scope, options: Pivot) -> Result<DataFrame> {
    let on = scope.expr(options.on)?;
    let aggregates = scope.exprs(options.aggregates)?;
    let mut columns = Vec::new();
    for (value, name) in options.values {
        let is_value = binary_expr(on.clone(), Operator::IsNotDistinctFrom, lit(value.scalar()?));
        for aggregate in &aggregates {
            let column = aggregate.clone().unalias_nested().data;
            let column = column.transform_up(|expr| filtered(expr, &is_value))?;
            if !column.transformed {
                return Err(Error::new(
                    Code::Plan,
                    format!("\"{aggregate}\" aggregates nothing: pivot takes aggregates, such as sum(x)."),
                ));
            }
            let name = match aggregates.len() {
                1 => name.clone(),
                _ => format!("{name}_{}", aggregate.schema_name()),
            };
            columns.push(column.data.alias(name));
        }
    }
    Ok(frame.aggregate(scope.exprs(options.index)?, columns)?)
}

fn filtered(expr: Expr, predicate: &Expr) -> datafusion::error::Result<Transformed<Expr>> {
    let Expr::AggregateFunction(mut function) = expr else {
        return Ok(Transformed::no(expr));
    };
    let filter = match function.params.filter.take() {
        Some(filter) => filter.and(predicate.clone()),
        None => predicate.clone(),
    };
    function.params.filter = Some(Box::new(filter));
    Ok(Transformed::yes(Expr::AggregateFunction(function)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unpivot {
    on: Vec<String>,
    index: Vec<String>,
    names: String,
    values: String,
}

pub fn unpivot(frame: DataFrame, options: Unpivot) -> Result<DataFrame> {
    let on = find_all(&frame, &options.on)?;
    let index = match options.index.is_empty() {
        true => {
            let others = frame.schema().columns().into_iter();
            others.filter(|column| !on.contains(column)).collect()
        }
        false => find_all(&frame, &options.index)?,
    };
    let names = on.iter().map(|column| lit(column.name.clone())).collect();
    let values = on.into_iter().map(Expr::Column).collect();
    let mut columns: Vec<Expr> = index.into_iter().map(Expr::Column).collect();
    columns.push(make_array(names).alias(options.names.clone()));
    columns.push(make_array(values).alias(options.values.clone()));
    side_by_side(frame.select(columns)?, vec![options.names, options.values])
}

/// Lists of one length, element beside element.
fn side_by_side(frame: DataFrame, columns: Vec<String>) -> Result<DataFrame> {
    let columns = columns.into_iter().map(Column::new_unqualified).collect();
    rebuild(frame, |plan| {
        plan.unnest_columns_with_options(columns, UnnestOptions::default())
    })
}

/// One row for every statistic, as text: what describes a column of numbers need not fit its type.
pub fn summary(frame: DataFrame, statistics: &[String], names: Option<&[String]>) -> Result<DataFrame> {
    let schema = frame.schema().clone();
    let columns = match names {
        Some(names) => find_all(&frame, names)?,
        None => schema.columns(),
    };
    for (index, column) in columns.iter().enumerate() {
        if columns[..index].iter().any(|before| before.name == column.name) {
            return Err(Error::new(
                Code::Plan,
                format!(
                    "Two columns are called \"{}\": rename one before describe or summary.",
                    column.name
                ),
            ));
        }
    }
    let mut aggregates = Vec::new();
    let mut lists =
        vec![make_array(statistics.iter().map(|name| lit(name.clone())).collect()).alias("statistic")];
    for (index, column) in columns.iter().enumerate() {
        let kind = schema.data_type(column)?;
        let mut values = Vec::new();
        for (place, name) in statistics.iter().enumerate() {
            let alias = format!("{index}_{place}");
            let text = match statistic(name, Expr::Column(column.clone()), kind)? {
                Some(aggregate) => {
                    aggregates.push(aggregate.alias(&alias));
                    cast(Expr::Column(Column::new_unqualified(alias)), DataType::Utf8)
                }
                None => lit(datafusion::common::ScalarValue::Utf8(None)),
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

/// `None` where it says nothing about a column of that type.
fn statistic(name: &str, column: Expr, kind: &DataType) -> Result<Option<Expr>> {
    let number = kind.is_numeric();
    let ordered = number
        || kind.is_temporal()
        || matches!(
            kind,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Boolean
        );
    Ok(match name {
        "count" => Some(count(column)),
        "nullCount" => Some(count(lit(1_i64)) - count(column)),
        "mean" => number.then(|| avg(column)),
        "std" => number.then(|| stddev(column)),
        "min" => ordered.then(|| min(column)),
        "max" => ordered.then(|| max(column)),
        "median" => number.then(|| median(column)),
        percentile => {
            let share = percentile
                .strip_suffix('%')
                .and_then(|text| text.parse::<f64>().ok());
            let share = share.filter(|share| (0.0..=100.0).contains(share)).ok_or_else(|| {
                Error::new(
                    Code::InvalidArgument,
                    format!(
                        "There is no statistic \"{percentile}\": there are count, nullCount, mean, std, min, max, \
                         median, and percentiles such as 25%."
                    ),
                )
            })?;
            number.then(|| approx_percentile_cont(column.sort(true, false), lit(share / 100.0), None))
        }
    })
}
