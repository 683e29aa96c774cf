//! Literal values from `src/expr/param-value.ts` and `src/sql/params.ts`, and parameters of statements.

use crate::error::{Code, Error, Result};
use crate::json::parse_json;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::metadata::ScalarAndMetadata;
use datafusion::common::{ParamValues, ScalarValue};
use serde::Deserialize;
use std::collections::HashMap;
use std::str::FromStr;

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Literal {
    #[serde(flatten)]
    value: LiteralValue,
    /// An Arrow type name to cast to.
    data_type: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "lowercase")]
enum LiteralValue {
    Null,
    Boolean(bool),
    Int64(String),
    Uint64(String),
    Float64(Float),
    Utf8(String),
    Binary(String),
    /// Milliseconds since the epoch, UTC.
    Timestamp(String),
}

/// JSON has no NaN and no infinities, so these are strings.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Float {
    Number(f64),
    Text(String),
}

fn number<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| {
        Error::new(
            Code::InvalidArgument,
            format!("The number \"{text}\" is out of range."),
        )
    })
}

pub fn data_type(name: &str) -> Result<DataType> {
    check_type(name)?;
    DataType::from_str(name).map_err(|_| {
        Error::new(
            Code::InvalidArgument,
            format!(
                "\"{name}\" is not an Arrow type. Write the type as arrow_typeof() shows it, for example \
                 \"Int32\", \"Decimal128(10, 2)\" or \"Timestamp(ms)\"."
            ),
        )
    })
}

/// The maximum nesting of types.
const MOST_LEVELS: usize = 100;

/// Rejects the name of a type that is too deep: the engine parses it recursively.
pub fn check_type(name: &str) -> Result<()> {
    match nesting(name) <= MOST_LEVELS {
        true => Ok(()),
        false => Err(Error::new(
            Code::InvalidArgument,
            format!("The Arrow type has more than {MOST_LEVELS} types inside one another."),
        )),
    }
}

/// How many parentheses are open at most.
pub fn nesting(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' => open += 1,
            b')' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

impl Literal {
    pub fn scalar(&self) -> Result<ScalarValue> {
        use base64::prelude::{Engine, BASE64_STANDARD};
        let value = match &self.value {
            LiteralValue::Null => ScalarValue::Null,
            LiteralValue::Boolean(value) => ScalarValue::from(*value),
            LiteralValue::Int64(text) => ScalarValue::from(number::<i64>(text)?),
            LiteralValue::Uint64(text) => ScalarValue::from(number::<u64>(text)?),
            LiteralValue::Float64(Float::Number(value)) => ScalarValue::from(*value),
            LiteralValue::Float64(Float::Text(text)) => ScalarValue::from(number::<f64>(text)?),
            LiteralValue::Utf8(text) => ScalarValue::from(text.as_str()),
            LiteralValue::Binary(text) => {
                let bytes = BASE64_STANDARD.decode(text).map_err(|error| {
                    Error::new(
                        Code::InvalidArgument,
                        format!("The binary value is not valid base64: {error}."),
                    )
                })?;
                ScalarValue::Binary(Some(bytes))
            }
            LiteralValue::Timestamp(text) => {
                ScalarValue::TimestampMillisecond(Some(number(text)?), Some("UTC".into()))
            }
        };
        match &self.data_type {
            Some(name) => Ok(value.cast_to(&data_type(name)?)?),
            None => Ok(value),
        }
    }
}

/// Parameters of a statement.
pub enum Params {
    Positional(Vec<ScalarValue>),
    Named(HashMap<String, ScalarValue>),
}

pub fn params(json: &str) -> Result<Params> {
    #[derive(Clone, Deserialize)]
    #[serde(untagged)]
    enum Given {
        Positional(Vec<Literal>),
        Named(HashMap<String, Literal>),
    }
    Ok(match parse_json(json)? {
        Given::Positional(values) => {
            Params::Positional(values.iter().map(Literal::scalar).collect::<Result<_>>()?)
        }
        Given::Named(values) => Params::Named(
            values
                .iter()
                .map(|(name, value)| Ok((name.clone(), value.scalar()?)))
                .collect::<Result<_>>()?,
        ),
    })
}

/// Converts parameters to DataFusion's type.
pub fn param_values(params: Params) -> ParamValues {
    match params {
        Params::Positional(values) => {
            ParamValues::List(values.into_iter().map(ScalarAndMetadata::from).collect())
        }
        Params::Named(values) => ParamValues::Map(
            values
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect(),
        ),
    }
}

/// Casts the value to the type of its parameter. Fails if that would change the value.
pub fn fit(value: ScalarValue, kind: Option<&DataType>, parameter: &str) -> Result<ScalarValue> {
    let given = value.data_type();
    let Some(kind) = kind.filter(|kind| **kind != given) else {
        return Ok(value);
    };
    let cast = match casts(&given, kind) {
        true => value.cast_to(kind).ok().filter(|cast| is_same(&value, cast)),
        false => None,
    };
    cast.ok_or_else(|| {
        Error::new(
            Code::InvalidArgument,
            format!(
                "The parameter {parameter} is {value} of type {given}, which does not fit the type {kind}."
            ),
        )
    })
}

/// Whether a value of one type may be used as a parameter of the other.
fn casts(from: &DataType, to: &DataType) -> bool {
    let to = match to {
        DataType::Dictionary(_, values) => values,
        to => to,
    };
    from.is_null()
        || from.is_numeric() && to.is_numeric()
        || from.is_string() && (to.is_string() || to.is_temporal() || to.is_decimal())
        || from.is_binary() && (to.is_binary() || matches!(to, DataType::FixedSizeBinary(_)))
        || matches!(
            (from, to),
            (
                DataType::Timestamp(..),
                DataType::Timestamp(..) | DataType::Date32 | DataType::Date64
            )
        )
        || from.is_temporal() && std::mem::discriminant(from) == std::mem::discriminant(to)
}

/// A string may become a date, and a float may lose precision; all other values must stay the same.
fn is_same(value: &ScalarValue, cast: &ScalarValue) -> bool {
    let (from, to) = (value.data_type(), cast.data_type());
    match value {
        _ if value.is_null() => true,
        _ if cast.is_null() => false,
        ScalarValue::Float64(Some(number)) if to.is_floating() => {
            let back = cast.cast_to(&from);
            matches!(back, Ok(ScalarValue::Float64(Some(back))) if back.is_finite() == number.is_finite())
        }
        _ if from.is_string() => true,
        _ => cast.cast_to(&from).is_ok_and(|back| back == *value),
    }
}
