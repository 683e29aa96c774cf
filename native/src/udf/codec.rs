//! Functions inside of plans: all that is to be known of them travels along.

use super::definition::Definition;
use super::scalar::JsScalar;
use crate::error::{Code, Error};
use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;
use std::sync::Arc;

/// Tells our messages from others'. The last byte is the version.
const MAGIC: &[u8] = b"ballista-udf\x01";

pub fn encode_scalar(function: &ScalarUDF, bytes: &mut Vec<u8>) {
    if let Some(function) = JsScalar::of(function) {
        bytes.extend_from_slice(MAGIC);
        bytes.extend(serde_json::to_vec(&*function.definition).unwrap_or_default());
    }
}

/// `None`: it is no function of TypeScript.
pub fn decode_scalar(bytes: &[u8]) -> Result<Option<Arc<ScalarUDF>>> {
    let Some(json) = bytes.strip_prefix(MAGIC) else {
        return Ok(None);
    };
    let definition: Definition = serde_json::from_slice(json)
        .map_err(|error| Error::new(Code::Internal, format!("A function came damaged: {error}.")))?;
    Ok(Some(Arc::new(JsScalar::udf(Arc::new(definition))?)))
}
