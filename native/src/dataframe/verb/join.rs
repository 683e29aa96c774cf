//! Joins of DataFrames by column names. A key with the same name on both sides becomes one column of the
//! result, as with USING in SQL.

use super::check::by_row;
use super::columns::{find, find_all, rebuild};
use crate::error::{Code, Error, Result};
use crate::expr::node::Node;
use crate::expr::Scope;
use datafusion::common::{Column, JoinType, TableReference};
use datafusion::functions::expr_fn::coalesce;
use datafusion::logical_expr::Expr;
use datafusion::prelude::DataFrame;

pub fn join_type(name: &str) -> Result<JoinType> {
    Ok(match name {
        "inner" => JoinType::Inner,
        "left" => JoinType::Left,
        "right" => JoinType::Right,
        "full" => JoinType::Full,
        "semi" => JoinType::LeftSemi,
        "anti" => JoinType::LeftAnti,
        "rightSemi" => JoinType::RightSemi,
        "rightAnti" => JoinType::RightAnti,
        "mark" => JoinType::LeftMark,
        other => return Err(Error::unknown(Code::InvalidArgument, "join type", other)),
    })
}

/// Joins on conditions. An inner join without conditions is a cross join.
pub fn join_on(
    left: DataFrame,
    right: DataFrame,
    kind: JoinType,
    predicates: Vec<Node>,
    scope: &Scope,
) -> Result<DataFrame> {
    let (left, right) = told_apart(left, right)?;
    if predicates.is_empty() && kind == JoinType::Inner {
        return rebuild(left, |plan| plan.cross_join(right.into_unoptimized_plan()));
    }
    let both = left.schema().join(right.schema())?;
    let scope = Scope::new(Some(&both), scope.context, scope.frames);
    Ok(left.join_on(right, kind, by_row("joinOn", scope.exprs(predicates)?)?)?)
}

/// Adds aliases, so that columns of unnamed tables, or of a table joined with itself, can be distinguished.
fn told_apart(left: DataFrame, right: DataFrame) -> Result<(DataFrame, DataFrame)> {
    let qualifiers: Vec<String> = left
        .schema()
        .iter()
        .chain(right.schema().iter())
        .filter_map(|(relation, _)| Some(relation?.table().to_owned()))
        .collect();
    let free = |name: &str| {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names.find(|name| !qualifiers.contains(name)).unwrap_or_default()
    };
    let twice = overlap(&left, &right, false);
    let left_first = twice || overlap(&left, &right, true);
    let right_too = twice || overlap(&right, &left, true);
    let named = |frame: DataFrame, name: &str| {
        let name = TableReference::bare(free(name));
        rebuild(frame, |plan| plan.alias(name))
    };
    Ok((
        if left_first { named(left, "left")? } else { left },
        if right_too { named(right, "right")? } else { right },
    ))
}

pub fn join(
    left: DataFrame,
    right: DataFrame,
    how: &str,
    left_on: &[String],
    right_on: &[String],
    merges: bool,
) -> Result<DataFrame> {
    let kind = join_type(how)?;
    let (left, right) = told_apart(left, right)?;
    let shared: Vec<(Column, Column)> = left_on
        .iter()
        .zip(right_on)
        .filter(|(left, right)| left == right)
        .map(|(name, _)| Ok((find(&left, name)?, find(&right, name)?)))
        .collect::<Result<_>>()?;
    let keys = (find_all(&left, left_on)?, find_all(&right, right_on)?);
    let right = right.into_unoptimized_plan();
    let joined = rebuild(left, |plan| plan.join(right, kind, keys, None))?;
    match kind {
        JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full if merges => {
            merge_keys(joined, kind, &shared)
        }
        _ => Ok(joined),
    }
}

/// Whether a column is on both sides: in the same table, or (if `unqualified`) without a table on the first
/// side.
fn overlap(frame: &DataFrame, other: &DataFrame, unqualified: bool) -> bool {
    frame
        .schema()
        .iter()
        .any(|(relation, field)| match (relation, unqualified) {
            (None, true) => other.schema().has_column_with_unqualified_name(field.name()),
            (Some(_), false) => {
                let column = Column::new(relation.cloned(), field.name());
                other.schema().has_column(&column)
            }
            _ => false,
        })
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
