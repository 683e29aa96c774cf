//! What a function of TypeScript is to the engine; its code is the workers' business.

use crate::error::{Code, Error, Result};
use crate::expr::parse_json;
use crate::literal::data_type;
use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::Volatility;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// As `src/udf/definition.ts` writes it, and as it travels with plans.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    pub name: String,
    /// Arrow types by name.
    pub args: Vec<String>,
    pub returns: String,
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

    pub fn is_volatile(&self) -> bool {
        self.volatility == "volatile"
    }

    pub fn timeout(&self) -> Option<Duration> {
        self.timeout_ms.map(|ms| Duration::from_millis(ms.into()))
    }
}
