//! What a scan of CSV does that the engine's options do not say.

use crate::error::{Code, Error};
use datafusion::common::exec_datafusion_err;
use datafusion::error::Result;
use regex::Regex;
use serde::{Deserialize, Serialize};

/// What happens to a row that does not fit the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BadRows {
    /// The query fails.
    #[default]
    Error,
    Skip,
    /// Values that cannot be read are null.
    Null,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowOptions {
    pub bad: BadRows,
    /// The engine's reader ignores it.
    pub null: Option<String>,
}

impl BadRows {
    pub fn named(name: &str) -> crate::error::Result<Self> {
        Ok(match name {
            "error" => Self::Error,
            "skip" => Self::Skip,
            "null" => Self::Null,
            other => {
                let text = format!("A bad row is an 'error', or it is treated with 'skip' or 'null', but not with '{other}'.");
                return Err(Error::new(Code::InvalidArgument, text));
            }
        })
    }
}

impl RowOptions {
    pub fn skips(&self) -> bool {
        self.bad == BadRows::Skip
    }
}

/// What the option `nullRegex` matches.
pub fn null_regex(text: Option<&str>) -> Result<Option<Regex>> {
    let regex = text.map(Regex::new).transpose();
    regex.map_err(|error| exec_datafusion_err!("nullRegex is not a regular expression: {error}"))
}
