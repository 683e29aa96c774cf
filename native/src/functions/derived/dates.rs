//! Functions of dates and timestamps that stand for expressions.

use super::row::Derived;
use super::scalar::Expand;
use crate::error::{Code, Error};
use crate::functions::described::Described;
use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano, TimeUnit};
use datafusion::error::Result;
use datafusion::functions::expr_fn::{date_part, date_trunc, to_char, to_timestamp};
use datafusion::logical_expr::{cast, lit, Expr};
use datafusion::scalar::ScalarValue;

const SECTION: &str = "Time and Date Functions";
const DATE: (&str, &str) = ("date", "A date or timestamp.");

macro_rules! part {
    ($names:expr, $part:literal, $syntax:literal, $text:literal) => {
        Derived {
            described: Described {
                names: $names,
                section: SECTION,
                syntax: $syntax,
                text: $text,
                args: &[DATE],
            },
            arity: &[1],
            expand: |args, _| Ok(date_part(lit($part), args[0].clone())),
        }
    };
}

pub const DATES: &[Derived<Expand>] = &[
    part!(&["year"], "year", "year(date)", "Returns the year of a date or timestamp."),
    part!(&["quarter"], "quarter", "quarter(date)", "Returns the quarter of the year, from 1 to 4."),
    part!(&["month"], "month", "month(date)", "Returns the month of the year, from 1 to 12."),
    part!(&["week", "weekofyear"], "week", "week(date)", "Returns the ISO week of the year, from 1 to 53."),
    part!(&["day", "dayofmonth"], "day", "day(date)", "Returns the day of the month, from 1 to 31."),
    part!(&["dayofyear"], "doy", "dayofyear(date)", "Returns the day of the year, from 1 to 366."),
    part!(&["hour"], "hour", "hour(date)", "Returns the hour of the day, from 0 to 23."),
    part!(&["minute"], "minute", "minute(date)", "Returns the minute of the hour, from 0 to 59."),
    part!(&["second"], "second", "second(date)", "Returns the second of the minute, from 0 to 59."),
    part!(
        &["epoch"],
        "epoch",
        "epoch(date)",
        "Returns the seconds since 1970-01-01 UTC, with their fraction."
    ),
    part!(
        &["isodow"],
        "isodow",
        "isodow(date)",
        "Returns the day of the week, from 1 (Monday) to 7 (Sunday)."
    ),
    Derived {
        described: Described {
            names: &["epoch_ms"],
            section: SECTION,
            syntax: "epoch_ms(date)",
            text: "Returns the milliseconds since 1970-01-01 UTC.",
            args: &[DATE],
        },
        arity: &[1],
        expand: |args, types| {
            let time = timestamp(&args[0], &types[0], TimeUnit::Millisecond);
            Ok(cast(time, DataType::Int64))
        },
    },
    Derived {
        described: Described {
            names: &["date_diff", "datediff"],
            section: SECTION,
            syntax: "date_diff(unit, start, end)\ndate_diff(end, start)",
            text: "Returns how many boundaries of a unit lie between two dates or timestamps, as in DuckDB and Snowflake: \
                   from 23:59 to 0:01 it is one day. With two arguments, returns the days between two dates, as in Spark \
                   and MySQL; the end comes first.",
            args: &[
                (
                    "unit",
                    "A literal: `'year'`, `'quarter'`, `'month'`, `'week'`, `'day'`, `'hour'`, `'minute'`, `'second'`, \
                     `'millisecond'` or `'microsecond'`. Weeks begin on Monday; DuckDB counts whole weeks instead.",
                ),
                ("start", "A date or timestamp."),
                ("end", "A date or timestamp. The result is negative if it is before the start."),
            ],
        },
        arity: &[2, 3],
        expand: |args, types| match args {
            [end, start] => Ok(days(end.clone()) - days(start.clone())),
            _ => difference(&args[0], [&args[1], &args[2]], [&types[1], &types[2]]),
        },
    },
    Derived {
        described: Described {
            names: &["last_day"],
            section: SECTION,
            syntax: "last_day(date)",
            text: "Returns the last day of the month of a date.",
            args: &[DATE],
        },
        arity: &[1],
        expand: |args, types| {
            let month = date_trunc(lit("month"), timestamp(&args[0], &types[0], TimeUnit::Microsecond));
            let rest = IntervalMonthDayNano::new(1, -1, 0);
            let last = month + lit(ScalarValue::IntervalMonthDayNano(Some(rest)));
            Ok(cast(last, DataType::Date32))
        },
    },
    Derived {
        described: Described {
            names: &["monthname"],
            section: SECTION,
            syntax: "monthname(date)",
            text: "Returns the English name of the month, such as `January`, as in DuckDB and MySQL.",
            args: &[DATE],
        },
        arity: &[1],
        expand: |args, _| Ok(to_char(args[0].clone(), lit("%B"))),
    },
    Derived {
        described: Described {
            names: &["dayname"],
            section: SECTION,
            syntax: "dayname(date)",
            text: "Returns the English name of the day of the week, such as `Monday`, as in DuckDB and MySQL.",
            args: &[DATE],
        },
        arity: &[1],
        expand: |args, _| Ok(to_char(args[0].clone(), lit("%A"))),
    },
    Derived {
        described: Described {
            names: &["strftime"],
            section: SECTION,
            syntax: "strftime(date, format)",
            text: "Returns a date or timestamp as a string, like `to_char`.",
            args: &[DATE, ("format", "The format, such as `'%Y-%m-%d'`.")],
        },
        arity: &[2],
        expand: |args, _| Ok(to_char(args[0].clone(), args[1].clone())),
    },
    Derived {
        described: Described {
            names: &["strptime"],
            section: SECTION,
            syntax: "strptime(text, format)",
            text: "Parses a timestamp, like `to_timestamp`.",
            args: &[("text", "The string."), ("format", "The format, such as `'%d.%m.%Y %H:%M'`.")],
        },
        arity: &[2],
        expand: |args, _| Ok(to_timestamp(args.to_vec())),
    },
];

