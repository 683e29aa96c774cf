//! Parses JSON that the TypeScript part writes.

use crate::error::{Code, Error, Result};
use serde::Deserialize;

pub fn parse_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| {
        Error::new(
            Code::InvalidArgument,
            format!("The arguments cannot be decoded: {error}."),
        )
    })
}
