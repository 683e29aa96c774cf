//! The sizes of strings that functions make.

use super::values::{bytes, is_ascii, leaves, lengths, numbers, rows, sum, Numbers, Texts};
use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::functions::regex::regexpcount::regexp_count_func;
use datafusion::logical_expr::ColumnarValue;

/// `repeat(text, count)`
pub fn repeated(args: &[ColumnarValue], most: u128) -> Result<u128> {
    let counts = numbers(&args[1], &DataType::Int64)?;
    let at_most = bytes(&args[0], rows(args)) * counts.largest();
    if at_most <= most {
        return Ok(at_most);
    }
    let texts = lengths(&args[0])?;
    Ok(sum(rows(args), |row| texts.at(row) * counts.at(row)))
}

/// `lpad(text, length [, fill])`: a length counts characters.
pub fn padded(args: &[ColumnarValue], most: u128) -> Result<u128> {
    let characters = all(&args[1], rows(args), most / 4)?;
    let ascii = |arg: Option<&ColumnarValue>| arg.is_none_or(is_ascii);
    match characters <= most / 4 || ascii(args.first()) && ascii(args.get(2)) {
        true => Ok(characters),
        false => Ok(characters * 4),
    }
}

/// `space(length)`
pub fn spaces(args: &[ColumnarValue], most: u128) -> Result<u128> {
    all(&args[0], rows(args), most)
}

/// The sum of an argument in all rows.
fn all(arg: &ColumnarValue, rows: usize, most: u128) -> Result<u128> {
    let numbers = numbers(arg, &DataType::Int64)?;
    let at_most = numbers.largest() * rows as u128;
    match at_most <= most {
        true => Ok(at_most),
        false => Ok(sum(rows, |row| numbers.at(row))),
    }
}

/// `concat_ws(separator, value, …)`
pub fn separators(args: &[ColumnarValue]) -> Result<u128> {
    let separators = lengths(&args[0])?;
    let values: usize = args[1..]
        .iter()
        .map(|arg| match arg {
            ColumnarValue::Array(array) => leaves(array) / array.len().max(1) + 1,
            ColumnarValue::Scalar(scalar) => scalar.to_array_of_size(1).map_or(1, |array| leaves(&array)),
        })
        .sum();
    Ok(sum(rows(args), |row| separators.at(row)) * values as u128)
}

/// `to_char(time, format)`: the longest part of a format with two characters, `%+`, makes 35.
pub fn formatted_times(args: &[ColumnarValue]) -> Result<u128> {
    let formats = lengths(&args[1])?;
    Ok(sum(rows(args), |row| formats.at(row) * 18))
}

/// `replace(text, from, to)`
pub fn replaced(args: &[ColumnarValue], most: u128) -> Result<u128> {
    let (from, to) = (lengths(&args[1])?, lengths(&args[2])?);
    if let (Numbers::One(Some(from @ 1..)), Numbers::One(Some(to))) = (&from, &to) {
        let texts = bytes(&args[0], rows(args));
        let at_most = texts + texts / *from as u128 * (to - from).max(0) as u128;
        if at_most <= most {
            return Ok(at_most);
        }
    }
    let texts = lengths(&args[0])?;
    let grown = |row, matches: u128| texts.at(row) + matches * to.at(row).saturating_sub(from.at(row));
    let at_most = sum(rows(args), |row| match from.at(row) {
        0 => texts.at(row),
        from => grown(row, texts.at(row) / from),
    });
    if at_most <= most {
        return Ok(at_most);
    }
    let [texts, from] = [0, 1].map(|index| Texts::of(&args[index]));
    let (texts, from) = (texts?, from?);
    Ok(sum(rows(args), |row| match from.at(row) {
        "" => texts.at(row).len() as u128,
        from => grown(row, texts.at(row).matches(from).count() as u128),
    }))
}

