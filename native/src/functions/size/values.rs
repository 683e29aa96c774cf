//! What sizes are estimated from: the arguments of a call, as numbers for each row.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, LargeStringArray, OffsetSizeTrait};
use datafusion::arrow::compute::kernels::length::length;
use datafusion::arrow::compute::{cast, max};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;

/// The bytes of a string or list besides its contents.
const HEADER: i64 = 16;

/// A number for each row, or one for all rows.
pub enum Numbers {
    One(Option<i64>),
    Each(Int64Array),
}

impl Numbers {
    /// 0 for null and for negative numbers.
    pub fn at(&self, row: usize) -> u128 {
        u128::try_from(self.signed(row).unwrap_or(0)).unwrap_or(0)
    }

    pub fn signed(&self, row: usize) -> Option<i64> {
        match self {
            Self::One(number) => *number,
            Self::Each(numbers) => numbers.is_valid(row).then(|| numbers.value(row)),
        }
    }

    pub fn largest(&self) -> u128 {
        let largest = match self {
            Self::One(number) => *number,
            Self::Each(numbers) => max(numbers),
        };
        largest.map_or(0, |largest| u128::try_from(largest).unwrap_or(0))
    }
}

/// The number of rows that a call returns: one if no argument is an array.
pub fn rows(args: &[ColumnarValue]) -> usize {
    let array = args.iter().find_map(|arg| match arg {
        ColumnarValue::Array(array) => Some(array.len()),
        ColumnarValue::Scalar(_) => None,
    });
    array.unwrap_or(1)
}

pub fn sum(rows: usize, of_row: impl Fn(usize) -> u128) -> u128 {
    (0..rows).fold(0, |sum, row| sum.saturating_add(of_row(row)))
}

/// The values of an argument of numbers or times.
pub fn numbers(arg: &ColumnarValue, kind: &DataType) -> Result<Numbers> {
    let each = |array: &ArrayRef| -> Result<Int64Array> {
        let array = cast(&cast(array, kind)?, &DataType::Int64)?;
        Ok(array.as_primitive::<Int64Type>().clone())
    };
    match arg {
        ColumnarValue::Array(array) => each(array).map(Numbers::Each),
        ColumnarValue::Scalar(scalar) => {
            let one = each(&scalar.to_array_of_size(1)?)?;
            Ok(Numbers::One(one.iter().next().flatten()))
        }
    }
}

/// The lengths of strings in bytes, or of lists in elements.
pub fn lengths(arg: &ColumnarValue) -> Result<Numbers> {
    Ok(match arg {
        ColumnarValue::Scalar(scalar) => Numbers::One(match scalar.try_as_str() {
            Some(text) => text.map(|text| text.len() as i64),
            None if is_list(&scalar.data_type()) => {
                lengths_of(&scalar.to_array_of_size(1)?)?.iter().next().flatten()
            }
            None => Some(scalar.size() as i64),
        }),
        ColumnarValue::Array(array) => Numbers::Each(lengths_of(array)?),
    })
}

fn lengths_of(array: &ArrayRef) -> Result<Int64Array> {
    let lengths = cast(&length(array.as_ref())?, &DataType::Int64)?;
    Ok(lengths.as_primitive::<Int64Type>().clone())
}

pub fn is_list(kind: &DataType) -> bool {
    use DataType::*;
    matches!(
        kind,
        List(_) | LargeList(_) | FixedSizeList(..) | ListView(_) | LargeListView(_)
    )
}

fn is_text(kind: &DataType) -> bool {
    kind.is_string() || kind.is_binary()
}

/// The bytes of each value inside of a list.
pub fn widths(arg: &ColumnarValue) -> Result<Numbers> {
    let kind = arg.data_type();
    if let Some(width) = kind.primitive_width() {
        return Ok(Numbers::One(Some(width as i64)));
    }
    Ok(match arg {
        ColumnarValue::Array(array) if is_text(&kind) => {
            Numbers::Each(lengths_of(array)?.unary(|length| length.saturating_add(HEADER)))
        }
        ColumnarValue::Array(array) if array.is_empty() => Numbers::One(Some(HEADER)),
        ColumnarValue::Array(array) => Numbers::One(Some(total(array) as i64 / array.len() as i64 + HEADER)),
        ColumnarValue::Scalar(scalar) => Numbers::One(Some(scalar.size() as i64)),
    })
}

