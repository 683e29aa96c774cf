//! Verbs that turn rows into columns and back (pivot, unpivot). Each passes over the data once.

use super::check::check_depth;
use super::columns::{find, find_all, rebuild};
use crate::error::{Code, Error, Result};
use crate::expr::node::Node;
use crate::expr::Scope;
use crate::literal::Literal;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, ExprSchema, RecursionUnnestOption, UnnestOptions};
use datafusion::functions_nested::expr_fn::make_array;
use datafusion::logical_expr::binary::type_union_resolution;
use datafusion::logical_expr::{binary_expr, cast, lit, Expr, Operator};
use datafusion::prelude::DataFrame;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pivot {
    index: Vec<Node>,
    on: Node,
    /// The values of `on` that become columns, with the names of these columns.
    values: Vec<(Literal, String)>,
    aggregates: Vec<Node>,
}

/// Computes every aggregate for every value, over the rows with this value.
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
                    format!("\"{aggregate}\" is not an aggregate. pivot needs aggregates, such as sum(x)."),
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
    let types = on.iter().map(|column| frame.schema().data_type(column).cloned());
    let types: Vec<DataType> = types.collect::<datafusion::error::Result<_>>()?;
    // The engine would read strings as numbers.
    let is_mixed = |common: &DataType| !common.is_string() && types.iter().any(DataType::is_string);
    let common = type_union_resolution(&types).filter(|common| !is_mixed(common));
    let common = common.ok_or_else(|| {
        let columns = on.iter().zip(&types);
        let columns: Vec<_> = columns
            .map(|(column, kind)| format!("\"{}\" {kind}", column.name))
            .collect();
        Error::new(
            Code::Plan,
            format!(
                "The columns of unpivot have no common type: {}. Cast them first.",
                columns.join(", ")
            ),
        )
    })?;
    let names = on.iter().map(|column| lit(column.name.clone())).collect();
    let values = on
        .into_iter()
        .zip(types)
        .map(|(column, kind)| match kind == common {
            true => Expr::Column(column),
            false => cast(Expr::Column(column), common.clone()),
        });
    let values = values.collect();
    let mut columns: Vec<Expr> = index.into_iter().map(Expr::Column).collect();
    columns.push(make_array(names).alias(options.names.clone()));
    columns.push(make_array(values).alias(options.values.clone()));
    side_by_side(frame.select(columns)?, vec![options.names, options.values])
}

/// Unnests lists of the same length side by side: the elements with the same index form a row.
pub fn side_by_side(frame: DataFrame, columns: Vec<String>) -> Result<DataFrame> {
    let columns = columns.into_iter().map(Column::new_unqualified).collect();
    rebuild(frame, |plan| {
        plan.unnest_columns_with_options(columns, UnnestOptions::default())
    })
}

#[derive(Deserialize)]
pub struct Recursion {
    column: String,
    output: String,
    depth: usize,
}

pub fn unnest(
    frame: DataFrame,
    names: &[String],
    preserve_nulls: bool,
    recursions: Vec<Recursion>,
) -> Result<DataFrame> {
    let columns = find_all(&frame, names)?;
    for column in &columns {
        check_depth(&frame, column, 1)?;
    }
    let recursion = |recursion: Recursion| {
        let input_column = find(&frame, &recursion.column)?;
        check_depth(&frame, &input_column, recursion.depth)?;
        Ok(RecursionUnnestOption {
            input_column,
            output_column: Column::new_unqualified(recursion.output),
            depth: recursion.depth,
        })
    };
    let mut options = UnnestOptions::new().with_preserve_nulls(preserve_nulls);
    options.recursions = recursions.into_iter().map(recursion).collect::<Result<_>>()?;
    rebuild(frame, |plan| plan.unnest_columns_with_options(columns, options))
}
