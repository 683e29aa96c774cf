//! The definition of a TypeScript UDF as DataFusion sees it. Only workers read its code.

use crate::blobs::content;
use crate::error::{Code, Error, Result};
use crate::json::parse_json;
use crate::literal::data_type;
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Signature, Volatility};
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// The kind of DataFusion function.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    Scalar,
    Aggregate,
    Window,
    Table,
}

impl Kind {
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "scalar" => Ok(Self::Scalar),
            "aggregate" => Ok(Self::Aggregate),
            "window" => Ok(Self::Window),
            "table" => Ok(Self::Table),
            other => Err(Error::unknown(Code::InvalidArgument, "function kind", other)),
        }
    }
}

/// The source from which workers make the function. It may have megabytes, so parts of a UDF share it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub struct Source(Arc<str>);

impl From<String> for Source {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl Deref for Source {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        source.0.as_ref().into()
    }
}

/// Written by `src/udf/definition.ts`, and sent with plans.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    pub kind: Kind,
    pub name: String,
    /// Arrow types by name.
    pub args: Vec<String>,
    pub returns: String,
    /// The type of the state, for an aggregate only.
    #[serde(default)]
    pub state: String,
    /// The part of the UDF to call, if it has several, for example `merge` of an aggregate.
    pub part: Option<String>,
    volatility: String,
    /// The time limit for one batch.
    timeout_ms: Option<u32>,
    /// Whether the UDF is faster with more rows in a call.
    pub gathers: bool,
    /// The hash of all of this, except what `module` already includes. It is computed here: workers find loaded
    /// functions by it, so another definition must not claim it.
    #[serde(skip)]
    pub hash: String,
    /// The hash of the module: see [`super::code`].
    pub module: String,
    /// `None` if the code is sent as a blob.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Source>,
    /// JSON for workers: where the code comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Source>,
    /// The session that listens to the console output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// The values that the code uses, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Source>,
    /// JSON for workers: how to call the function.
    pub call: String,
}

impl PartialEq for Definition {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Definition {}

impl Hash for Definition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

impl Definition {
    pub fn parse(json: &str) -> Result<Self> {
        parse_json::<Self>(json).map(Self::hashed)
    }

    fn hashed(mut self) -> Self {
        let json = serde_json::to_vec(&self.without_code(None)).expect("definitions serialize to JSON");
        self.hash = content::hash(&[json.into()]);
        self
    }

    pub fn json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::new(Code::Internal, error.to_string()))
    }

    /// The definition to send when the code is sent as a blob. `log` is the session that listens to the
    /// console output.
    pub fn without_code(&self, log: Option<String>) -> Self {
        Self {
            code: None,
            origin: None,
            values: None,
            log,
            ..self.clone()
        }
    }

    pub fn arg_types(&self) -> Result<Vec<DataType>> {
        self.args.iter().map(|name| data_type(name)).collect()
    }

    pub fn return_type(&self) -> Result<DataType> {
        data_type(&self.returns)
    }

    pub fn state_type(&self) -> Result<DataType> {
        data_type(&self.state)
    }

    pub fn volatility(&self) -> Result<Volatility> {
        Ok(match self.volatility.as_str() {
            "immutable" => Volatility::Immutable,
            "stable" => Volatility::Stable,
            "volatile" => Volatility::Volatile,
            other => {
                return Err(Error::unknown(Code::InvalidArgument, "volatility", other));
            }
        })
    }

    pub fn signature(&self) -> Result<Signature> {
        let (types, volatility) = (self.arg_types()?, self.volatility()?);
        Ok(match types.is_empty() {
            true => Signature::nullary(volatility),
            false => Signature::exact(types, volatility),
        })
    }

    /// A part of the UDF as a function of its own, with extra arguments before its own.
    pub fn part(&self, part: &str, before: &[&str], returns: &str) -> Arc<Self> {
        let before = before.iter().map(|kind| (*kind).to_owned());
        self.part_of(part, before.chain(self.args.iter().cloned()).collect(), returns)
    }

    /// A part of the UDF as a function of its own, with other arguments.
    pub fn part_of(&self, part: &str, args: Vec<String>, returns: &str) -> Arc<Self> {
        let part = Self {
            part: Some(part.to_owned()),
            args,
            returns: returns.to_owned(),
            ..self.clone()
        };
        Arc::new(part.hashed())
    }

    pub fn is_table(&self) -> bool {
        self.kind == Kind::Table
    }

    pub fn is_volatile(&self) -> bool {
        self.volatility == "volatile"
    }

    pub fn timeout(&self) -> Option<Duration> {
        self.timeout_ms.map(|ms| Duration::from_millis(ms.into()))
    }
}