/// The bytes of a value of this type, without the contents of strings and lists.
pub fn width_of(kind: &DataType) -> u128 {
    kind.primitive_width().unwrap_or(HEADER as usize) as u128
}

/// The bytes of an argument, if it has a value in each row.
pub fn bytes(arg: &ColumnarValue, rows: usize) -> u128 {
    match arg {
        ColumnarValue::Array(array) => total(array) as u128,
        ColumnarValue::Scalar(scalar) => scalar.size() as u128 * rows as u128,
    }
}

/// The bytes of all values.
pub fn total(array: &ArrayRef) -> usize {
    fn text<O: OffsetSizeTrait>(array: &ArrayRef) -> usize {
        let offsets = array.as_string::<O>().value_offsets();
        (offsets[offsets.len() - 1] - offsets[0]).as_usize()
    }
    match array.data_type() {
        DataType::Utf8 => text::<i32>(array),
        DataType::LargeUtf8 => text::<i64>(array),
        DataType::Utf8View | DataType::BinaryView => {
            lengths_of(array).map_or(0, |lengths| lengths.iter().flatten().sum::<i64>() as usize)
        }
        _ => {
            let data = array.to_data();
            data.get_slice_memory_size()
                .unwrap_or_else(|_| array.get_array_memory_size())
        }
    }
}

/// The number of values in lists, and in lists inside of these.
pub fn leaves(array: &ArrayRef) -> usize {
    let values = match array.data_type() {
        DataType::List(_) => {
            let lists = array.as_list::<i32>();
            let (start, end) = (lists.value_offsets()[0], lists.value_offsets()[lists.len()]);
            lists.values().slice(start as usize, (end - start) as usize)
        }
        DataType::LargeList(_) => {
            let lists = array.as_list::<i64>();
            let (start, end) = (lists.value_offsets()[0], lists.value_offsets()[lists.len()]);
            lists.values().slice(start as usize, (end - start) as usize)
        }
        DataType::FixedSizeList(..) => array.as_fixed_size_list().values().clone(),
        _ => return array.len(),
    };
    leaves(&values)
}

/// Strings, to look into.
pub enum Texts<'a> {
    One(Option<&'a str>),
    Each(LargeStringArray),
}

impl<'a> Texts<'a> {
    pub fn of(arg: &'a ColumnarValue) -> Result<Self> {
        Ok(match arg {
            ColumnarValue::Scalar(scalar) => Self::One(scalar.try_as_str().flatten()),
            ColumnarValue::Array(array) => {
                let array = cast(array, &DataType::LargeUtf8)?;
                Self::Each(array.as_string::<i64>().clone())
            }
        })
    }

    /// The empty string for null.
    pub fn at(&self, row: usize) -> &str {
        match self {
            Self::One(text) => text.unwrap_or(""),
            Self::Each(texts) if texts.is_null(row) => "",
            Self::Each(texts) => texts.value(row),
        }
    }

    /// What `of` makes of each string; once, if there is one for all rows.
    pub fn map<T: Copy + 'a>(&'a self, of: impl Fn(&str) -> T + 'a) -> impl Fn(usize) -> T + 'a {
        let one = match self {
            Self::One(_) => Some(of(self.at(0))),
            Self::Each(_) => None,
        };
        move |row| one.unwrap_or_else(|| of(self.at(row)))
    }
}

pub fn is_ascii(arg: &ColumnarValue) -> bool {
    match arg {
        ColumnarValue::Scalar(scalar) => scalar.try_as_str().flatten().is_none_or(str::is_ascii),
        ColumnarValue::Array(array) => match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().is_ascii(),
            DataType::LargeUtf8 => array.as_string::<i64>().is_ascii(),
            DataType::Utf8View => array.as_string_view().is_ascii(),
            _ => false,
        },
    }
}
