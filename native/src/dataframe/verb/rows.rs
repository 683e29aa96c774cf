//! Verbs that select or sort rows.

use super::check::by_row;
use super::columns::find_all;
use crate::error::{Code, Result};
use crate::expr::node::{Node, SortNode};
use crate::expr::Scope;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::functions::expr_fn::random;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{lit, Cast, Expr};
use datafusion::prelude::DataFrame;

/// Sort keys may be columns that a projection has removed.
pub fn sort(frame: DataFrame, scope: &Scope, keys: Vec<SortNode>) -> Result<DataFrame> {
    let anywhere = Scope::new(None, scope.context, scope.frames);
    match scope.sort_exprs(keys.clone()) {
        Ok(keys) => Ok(frame.sort(keys)?),
        Err(unknown) if unknown.code == Code::Schema => match frame.sort(anywhere.sort_exprs(keys)?) {
            Ok(frame) => Ok(frame),
            Err(_) => Err(unknown),
        },
        Err(error) => Err(error),
    }
}

pub fn distinct_on(
    frame: DataFrame,
    scope: &Scope,
    on: Vec<Node>,
    select: Vec<Node>,
    sort: Vec<SortNode>,
) -> Result<DataFrame> {
    let sort = (!sort.is_empty()).then(|| scope.sort_exprs(sort)).transpose()?;
    let mut selected = Vec::new();
    for node in select {
        match node {
            Node::Wildcard => selected.extend(frame.schema().columns().into_iter().map(Expr::Column)),
            node => selected.push(scope.expr(node)?),
        }
    }
    Ok(frame.distinct_on(by_row("distinctOn", scope.exprs(on)?)?, selected, sort)?)
}

/// Keeps rows with at least `at_least` non-null values; `None` means that no value may be null.
pub fn drop_null(frame: DataFrame, names: &[String], at_least: Option<usize>) -> Result<DataFrame> {
    let columns = match names.is_empty() {
        true => frame.schema().columns(),
        false => find_all(&frame, names)?,
    };
    let present = columns
        .into_iter()
        .map(|column| Expr::Column(column).is_not_null());
    let predicate = match at_least {
        None => conjunction(present),
        Some(least) => present
            .map(|present| Expr::Cast(Cast::new(Box::new(present), DataType::Int64)))
            .reduce(|sum, one| sum + one)
            .map(|sum| sum.gt_eq(lit(least as i64))),
    };
    match predicate {
        Some(predicate) => Ok(frame.filter(predicate)?),
        None => Ok(frame),
    }
}

/// Filters on a column of random numbers. DataFusion would push a filter that calls random() itself below
/// other operators.
pub fn sample(frame: DataFrame, fraction: f64) -> Result<DataFrame> {
    const CHANCE: &str = "__chance";
    let columns: Vec<Expr> = frame.schema().columns().into_iter().map(Expr::Column).collect();
    let mut with_chance = columns.clone();
    with_chance.push(random().alias(CHANCE));
    let chosen = frame
        .select(with_chance)?
        .filter(Expr::Column(Column::new_unqualified(CHANCE)).lt(lit(fraction)))?;
    Ok(chosen.select(columns)?)
}
