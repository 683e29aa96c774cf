//! The sizes of lists that functions make, and of strings made of lists.

use super::values::{bytes, is_list, leaves, lengths, numbers, rows, sum, total, width_of, widths};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;

/// The engine makes an index for each element first.
const INDEX: u128 = 8;
/// The longest text of a value that is not a string.
const LONGEST: u128 = 64;

/// `array_repeat(value, count)`
pub fn repeated(args: &[ColumnarValue], most: u128) -> Result<u128> {
    let counts = numbers(&args[1], &DataType::Int64)?;
    let values = bytes(&args[0], rows(args)) + rows(args) as u128 * (LONGEST + INDEX);
    if values * counts.largest() <= most {
        return Ok(values * counts.largest());
    }
    let values = widths(&args[0])?;
    Ok(sum(rows(args), |row| counts.at(row) * (values.at(row) + INDEX)))
}

/// `array_resize(list, length [, fill])`
pub fn resized(args: &[ColumnarValue]) -> Result<u128> {
    let width = match args[0].data_type() {
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
            width_of(field.data_type())
        }
        _ => return Ok(0),
    };
    let counts = numbers(&args[1], &DataType::Int64)?;
    let fills = args.get(2).map(widths).transpose()?;
    Ok(sum(rows(args), |row| {
        let fill = fills.as_ref().map_or(0, |fills| fills.at(row));
        counts.at(row) * width.max(fill)
    }))
}

/// `array_replace(list, from, to, …)`: as if every element was replaced.
pub fn replaced(args: &[ColumnarValue]) -> Result<u128> {
    if !is_list(&args[0].data_type()) {
        return Ok(0);
    }
    let (lists, to) = (lengths(&args[0])?, widths(&args[2])?);
    Ok(sum(rows(args), |row| lists.at(row) * to.at(row)))
}

/// `array_to_string(list, separator [, text of null])`
pub fn joined(args: &[ColumnarValue]) -> Result<u128> {
    let separators = lengths(&args[1])?.largest();
    let nulls = args
        .get(2)
        .map(lengths)
        .transpose()?
        .map_or(0, |nulls| nulls.largest());
    let (array, times) = match &args[0] {
        ColumnarValue::Array(array) => (array.clone(), 1),
        ColumnarValue::Scalar(scalar) => (scalar.to_array_of_size(1)?, rows(args) as u128),
    };
    let elements = leaves(&array) as u128;
    let strings = total(&array) as u128;
    Ok(times * (strings + elements * (separators + nulls.max(LONGEST))))
}
