//! Values as `src/params.ts` writes them, and the parameters of statements.

use crate::error::{Code, Error, Result};
use crate::expr::parse_json;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
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

/// JSON has no NaN and no infinities: those come as text.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Float {
    Number(f64),
    Text(String),
}

fn number<T: FromStr>(text: &str) -> Result<T> {
    text.parse()
        .map_err(|_| Error::new(Code::InvalidArgument, format!("\"{text}\" is out of range.")))
}

pub fn data_type(name: &str) -> Result<DataType> {
    DataType::from_str(name).map_err(|_| {
        Error::new(
            Code::InvalidArgument,
            format!(
                "\"{name}\" is not an Arrow type: write it as arrow_typeof() does, for example \
                 \"Int32\", \"Decimal128(10, 2)\" or \"Timestamp(ms)\"."
            ),
        )
    })
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
                let bytes = BASE64_STANDARD
                    .decode(text)
                    .map_err(|error| Error::new(Code::InvalidArgument, format!("Bad base64: {error}.")))?;
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
