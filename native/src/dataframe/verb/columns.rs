//! Columns of a DataFrame by exact name, and verbs for single columns.

use super::check::without_aggregates;
use crate::error::{Code, Error, Result};
use crate::expr::column_names::no_column;
use crate::expr::node::Node;
use crate::expr::Scope;
use crate::literal::data_type;
use datafusion::common::Column;
use datafusion::logical_expr::{Cast, Expr, LogicalPlanBuilder, TryCast};
use datafusion::prelude::DataFrame;
use serde::Deserialize;

pub fn project(frame: DataFrame, each: impl FnMut(Column) -> Option<Expr>) -> Result<DataFrame> {
    let exprs: Vec<Expr> = frame.schema().columns().into_iter().filter_map(each).collect();
    match exprs.is_empty() {
        true => Err(Error::new(
            Code::Plan,
            "No column would remain. Keep at least one column.",
        )),
        false => Ok(frame.select(exprs)?),
    }
}

/// Finds a column by its exact name, like `col`.
pub fn find(frame: &DataFrame, name: &str) -> Result<Column> {
    let schema = frame.schema();
    if !schema.has_column_with_unqualified_name(name) {
        return Err(no_column(name, schema));
    }
    let (relation, field) = schema.qualified_field_with_unqualified_name(name)?;
    Ok(Column::new(relation.cloned(), field.name()))
}

pub fn find_all(frame: &DataFrame, names: &[String]) -> Result<Vec<Column>> {
    names.iter().map(|name| find(frame, name)).collect()
}

/// Builds a new plan on top of the DataFrame's plan, in the same session.
pub fn rebuild(
    frame: DataFrame,
    build: impl FnOnce(LogicalPlanBuilder) -> datafusion::error::Result<LogicalPlanBuilder>,
) -> Result<DataFrame> {
    let (state, plan) = frame.into_parts();
    let plan = build(LogicalPlanBuilder::from(plan))?.build()?;
    Ok(DataFrame::new(state, plan))
}

#[derive(Deserialize)]
pub struct Named {
    name: String,
    expr: Node,
}

/// All expressions refer to the columns before the change.
pub fn with_columns(frame: DataFrame, scope: &Scope, columns: Vec<Named>) -> Result<DataFrame> {
    let (names, exprs): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .map(|column| (column.name, column.expr))
        .unzip();
    let exprs = without_aggregates("withColumn", scope.exprs(exprs)?)?;
    let mut added: Vec<_> = names.into_iter().zip(exprs).collect();
    let mut exprs: Vec<Expr> = Vec::new();
    for column in frame.schema().columns() {
        let replaced = added.iter().position(|(name, _)| *name == column.name);
        exprs.push(match replaced {
            Some(index) => {
                let (name, expr) = added.remove(index);
                expr.alias(name)
            }
            None => Expr::Column(column),
        });
    }
    exprs.extend(added.into_iter().map(|(name, expr)| expr.alias(name)));
    Ok(frame.select(exprs)?)
}

/// `columns` has pairs of old and new names.
pub fn rename(frame: DataFrame, columns: Vec<(String, String)>) -> Result<DataFrame> {
    let named = |(from, to): (String, String)| Ok((find(&frame, &from)?, to));
    let columns: Vec<_> = columns.into_iter().map(named).collect::<Result<_>>()?;
    project(frame, |column| {
        let renamed = columns.iter().find(|(from, _)| *from == column);
        Some(match renamed {
            Some((_, to)) => {
                let relation = column.relation.clone();
                Expr::Column(column).alias_qualified(relation, to)
            }
            None => Expr::Column(column),
        })
    })
}

pub fn drop_columns(frame: DataFrame, names: &[String]) -> Result<DataFrame> {
    let gone = find_all(&frame, names)?;
    project(frame, |column| {
        (!gone.contains(&column)).then_some(Expr::Column(column))
    })
}

/// `columns` has pairs of column names and Arrow type names.
pub fn cast(frame: DataFrame, columns: Vec<(String, String)>, safe: bool) -> Result<DataFrame> {
    let typed = |(name, kind): (String, String)| Ok((find(&frame, &name)?, data_type(&kind)?));
    let columns: Vec<_> = columns.into_iter().map(typed).collect::<Result<_>>()?;
    project(frame, |column| {
        let cast = columns.iter().find(|(name, _)| *name == column);
        let Some((_, to)) = cast else {
            return Some(Expr::Column(column));
        };
        let (name, relation) = (column.name.clone(), column.relation.clone());
        let expr = Box::new(Expr::Column(column));
        let cast = match safe {
            true => Expr::TryCast(TryCast::new(expr, to.clone())),
            false => Expr::Cast(Cast::new(expr, to.clone())),
        };
        Some(cast.alias_qualified(relation, name))
    })
}
