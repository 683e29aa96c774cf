//! The arguments of a series (`generate_series`, `range`), and how plans serialize them.

use datafusion::arrow::datatypes::{
    DataType, Field, IntervalMonthDayNano, IntervalUnit, Schema, SchemaRef, TimeUnit,
};
use datafusion::common::{internal_err, plan_err, Result, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::functions_table::generate_series::GenSeriesArgs;
use datafusion::logical_expr::{lit, Expr};
use prost::Message;
use std::fmt;
use std::sync::Arc;

/// Marks our messages. The last byte is the version.
const MAGIC: &[u8] = b"ballista-series\x01";

/// Numbers, or timestamps in nanoseconds since the epoch.
#[derive(Clone, PartialEq, Message)]
pub struct Series {
    /// True for `generate_series`, false for `range`.
    #[prost(bool, tag = "1")]
    pub includes_end: bool,
    #[prost(int64, tag = "2")]
    pub start: i64,
    #[prost(int64, tag = "3")]
    pub end: i64,
    /// The step of numbers.
    #[prost(int64, tag = "4")]
    pub step: i64,
    /// The step of timestamps.
    #[prost(message, optional, tag = "5")]
    interval: Option<Interval>,
    #[prost(string, optional, tag = "6")]
    time_zone: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Interval {
    #[prost(int32, tag = "1")]
    months: i32,
    #[prost(int32, tag = "2")]
    days: i32,
    #[prost(int64, tag = "3")]
    nanoseconds: i64,
}

impl Interval {
    /// The generator and the scalar function disagree on the direction of an interval with positive and
    /// negative parts.
    fn has_one_direction(&self) -> bool {
        let signs = [
            self.months.signum(),
            self.days.signum(),
            self.nanoseconds.signum() as i32,
        ];
        !(signs.contains(&1) && signs.contains(&-1))
    }
}

impl From<&Interval> for IntervalMonthDayNano {
    fn from(interval: &Interval) -> Self {
        Self::new(interval.months, interval.days, interval.nanoseconds)
    }
}

/// A scan of a series, with its projection.
#[derive(Clone, PartialEq, Message)]
pub struct Scan {
    #[prost(message, optional, tag = "1")]
    pub series: Option<Series>,
    #[prost(uint32, repeated, tag = "2")]
    pub projection: Vec<u32>,
}

impl Series {
    /// `None` if the generator does not take these arguments, for example dates and placeholders.
    pub fn new(function: &str, arguments: &[Expr]) -> Result<Option<Self>> {
        let values = arguments.iter().map(|argument| match argument {
            Expr::Literal(value, _) => Some(value.clone()),
            _ => None,
        });
        let Some(values) = values.collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        let series = if values.iter().all(|value| value.data_type().is_integer()) {
            Self::numbers(&values)?
        } else {
            Self::times(&values)?
        };
        let Some(series) = series else { return Ok(None) };
        if series.step == 0 && series.interval.is_none_or(|step| step == Interval::default()) {
            return plan_err!("The step of {function} must not be 0.");
        }
        Ok(Some(Self {
            includes_end: function == "generate_series",
            ..series
        }))
    }

    /// A series without rows, for a null bound.
    fn empty() -> Self {
        Self {
            start: 1,
            step: 1,
            ..Self::default()
        }
    }

    fn numbers(values: &[ScalarValue]) -> Result<Option<Self>> {
        let numbers = values.iter().map(|value| match value.cast_to(&DataType::Int64)? {
            ScalarValue::Int64(number) => Ok(number),
            other => internal_err!("The value {other} is not an Int64"),
        });
        let numbers = numbers.collect::<Result<Option<Vec<_>>>>()?;
        Ok(Some(match numbers.as_deref() {
            Some([start, end, step @ ..]) => Self {
                start: *start,
                end: *end,
                step: step.first().copied().unwrap_or(1),
                ..Self::default()
            },
            _ => Self::empty(),
        }))
    }

    fn times(values: &[ScalarValue]) -> Result<Option<Self>> {
        let [start, end, step] = values else {
            return Ok(None);
        };
        let (DataType::Timestamp(_, zone), DataType::Timestamp(..), DataType::Interval(_)) =
            (start.data_type(), end.data_type(), step.data_type())
        else {
            return Ok(None);
        };
        let step = step.cast_to(&DataType::Interval(IntervalUnit::MonthDayNano))?;
        let time_zone = zone.map(|zone| zone.to_string());
        let day = Interval {
            days: 1,
            ..Interval::default()
        };
        let (Some(start), Some(end), ScalarValue::IntervalMonthDayNano(Some(step))) =
            (nanoseconds(start)?, nanoseconds(end)?, step)
        else {
            return Ok(Some(Self {
                interval: Some(day),
                time_zone,
                ..Self::empty()
            }));
        };
        let interval = Interval {
            months: step.months,
            days: step.days,
            nanoseconds: step.nanoseconds,
        };
        let series = Self {
            start,
            end,
            interval: Some(interval),
            time_zone,
            ..Self::default()
        };
        Ok(interval.has_one_direction().then_some(series))
    }

    pub fn function(&self) -> &'static str {
        match self.includes_end {
            true => "generate_series",
            false => "range",
        }
    }

    /// The arguments for the scalar function of the same name.
    pub fn arguments(&self) -> Vec<Expr> {
        let Some(interval) = &self.interval else {
            return vec![lit(self.start), lit(self.end), lit(self.step)];
        };
        let zone = self.zone();
        let time = |time| lit(ScalarValue::TimestampNanosecond(Some(time), zone.clone()));
        let step = ScalarValue::IntervalMonthDayNano(Some(interval.into()));
        vec![time(self.start), time(self.end), lit(step)]
    }

    fn zone(&self) -> Option<Arc<str>> {
        self.time_zone.as_deref().map(Arc::from)
    }

    /// Same schema as the scalar function, nullable too, so that the type does not depend on the length of
    /// the series.
    pub fn schema(&self) -> SchemaRef {
        let kind = match self.interval {
            Some(_) => DataType::Timestamp(TimeUnit::Nanosecond, self.zone()),
            None => DataType::Int64,
        };
        Arc::new(Schema::new(vec![Field::new("value", kind, true)]))
    }

    /// The number of rows, for numbers only.
    pub fn rows(&self) -> Option<usize> {
        if self.interval.is_some() {
            return None;
        }
        let [start, end, step] = [self.start, self.end, self.step].map(i128::from);
        let last = match self.includes_end {
            true => end,
            false => end - step.signum(),
        };
        let count = match (last - start).signum() == -step.signum() {
            true => 0,
            false => (last - start) / step + 1,
        };
        usize::try_from(count).ok()
    }

    /// Whether the series is short enough for a literal: see `unnest`.
    pub fn is_short(&self) -> bool {
        self.rows().is_some_and(|rows| rows < 10_000)
    }

    pub fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(MAGIC);
        bytes.extend(self.encode_to_vec());
    }

    /// `None` for other messages.
    pub fn take(bytes: &[u8]) -> Option<Result<Self>> {
        Some(Self::decode(bytes.strip_prefix(MAGIC)?).map_err(bad))
    }
}

