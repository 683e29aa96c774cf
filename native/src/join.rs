//! Joins of DataFrames by column names. A key of the same name on both sides is one column of the
//! result, as with SQL's USING.

use crate::error::{Code, Error, Result};
use datafusion::common::{Column, JoinType};
use datafusion::functions::expr_fn::coalesce;
use datafusion::logical_expr::Expr;
use datafusion::prelude::DataFrame;

pub fn join(
    left: DataFrame,
    right: DataFrame,
    how: &str,
    left_on: &[String],
    right_on: &[String],
) -> Result<DataFrame> {
    let kind = match how {
        "inner" => JoinType::Inner,
        "left" => JoinType::Left,
        "right" => JoinType::Right,
        "full" => JoinType::Full,
        "semi" => JoinType::LeftSemi,
        "anti" => JoinType::LeftAnti,
        other => {
            return Err(Error::new(
                Code::InvalidArgument,
                format!("There is no join \"{other}\"."),
            ))
        }
    };
    // Tables without a name, and a table with itself, need one to tell their columns apart.
    let (left, right) = match overlap(&left, &right) {
        true => (left.alias("left")?, right.alias("right")?),
        false => (left, right),
    };
    let shared: Vec<(Column, Column)> = left_on
        .iter()
        .zip(right_on)
        .filter(|(left, right)| left == right)
        .map(|(name, _)| Ok((column(&left, name)?, column(&right, name)?)))
        .collect::<Result<_>>()?;
    let names = |keys: &[String]| keys.to_vec();
    let (left_on, right_on) = (names(left_on), names(right_on));
    let left_on: Vec<&str> = left_on.iter().map(String::as_str).collect();
    let right_on: Vec<&str> = right_on.iter().map(String::as_str).collect();
    let joined = left.join(right, kind, &left_on, &right_on, None)?;
    match kind {
        JoinType::LeftSemi | JoinType::LeftAnti => Ok(joined),
        _ => merge_keys(joined, kind, &shared),
    }
}

fn overlap(left: &DataFrame, right: &DataFrame) -> bool {
    left.schema().iter().any(|(relation, field)| {
        let column = Column::new(relation.cloned(), field.name());
        right.schema().has_column(&column)
    })
}

fn column(frame: &DataFrame, name: &str) -> Result<Column> {
    let (relation, field) = frame.schema().qualified_field_with_unqualified_name(name)?;
    Ok(Column::new(relation.cloned(), field.name()))
}

fn merge_keys(joined: DataFrame, kind: JoinType, shared: &[(Column, Column)]) -> Result<DataFrame> {
    let columns: Vec<Column> = joined.schema().columns();
    let merged = columns.into_iter().filter_map(|column| {
        if shared.iter().any(|(_, right)| *right == column) {
            return None;
        }
        let key = shared.iter().find(|(left, _)| *left == column);
        let Some((left, right)) = key else {
            return Some(Expr::Column(column));
        };
        let value = match kind {
            JoinType::Right => Expr::Column(right.clone()),
            JoinType::Full => coalesce(vec![Expr::Column(left.clone()), Expr::Column(right.clone())]),
            _ => return Some(Expr::Column(column)),
        };
        let relation = left.relation.clone();
        Some(value.alias_qualified(relation, &left.name))
    });
    let merged: Vec<Expr> = merged.collect();
    Ok(joined.select(merged)?)
}
