//! The sizes of `range` and `generate_series`.

use super::values::{numbers, rows, sum, Numbers};
use datafusion::arrow::array::{Array, AsArray, IntervalMonthDayNanoArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit, TimeUnit,
};
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;

const NUMBER: u128 = 8;
const DATE: u128 = 4;
/// Nanoseconds
const DAY: i128 = 86_400_000_000_000;

pub fn series(args: &[ColumnarValue]) -> Result<u128> {
    match args[0].data_type() {
        DataType::Int64 => whole_numbers(args),
        DataType::Date32 | DataType::Date64 => times(args, &DataType::Date32),
        DataType::Timestamp(_, zone) => times(args, &DataType::Timestamp(TimeUnit::Nanosecond, zone)),
        _ => Ok(0),
    }
}

fn whole_numbers(args: &[ColumnarValue]) -> Result<u128> {
    let args = args
        .iter()
        .map(|arg| numbers(arg, &DataType::Int64))
        .collect::<Result<Vec<_>>>();
    let columns = args?;
    let [start, stop, step] = match columns.as_slice() {
        [stop] => [None, Some(stop), None],
        [start, stop, step @ ..] => [Some(start), Some(stop), step.first()],
        [] => return Ok(0),
    };
    let count = |row| {
        let at =
            |column: Option<&Numbers>, default| column.map_or(Some(default), |column| column.signed(row));
        match (at(start, 0), at(stop, 0), at(step, 1)) {
            (Some(start), Some(stop), Some(step)) => {
                elements(stop as i128 - start as i128, step as i128) * NUMBER
            }
            _ => 0,
        }
    };
    let rows = columns.iter().find_map(|column| match column {
        Numbers::Each(numbers) => Some(numbers.len()),
        Numbers::One(_) => None,
    });
    Ok(sum(rows.unwrap_or(1), count))
}

/// The end is included, so there may be one less.
fn elements(distance: i128, step: i128) -> u128 {
    match step {
        0 => 0,
        step if distance.signum() == -step.signum() => 0,
        step => distance.unsigned_abs() / step.unsigned_abs() + 1,
    }
}

fn times(args: &[ColumnarValue], kind: &DataType) -> Result<u128> {
    let [start, stop, step] = args else { return Ok(0) };
    let interval = DataType::Interval(IntervalUnit::MonthDayNano);
    // A bound that the engine's own type cannot hold is an error of the engine, or null.
    let (Ok(start), Ok(stop)) = (numbers(start, kind), numbers(stop, kind)) else {
        return Ok(0);
    };
    let steps = cast(&step.to_array(1.max(rows(args)))?, &interval)?;
    let steps: &IntervalMonthDayNanoArray = steps.as_primitive::<IntervalMonthDayNanoType>();
    let dates = *kind == DataType::Date32;
    let (unit, width) = if dates { (DAY, DATE) } else { (1, NUMBER) };
    Ok(sum(rows(args), |row| {
        let (Some(start), Some(stop), true) = (start.signed(row), stop.signed(row), steps.is_valid(row))
        else {
            return 0;
        };
        let distance = (stop as i128 - start as i128) * unit;
        count(distance, steps.value(row), dates).saturating_mul(width)
    }))
}

/// The largest number of times in the distance. Months have 28 to 31 days.
fn count(distance: i128, mut step: IntervalMonthDayNano, dates: bool) -> u128 {
    if dates {
        step.nanoseconds = 0;
    }
    if step == IntervalMonthDayNano::ZERO {
        return 0;
    }
    let length =
        |days: i128| (step.months as i128 * days + step.days as i128) * DAY + step.nanoseconds as i128;
    let (short, long) = (length(28), length(31));
    // The engine takes a step with a negative part for one into the past, and goes on until a date overflows.
    let turned = dates && (step.months < 0 || step.days < 0) != (short < 0);
    match short.signum() == long.signum() && short != 0 {
        true if turned && distance.signum() == short.signum() => 0,
        true if turned => u128::MAX,
        true if short.abs() < long.abs() => elements(distance, short),
        true => elements(distance, long),
        // It may stand still.
        false => u128::MAX,
    }
}
