//! What a function of TypeScript is to the engine; its code is the workers' business.

use crate::error::{Code, Error, Result};
use crate::expr::parse_json;
use crate::literal::data_type;
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Signature, Volatility};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// What of the engine it is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    Scalar,
    Aggregate,
    Window,
    Table,
}

/// As `src/udf/definition.ts` writes it, and as it travels with plans.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    pub kind: Kind,
    pub name: String,
    /// Arrow types by name.
    pub args: Vec<String>,
    pub returns: String,
    /// Of an aggregate: the type of its state.
    pub state: Option<String>,
    /// Which part of it is called, where it has several.
    pub part: Option<String>,
    volatility: String,
    /// How long a batch may take.
    timeout_ms: Option<u32>,
    /// Whether a call is the better the more rows it has.
    pub gathers: bool,
    /// Names the code and how it is called.
    pub hash: String,
    /// What workers make the function of.
    pub code: String,
    /// JSON for workers.
    pub call: String,
}

impl Definition {
    pub fn parse(json: &str) -> Result<Self> {
        parse_json(json)
    }

    pub fn json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::new(Code::Internal, error.to_string()))
    }

    pub fn arg_types(&self) -> Result<Vec<DataType>> {
        self.args.iter().map(|name| data_type(name)).collect()
    }

    pub fn return_type(&self) -> Result<DataType> {
        data_type(&self.returns)
    }

    pub fn state_type(&self) -> Result<DataType> {
        data_type(self.state.as_deref().unwrap_or("Binary"))
    }

    pub fn volatility(&self) -> Result<Volatility> {
        Ok(match self.volatility.as_str() {
            "immutable" => Volatility::Immutable,
            "stable" => Volatility::Stable,
            "volatile" => Volatility::Volatile,
            other => {
                return Err(Error::new(
                    Code::InvalidArgument,
                    format!("There is no volatility \"{other}\"."),
                ))
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

    /// A part of it as a function of its own.
    pub fn part(&self, part: &str, args: Vec<String>, returns: &str) -> Arc<Self> {
        Arc::new(Self {
            part: Some(part.to_owned()),
            args,
            returns: returns.to_owned(),
            hash: format!("{}:{part}", self.hash),
            ..self.clone()
        })
    }

    pub fn is_volatile(&self) -> bool {
        self.volatility == "volatile"
    }

    pub fn timeout(&self) -> Option<Duration> {
        self.timeout_ms.map(|ms| Duration::from_millis(ms.into()))
    }
}