/// `regexp_replace(text, pattern, replacement [, flags])`
pub fn replaced_matches(args: &[ColumnarValue], most: u128) -> Result<u128> {
    let (replacements, flags) = (Texts::of(&args[2])?, args.get(3).map(Texts::of).transpose()?);
    let all = |row| flags.as_ref().is_some_and(|flags| flags.at(row).contains('g'));
    // Each group is a part of a match, and all matches together are a part of the text.
    let groups = replacements.map(|replacement| replacement.matches(['$', '\\']).count() as u128);
    let size = replacements.map(|replacement| replacement.len() as u128);
    if let Texts::One(_) = replacements {
        let texts = bytes(&args[0], rows(args));
        let at_most = texts * (1 + groups(0)) + (texts + rows(args) as u128) * size(0);
        if at_most <= most {
            return Ok(at_most);
        }
    }
    let texts = lengths(&args[0])?;
    let grown = |row, matches: u128| texts.at(row) * (1 + groups(row)) + matches * size(row);
    let at_most = sum(rows(args), |row| {
        grown(row, if all(row) { texts.at(row) + 1 } else { 1 })
    });
    if at_most <= most || sum(rows(args), |row| texts.at(row)) > most {
        return Ok(at_most);
    }
    let counts = matches(args, flags.as_ref())?;
    Ok(sum(rows(args), |row| {
        grown(row, if all(row) { counts.at(row) } else { 1 })
    }))
}

fn matches(args: &[ColumnarValue], flags: Option<&Texts>) -> Result<Numbers> {
    let rows = rows(args);
    let text =
        |arg: &ColumnarValue| -> Result<ArrayRef> { Ok(cast(&arg.to_array(rows)?, &DataType::LargeUtf8)?) };
    let mut counted = vec![text(&args[0])?, text(&args[1])?];
    if let Some(flags) = flags {
        let flags = (0..rows).map(|row| flags.at(row).replace('g', ""));
        let flags = ScalarValue::iter_to_array(flags.map(|flags| ScalarValue::LargeUtf8(Some(flags))))?;
        counted.extend([ScalarValue::Int64(Some(1)).to_array_of_size(rows)?, flags]);
    }
    let counts = regexp_count_func(&counted)?;
    Ok(Numbers::Each(counts.as_primitive::<Int64Type>().clone()))
}

/// `format_string(format, value, …)`: the widths and precisions in the format, and the values.
pub fn formatted(args: &[ColumnarValue]) -> Result<u128> {
    let formats = Texts::of(&args[0])?;
    let parts = formats.map(parts);
    let lengths = lengths(&args[0])?;
    let values = args[1..]
        .iter()
        .map(lengths_of_value)
        .collect::<Result<Vec<_>>>()?;
    let largest = |row| values.iter().map(|values| values.at(row)).max().unwrap_or(0);
    Ok(sum(rows(args), |row| {
        let (parts, widths) = parts(row);
        lengths.at(row) + widths + parts * largest(row)
    }))
}

/// The longest text of a number has about 330 characters.
fn lengths_of_value(arg: &ColumnarValue) -> Result<Numbers> {
    match arg.data_type().is_string() || arg.data_type().is_binary() {
        true => lengths(arg),
        false => Ok(Numbers::One(Some(400))),
    }
}

/// The number of parts of a format that stand for a value, and the sum of the numbers in them.
fn parts(format: &str) -> (u128, u128) {
    let (mut count, mut widths) = (0, 0_u128);
    let mut rest = format;
    while let Some((_, after)) = rest.split_once('%') {
        let end = after.find(|char: char| !"0123456789.$<-#+ ,(".contains(char));
        let (part, after) = after.split_at(end.unwrap_or(after.len()));
        count += 1;
        let numbers = part.split(|char: char| !char.is_ascii_digit());
        // A number that does not fit is an error of the engine.
        widths += numbers
            .filter_map(|number| number.parse::<u64>().ok())
            .map(u128::from)
            .sum::<u128>();
        let letter = after.chars().next().map_or(0, char::len_utf8);
        rest = &after[letter..];
    }
    (count, widths)
}
