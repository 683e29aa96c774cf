//! Replaces nulls and NaN by values (fillNull, fillNan).

use super::columns::{find_all, project};
use crate::error::{Code, Error, Result};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{ExprSchema, ScalarValue};
use datafusion::functions::expr_fn::{coalesce, nanvl};
use datafusion::logical_expr::{lit, Expr};
use datafusion::prelude::DataFrame;

pub fn fill_null(frame: DataFrame, value: ScalarValue, names: &[String]) -> Result<DataFrame> {
    fill(frame, value, names, |_| true, coalesce)
}

pub fn fill_nan(frame: DataFrame, value: ScalarValue, names: &[String]) -> Result<DataFrame> {
    let nan = |mut args: Vec<Expr>| nanvl(args.remove(0), args.remove(0));
    fill(frame, value, names, DataType::is_floating, nan)
}

/// Fills the columns that the value fits. Named columns must fit; without names, other columns are skipped.
fn fill(
    frame: DataFrame,
    value: ScalarValue,
    names: &[String],
    applies: impl Fn(&DataType) -> bool,
    call: impl Fn(Vec<Expr>) -> Expr,
) -> Result<DataFrame> {
    let named = find_all(&frame, names)?;
    let schema = frame.schema().clone();
    let mut fills = Vec::new();
    for column in schema.columns() {
        let kind = schema.data_type(&column)?;
        if !applies(kind) || !(named.is_empty() || named.contains(&column)) {
            continue;
        }
        let cast = value
            .cast_to(kind)
            .ok()
            .filter(|_| alike(&value.data_type(), kind));
        // A cast would turn 1.5 into an integer, so the value must survive the cast both ways.
        match cast.filter(|cast| cast.cast_to(&value.data_type()).is_ok_and(|back| back == value)) {
            Some(cast) => fills.push((column, cast)),
            None if named.is_empty() => {}
            None => {
                return Err(Error::new(
                    Code::Plan,
                    format!(
                        "The value {value} does not fit the column \"{}\" of type {kind}.",
                        column.name
                    ),
                ))
            }
        }
    }
    project(frame, |column| {
        let fill = fills.iter().find(|(name, _)| *name == column);
        let Some((_, value)) = fill else {
            return Some(Expr::Column(column));
        };
        let (name, relation) = (column.name.clone(), column.relation.clone());
        let filled = call(vec![Expr::Column(column), lit(value.clone())]);
        Some(filled.alias_qualified(relation, name))
    })
}

/// Whether both types are of one kind: numbers, strings, times and so on. A number does not fill a string
/// column.
fn alike(one: &DataType, other: &DataType) -> bool {
    let kind = |of: &DataType| match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => 1,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => 2,
        DataType::Boolean => 3,
        number if number.is_numeric() => 4,
        time if time.is_temporal() => 5,
        _ => 6,
    };
    let value = |of: &DataType| match of {
        DataType::Dictionary(_, value) => kind(value),
        of => kind(of),
    };
    value(one) == value(other)
}