fn part(name: &str, date: &Expr) -> Expr {
    cast(date_part(lit(name), date.clone()), DataType::Int64)
}

/// The days since 1970-01-01.
fn days(date: Expr) -> Expr {
    cast(
        cast(cast(date, DataType::Date32), DataType::Int32),
        DataType::Int64,
    )
}

/// As a timestamp, in its own time zone.
fn timestamp(date: &Expr, kind: &DataType, unit: TimeUnit) -> Expr {
    let zone = match kind {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    cast(date.clone(), DataType::Timestamp(unit, zone))
}

fn difference(unit: &Expr, dates: [&Expr; 2], types: [&DataType; 2]) -> Result<Expr> {
    let name = match unit {
        Expr::Literal(value, _) => value.try_as_str().flatten().unwrap_or_default(),
        _ => "",
    };
    let name = name.to_ascii_lowercase();
    let [start, end] = dates;
    let difference = |of: &dyn Fn(&Expr) -> Expr| of(end) - of(start);
    // Of two truncated times, so that the division leaves no remainder.
    let in_units = |unit: &str, micros: i64| {
        let [start, end] = [(start, types[0]), (end, types[1])].map(|(date, kind)| {
            let time = date_trunc(lit(unit), timestamp(date, kind, TimeUnit::Microsecond));
            cast(time, DataType::Int64)
        });
        (end - start) / lit(micros)
    };
    Ok(
        match name
            .strip_suffix('s')
            .filter(|name| name.len() > 2)
            .unwrap_or(&name)
        {
            "year" | "yr" | "y" => difference(&|date| part("year", date)),
            "quarter" | "qtr" => difference(&|date| part("year", date) * lit(4_i64) + part("quarter", date)),
            "month" | "mon" => difference(&|date| part("year", date) * lit(12_i64) + part("month", date)),
            "week" => {
                let [start, end] = [(start, types[0]), (end, types[1])].map(|(date, kind)| {
                    days(date_trunc(
                        lit("week"),
                        timestamp(date, kind, TimeUnit::Microsecond),
                    ))
                });
                (end - start) / lit(7_i64)
            }
            "day" | "d" => difference(&|date| days(date.clone())),
            "hour" | "hr" | "h" => in_units("hour", 3_600_000_000),
            "minute" | "min" => in_units("minute", 60_000_000),
            "second" | "sec" | "s" => in_units("second", 1_000_000),
            "millisecond" | "ms" => in_units("millisecond", 1000),
            "microsecond" | "us" => in_units("microsecond", 1),
            _ => {
                let text = format!(
                "The first argument of date_diff is {unit}, but it must be a literal unit: 'year', 'quarter', 'month', \
                 'week', 'day', 'hour', 'minute', 'second', 'millisecond' or 'microsecond'."
            );
                return Err(Error::new(Code::Plan, text).into());
            }
        },
    )
}
