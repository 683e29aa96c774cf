//! The functions that read JSON: they find a value, and differ in what they return of it.

use super::path::{elements, find, members, steps, Step};
use crate::functions::described::Described;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Builder, ListBuilder, StringBuilder};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{exec_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;
use std::borrow::Cow;
use std::sync::Arc;

/// What a function returns of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    Json,
    Text,
    Length,
    Keys,
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct JsonFunction {
    answer: Answer,
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    documentation: Documentation,
}

impl JsonFunction {
    pub fn new(answer: Answer, described: &Described) -> Self {
        Self {
            answer,
            name: described.name(),
            aliases: described.aliases(),
            signature: Signature::variadic_any(Volatility::Immutable),
            documentation: described.documentation(),
        }
    }

    /// The types in which the arguments are read.
    fn read_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let types = types.iter().enumerate().map(|(i, kind)| match kind {
            DataType::Utf8 | DataType::Null => Ok(DataType::Utf8),
            DataType::Utf8View | DataType::LargeUtf8 if i == 0 => Ok(kind.clone()),
            DataType::Utf8View | DataType::LargeUtf8 => Ok(DataType::Utf8),
            DataType::Dictionary(_, value) if value.is_string() => Ok(DataType::Utf8),
            kind if i > 0 && kind.is_integer() => Ok(DataType::Int64),
            kind if i == 0 => plan_err!(
                "{} reads JSON in strings, but its first argument is {kind}.",
                self.name
            ),
            kind => plan_err!(
                "A key of {} is {kind}, but it must be a string or an integer.",
                self.name
            ),
        });
        types.collect()
    }
}

impl ScalarUDFImpl for JsonFunction {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.read_types(types)?;
        Ok(match self.answer {
            Answer::Json | Answer::Text => DataType::Utf8,
            Answer::Length => DataType::Int64,
            Answer::Keys => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let is_scalar = args
            .args
            .iter()
            .all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if is_scalar { 1 } else { args.number_rows };
        let types: Vec<_> = args.args.iter().map(ColumnarValue::data_type).collect();
        let read = args.args.iter().zip(self.read_types(&types)?);
        let read = read.map(|(arg, kind)| arg.cast_to(&kind, None));
        let read = read.collect::<Result<Vec<_>>>()?;
        let json = read[0].to_array(rows)?;
        let path = Path::new(&read[1..])?;
        let found = (0..rows).map(|row| match (text(&json, row), path.at(row)?) {
            (Some(json), Some(steps)) => Ok(find(json, &steps)),
            _ => Ok(None),
        });
        let result = self.answer.array(found)?;
        match is_scalar {
            true => ScalarValue::try_from_array(&result, 0).map(ColumnarValue::Scalar),
            false => Ok(ColumnarValue::Array(result)),
        }
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

impl Answer {
    fn array<'a>(self, found: impl Iterator<Item = Result<Option<&'a str>>>) -> Result<ArrayRef> {
        Ok(match self {
            Self::Json => {
                let mut builder = StringBuilder::new();
                for json in found {
                    builder.append_option(json?);
                }
                Arc::new(builder.finish())
            }
            Self::Text => {
                let mut builder = StringBuilder::new();
                for json in found {
                    match json? {
                        None | Some("null") => builder.append_null(),
                        Some(json) if json.starts_with('"') => {
                            builder.append_option(serde_json::from_str::<String>(json).ok())
                        }
                        Some(json) => builder.append_value(json),
                    }
                }
                Arc::new(builder.finish())
            }
            Self::Length => {
                let length = |json: &str| match json.starts_with('{') {
                    true => Some(members(json, |_| true)?.len() as i64),
                    false => Some(elements(json)?.len() as i64),
                };
                let mut builder = Int64Builder::new();
                for json in found {
                    builder.append_option(json?.and_then(length));
                }
                Arc::new(builder.finish())
            }
            Self::Keys => {
                let mut builder = ListBuilder::new(StringBuilder::new());
                for json in found {
                    let members = json?.and_then(|json| members(json, |_| true));
                    for (name, _) in members.iter().flatten() {
                        builder.values().append_value(name);
                    }
                    builder.append(members.is_some());
                }
                Arc::new(builder.finish())
            }
        })
    }
}

fn text(json: &ArrayRef, row: usize) -> Option<&str> {
    if json.is_null(row) {
        return None;
    }
    match json.data_type() {
        DataType::Utf8 => Some(json.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(json.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(json.as_string_view().value(row)),
        _ => None,
    }
}

/// The arguments after the JSON.
enum Path {
    /// The same in all rows; `None` if a key is null.
    Constant(Option<Vec<Step>>),
    Columns(Vec<ColumnarValue>),
}

impl Path {
    fn new(args: &[ColumnarValue]) -> Result<Self> {
        let scalars = args.iter().map(|arg| match arg {
            ColumnarValue::Scalar(value) => Some(value.clone()),
            ColumnarValue::Array(_) => None,
        });
        Ok(match scalars.collect::<Option<Vec<_>>>() {
            Some(scalars) => Self::Constant(path(scalars)?),
            None => Self::Columns(args.to_vec()),
        })
    }

    fn at(&self, row: usize) -> Result<Option<Cow<'_, [Step]>>> {
        match self {
            Self::Constant(steps) => Ok(steps.as_deref().map(Into::into)),
            Self::Columns(columns) => {
                let values = columns.iter().map(|column| match column {
                    ColumnarValue::Scalar(value) => Ok(value.clone()),
                    ColumnarValue::Array(array) => ScalarValue::try_from_array(array, row),
                });
                Ok(path(values.collect::<Result<_>>()?)?.map(Into::into))
            }
        }
    }
}

/// `None` if a key is null.
fn path(keys: Vec<ScalarValue>) -> Result<Option<Vec<Step>>> {
    let mut path = Vec::new();
    for key in keys {
        match key {
            ScalarValue::Int64(Some(position)) => path.push(Step::Position(position)),
            ScalarValue::Utf8(Some(key)) if key.starts_with('$') => match steps(&key) {
                Some(steps) => path.extend(steps),
                None => {
                    return exec_err!(
                        "The JSON path {key} is not supported. A path names keys and positions, such as $.a[0].\"b c\"."
                    )
                }
            },
            ScalarValue::Utf8(Some(key)) => path.push(Step::Key(key)),
            _ => return Ok(None),
        }
    }
    Ok(Some(path))
}