impl Scan {
    pub fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(MAGIC);
        bytes.extend(self.encode_to_vec());
    }

    /// `None` for other messages.
    pub fn take(bytes: &[u8]) -> Option<Result<Self>> {
        Some(Self::decode(bytes.strip_prefix(MAGIC)?).map_err(bad))
    }
}

fn bad(error: prost::DecodeError) -> DataFusionError {
    DataFusionError::Internal(format!("The serialized series cannot be decoded: {error}"))
}

fn nanoseconds(time: &ScalarValue) -> Result<Option<i64>> {
    match time.cast_to(&DataType::Timestamp(TimeUnit::Nanosecond, None))? {
        ScalarValue::TimestampNanosecond(time, _) => Ok(time),
        other => internal_err!("The value {other} is not a timestamp"),
    }
}

impl From<&Series> for GenSeriesArgs {
    fn from(series: &Series) -> Self {
        let (start, end, name) = (series.start, series.end, series.function());
        let include_end = series.includes_end;
        match &series.interval {
            Some(interval) => Self::TimestampArgs {
                start,
                end,
                step: interval.into(),
                tz: series.zone(),
                include_end,
                name,
            },
            None => Self::Int64Args {
                start,
                end,
                step: series.step,
                include_end,
                name,
            },
        }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = self.arguments();
        let [start, end, step] = [0, 1, 2].map(|index| arguments[index].human_display().to_string());
        write!(f, "{}({start}, {end}, {step})", self.function())
    }
}
