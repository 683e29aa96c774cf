//! UNION, INTERSECT and EXCEPT of two DataFrames.

use super::check::check_union;
use crate::error::Result;
use datafusion::prelude::DataFrame;

pub fn union(first: DataFrame, second: DataFrame, distinct: bool, by_name: bool) -> Result<DataFrame> {
    let union = match by_name {
        false => first.union(second)?,
        true => first.union_by_name(second)?,
    };
    check_union(union.logical_plan())?;
    match distinct {
        false => Ok(union),
        true => Ok(union.distinct()?),
    }
}

pub fn intersect(first: DataFrame, second: DataFrame, distinct: bool) -> Result<DataFrame> {
    Ok(match distinct {
        false => first.intersect(second)?,
        true => first.intersect_distinct(second)?,
    })
}

pub fn except(first: DataFrame, second: DataFrame, distinct: bool) -> Result<DataFrame> {
    Ok(match distinct {
        false => first.except(second)?,
        true => first.except_distinct(second)?,
    })
}
